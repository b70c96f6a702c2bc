"""The API's addresses, below /api/: v1, and an answer for whatever is not there."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.parser import Parser

from accord.api import content, handoffs, leads, reports
from accord.api.auth import BearerToken
from accord.api.problems import CONTENT_TYPE, problem, tell_problems

OPENAPI = "openapi.json"


class Api(NinjaAPI):
    """Says in its schema that problems are `application/problem+json`."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["description"] = "Problem"
                        answer["content"] = {CONTENT_TYPE: next(iter(answer["content"].values()))}
        return schema


class StrictParser(Parser):
    """Reads JSON as its standard has it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises ValueError when it is no JSON."""
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


api = Api(
    title="Accord",
    version="1.0.0",
    description=(
        "Leads, handoffs, content and reports. Every call carries a key: "
        "`Authorization: Bearer …`. What goes wrong is answered as "
        "`application/problem+json`, with the field to blame."
    ),
    urls_namespace="api-v1",
    openapi_url=f"/{OPENAPI}",
    docs_url=None,
    auth=BearerToken(),
    parser=StrictParser(),
)
api.add_router("/leads", leads.router)
api.add_router("/handoffs", handoffs.router)
api.add_router("/content", content.router)
api.add_router("/reports", reports.router)
tell_problems(api)


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """There is nothing at this address."""
    return problem(404, _("There is nothing at this address; see /api/v1/openapi.json."))


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(([path("v1/", nothing, name="root")], "api-root"))),
    path("v1/", api.urls),
    path("", include(([re_path(r"^[\s\S]*$", nothing, name="nothing")], "api-nothing"))),
]
