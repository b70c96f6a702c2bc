"""The files that pages take out of the front-end packages, by the names that pages give them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PACKAGES = Path(__file__).resolve().parents[3] / "frontend" / "node_modules"
# Pages draw icons in place and PDF files carry their letters, so these are found but not served.
ICONS = "icons/"
LETTERS = "letters/"
PICKED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}


class Renamed(FileSystemStorage):
    """The package folder, read by the pages' names."""

    def path(self, name: str) -> str:
        return str(PACKAGES / PICKED[name])


class Packages(BaseFinder):
    """Finds picked files of the front-end packages: a handful, out of thousands."""

    storage = Renamed(location=str(PACKAGES))

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        source = PACKAGES / PICKED[path] if path in PICKED else None
        if path.startswith(ICONS):
            source = PACKAGES / "@tabler" / "icons" / path
        if path.startswith(LETTERS):
            source = PACKAGES / "dejavu-fonts-ttf" / "ttf" / path.removeprefix(LETTERS)
        found = [str(source)] if source and source.is_file() else []
        return found if find_all else found[0] if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for name, source in PICKED.items():
            if (PACKAGES / source).is_file():
                yield name, self.storage
