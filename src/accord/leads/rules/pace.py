"""How long it takes nine in ten to leave, by those who left and those who are still there."""

from collections.abc import Mapping

SHARE = 0.1  # still there, when nine in ten have left
_CLOSE = 1e-9


def ninth_left(left: Mapping[int, int], still: Mapping[int, int]) -> int | None:
    """After how long a tenth at most is still there; None where more are.

    `left` and `still` say how many left after so long, and how many have been there for so long
    without leaving, in any unit of time. The product-limit estimate (Kaplan and Meier, 1958): of
    those still there after so long, so many leave then.
    """
    there, share = sum(left.values()) + sum(still.values()), 1.0
    for lasted in sorted({*left, *still}):
        share *= 1 - left.get(lasted, 0) / there
        if share < SHARE + _CLOSE:
            return lasted
        there -= left.get(lasted, 0) + still.get(lasted, 0)
    return None
