"""What browsers are told beside the content security policy, which is among the settings."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Headers:
    """Middleware: nothing of a page is kept by others, and no page asks for a device."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
