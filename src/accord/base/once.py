"""What is asked again and again within one step of data's way is asked once."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)
Args = ParamSpec("Args")
Answer = TypeVar("Answer")
Each = TypeVar("Each")


@contextmanager
def asking_once() -> Iterator[None]:
    """In here, what is marked `asked_once` is asked once. Only where nothing of it changes."""
    known = _known.get()
    before = _known.set({} if known is None else known)
    try:
        yield
    finally:
        _known.reset(before)


def asked_once(ask: Callable[Args, Answer]) -> Callable[Args, Answer]:
    """Mark a question whose answer stays the same within `asking_once`."""

    @wraps(ask)
    def answer(*args: Args.args, **named: Args.kwargs) -> Answer:
        known = _known.get()
        if known is None:
            return ask(*args, **named)
        key = (ask, args, tuple(sorted(named.items())))
        if key not in known:
            known[key] = ask(*args, **named)
        found: Answer = known[key]
        return found

    return answer


def each_asked_once(
    ask: Callable[[Collection[Each]], dict[Each, Answer]],
) -> Callable[[Collection[Each]], dict[Each, Answer]]:
    """As `asked_once`, for a question about many: of each it is asked once."""

    @wraps(ask)
    def answer(many: Collection[Each]) -> dict[Each, Answer]:
        known = _known.get()
        if known is None:
            return ask(many)
        answers: dict[Each, tuple[Answer, ...]] = known.setdefault(ask, {})
        missing = {each for each in many if each not in answers}
        if missing:
            found = ask(missing)
            answers |= {each: (found[each],) if each in found else () for each in missing}
        return {each: said for each in many for said in answers[each]}

    return answer
