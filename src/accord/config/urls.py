"""All addresses: pages at the root, the API below /api/."""

from importlib.util import find_spec
from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

DOORS = Path(__file__).resolve().parent.parent

urlpatterns: list[URLPattern | URLResolver] = [
    path(address, include(f"accord.{door}.urls"))
    for door, address in {"api": "api/", "web": ""}.items()
    if (DOORS / door / "urls.py").is_file() and find_spec(f"accord.{door}.urls")
]

handler403 = "accord.web.refusals.not_allowed"
handler404 = "accord.web.refusals.not_found"
handler500 = "accord.web.refusals.broken"
