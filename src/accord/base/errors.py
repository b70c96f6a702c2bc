"""What a person is told when something cannot be done.

Refusal            the request is understood and refused; nothing was written
├── Missing        the thing named does not exist, or may not be seen
├── Conflict       somebody else was faster; look again
└── Invalid        an input does not fit; `field` names which

Sentences are for people, so each goes through gettext: Django's where Django is, the `_` of this
module in rules and in what reads files in a process of its own, which know no Django.
"""

from collections.abc import Callable

_tongue: list[Callable[[str], str]] = []


def _(sentence: str) -> str:
    """The sentence in the language of whoever is told; as it is in a process without Django."""
    return _tongue[-1](sentence) if _tongue else sentence


def translate_by(translate: Callable[[str], str]) -> None:
    """Have the sentences of this module's `_` translated so, from now on."""
    _tongue[:] = [translate]


class Refusal(Exception):
    """Refused; the sentence says what happened, where, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Missing(Refusal):
    """The thing named does not exist, or the person may not see it."""


class Conflict(Refusal):
    """The state changed meanwhile; nothing was written."""


class Invalid(Refusal):
    """An input does not fit.

    `field` is the input's name as the person knows it.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
