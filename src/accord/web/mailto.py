"""Links that begin a mail, with a copy to the own address of whoever looks: it logs itself."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings

from accord.leads import queries

if TYPE_CHECKING:
    from accord.teams.models import User
    from accord.web.requests import Request


def copy_address(user: "User") -> str:
    """A person's own address for copies; "" while there is none that works."""
    name, _at, domain = settings.COPY_ADDRESS.partition("@")
    token = queries.copy_token(user) if domain else ""
    return f"{name}+{token}@{domain}" if token else ""


def copy_of(request: "Request") -> str:
    """The address for copies of whoever looks, asked once a page."""
    if not hasattr(request, "copy_address"):
        setattr(request, "copy_address", copy_address(request.user))  # noqa: B010
    return str(getattr(request, "copy_address"))  # noqa: B009


def mailto(request: "Request", email: str) -> str:
    """What a link to an e-mail address leads to."""
    copy = copy_of(request)
    return f"mailto:{quote(email, safe='@')}" + (f"?bcc={quote(copy, safe='@')}" if copy else "")
