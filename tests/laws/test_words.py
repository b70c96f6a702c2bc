"""One word for one thing: what `docs/words.md` says is never used is not used."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tests.laws.source import PACKAGE, ROOT, obey

READ = (".py", ".html", ".js", ".yaml", ".txt")
# Words of other people's software.
FOREIGN = {"config/postgres.py: reject": "a word of initdb"}


@lru_cache(maxsize=1)
def never() -> tuple[str, ...]:
    """The words that are never used, from the lines that begin with `Never:`."""
    text = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    lines = re.findall(r"^Never: (.+)\.$", text, re.M)
    return tuple(word.strip() for line in lines for word in line.split(","))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Each word in any of its forms; a space in it may be a hyphen or an underscore."""
    stems = (re.sub(r"(ed|e)$", "", word) for word in never())
    spelled = (re.sub(r" +", "[ _-]", stem) for stem in stems)
    return re.compile(
        rf"(?<![a-z])({'|'.join(sorted(set(spelled)))})(e|ed|es|ing|s)?(?![a-z])", re.I
    )


def used(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in found:
        yield from (f"{name}: {match.group(0).lower()}" for match in _pattern().finditer(text))


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in READ and path.is_file():
            yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def test_there_are_words_to_look_for() -> None:
    assert {"decline", "reject", "hand-off", "round robin"} <= set(never())


def test_what_is_never_used_is_not_used() -> None:
    obey("docs/words.md has the word that we use for this.", used(texts()), FOREIGN)


def test_such_a_word_is_found_in_all_its_spellings() -> None:
    for text in (
        "def decline(",
        "was Rejected",
        "handover",
        "Hand-Off",
        "round_robin",
        "declining",
    ):
        assert list(used([("web/urls.py", text)])), text
    assert not list(used([("web/urls.py", "handoff, project, round, passed back, incline")]))
