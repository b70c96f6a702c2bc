"""Every address there is stands in a permission table, and the API is as its schema says."""

import uuid
from collections.abc import Callable, Iterable, Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from accord.api.auth import BearerToken
from accord.api.permissions import TABLE as OPERATIONS
from accord.api.urls import api
from accord.web.permissions import PUBLIC
from accord.web.permissions import TABLE as PAGES
from tests.laws.records import as_recorded
from tests.laws.source import PACKAGE, obey

# The API's addresses that anybody may open: they show nothing of anybody.
OPEN = frozenset({"api-v1:openapi-json", "api-v1:api-root", "api-root:root", "api-nothing:nothing"})
ARGUMENTS = {"uuid": str(uuid.UUID(int=1)), "int": "1", "slug": "no-such", "str": "no-such"}


def addresses(
    found: Iterable[URLPattern | URLResolver], names: tuple[str, ...] = (), route: str = "/"
) -> Iterator[tuple[str, str, Callable[..., object]]]:
    """Every address: the name by which it is guarded, its route and its view."""
    for each in found:
        here = route + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = (*names, each.namespace) if each.namespace else names
            yield from addresses(each.url_patterns, inner, here)
        else:
            yield ":".join((*names, each.name or "")), here, each.callback


def all_addresses() -> list[tuple[str, str, Callable[..., object]]]:
    return list(addresses(get_resolver().url_patterns))


def unguarded(found: Iterable[tuple[str, str, Callable[..., object]]]) -> Iterator[str]:
    """Addresses that no table knows."""
    for name, route, view in found:
        if name in PAGES or name in OPEN:
            continue
        if not (name.startswith("api-v1:") and _is_operation(view)):
            yield f"{route} ({name or 'without a name'})"


def _is_operation(view: Callable[..., object]) -> bool:
    """Whether every operation at an address asks for a key and stands in the API's table."""
    holder = getattr(view, "__self__", None) or _path_view(view)
    operations = getattr(holder, "operations", [])
    return bool(operations) and all(
        isinstance(guard, BearerToken) and guard.operation in OPERATIONS
        for operation in operations
        for guard in operation.auth_callbacks or [None]
    )


def _path_view(view: Callable[..., object]) -> object:
    cells = getattr(view, "__closure__", None) or ()
    return next((c.cell_contents for c in cells if hasattr(c.cell_contents, "operations")), None)


def test_every_address_is_guarded() -> None:
    found = all_addresses()
    assert len(found) > len(PAGES)
    obey(
        "An address has to stand in a permission table; its view is refused else.", unguarded(found)
    )


def test_an_address_without_a_guard_is_found() -> None:
    planted = [path("secrets/", lambda request: None, name="secrets"), path("x/", lambda r: None)]  # type: ignore[list-item,return-value,arg-type]
    assert list(unguarded(addresses(planted))) == ["/secrets/ (secrets)", "/x/ (without a name)"]


def opened(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Addresses that a stranger opens although nobody said so."""
    for name, route in found:
        for method in ("get", "post", "put", "delete"):
            status = getattr(Client(), method)(route).status_code
            if status < 300 or status >= 500:
                yield f"{method.upper()} {route} ({name}): {status}"


def test_a_stranger_is_sent_away_from_every_address(db: None) -> None:
    closed = [
        (name, _filled(route))
        for name, route, _view in all_addresses()
        if PAGES.get(name) != PUBLIC and name not in OPEN
    ]
    obey("Nobody opens this without signing in, or without a key.", opened(closed))


def _filled(route: str) -> str:
    parts = route.split("/")
    kinds = (part.strip("<>").split(":")[0] if part.startswith("<") else "" for part in parts)
    filled = (ARGUMENTS.get(k, "no-such") if k else p for k, p in zip(kinds, parts, strict=True))
    return "/".join(filled)


def test_the_schema_of_the_api_is_recorded() -> None:
    reason = "The API is a contract, and src/accord/api/openapi.json is its text."
    as_recorded(PACKAGE / "api" / "openapi.json", api.get_openapi_schema(), reason)


def test_every_operation_is_described() -> None:
    schema = api.get_openapi_schema()
    bare = (
        f"{method.upper()} {route}"
        for route, methods in schema["paths"].items()
        for method, operation in methods.items()
        if not (operation.get("summary") and operation.get("description"))
        or not {"401", "403", "422"} <= {str(status) for status in operation["responses"]}
    )
    obey("An operation says what it does and how it refuses.", bare)
