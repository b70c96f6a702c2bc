"""All addresses: pages at the root, the API below /api/."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("accord.api.urls") is not None:
    urlpatterns.append(path("api/", include("accord.api.urls")))
if find_spec("accord.web.urls") is not None:
    urlpatterns.append(path("", include("accord.web.urls")))
