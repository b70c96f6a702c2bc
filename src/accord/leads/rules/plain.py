"""The words of a mail alone: no HTML, and not what was quoted from before."""

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"})
_BEFORE = re.compile(
    r"^(-{2,}\s*(original message|ursprüngliche nachricht|message d'origine)\s*-{2,}"
    r"|on .{5,300}\bwrote:\s*$|am .{5,300}\bschrieb.{0,200}:\s*$|le .{5,300}\ba écrit\s?:\s*$"
    r"|_{20,}\s*$)",
    re.I | re.M,
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _UNSEEN:
            self.hidden += 1
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.hidden = max(0, self.hidden - 1)
        if tag == "head":
            self.hidden = 0
        if tag in _BREAKS and tag != "br":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(re.sub(r"\s+", " ", data))


def plain_of_html(html: str) -> str:
    """The words that a reader of this HTML would see."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def without_history(words: str) -> str:
    """What is new in a mail; all of it where nothing but history is there."""
    before = _BEFORE.search(words)
    new = words[: before.start()] if before else words
    lines = new.rstrip().split("\n")
    while lines and (lines[-1].startswith(">") or not lines[-1].strip()):
        lines.pop()
    return "\n".join(lines).strip() or words.strip()
