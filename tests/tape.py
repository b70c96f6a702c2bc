"""Choices read off a tape of bytes: one draw for Hypothesis, however many choices a case takes.

Drawing each choice by itself took several times as long as what was tested. Smaller bytes are
earlier choices, and an empty tape gives the first ones, so that cases that fail get simpler still.
"""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

Thing = TypeVar("Thing")


class Tape:
    """Bytes that choices are read off, from the first on."""

    def __init__(self, data: bytes) -> None:
        self._data, self._read = data, 0

    def below(self, number: int) -> int:
        """A number from 0 on."""
        size = number.bit_length() // 8 + 2  # a byte more than it takes, so that none is favoured
        piece = self._data[self._read : self._read + size]
        self._read += size
        return int.from_bytes(piece, "big") % number

    def between(self, first: int, last: int) -> int:
        """A number of a range, both of its ends included; the one nearest to 0 comes first."""
        if first > 0 or last < 0:
            return first + self.below(last - first + 1)
        number = self.below(last - first + 1)
        return number if number <= last else last - number

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """One of them."""
        return things[self.below(len(things))]


def tapes(length: int) -> st.SearchStrategy[Tape]:
    """Tapes of so many bytes."""
    return st.binary(min_size=length, max_size=length).map(Tape)
