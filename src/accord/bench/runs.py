"""The benchmarks by name."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from accord.base.errors import Invalid
from accord.bench.evaluation import evaluation_benchmarks
from accord.bench.figures import Figure
from accord.bench.imports import import_benchmarks
from accord.bench.pages import page_benchmarks

BENCHMARKS: dict[str, Callable[..., Iterator[Figure]]] = {
    "import": import_benchmarks,
    "evaluate": evaluation_benchmarks,
    "pages": page_benchmarks,
}


def run(*, names: Sequence[str], leads: int | None, at: datetime) -> Iterator[Figure]:
    """Run benchmarks (none named: all), each with its own number of leads unless one is given.

    Raises Invalid for a name that there is not.
    """
    for name in names:
        if name not in BENCHMARKS:
            raise Invalid(f"There is no benchmark “{name}”; there is {', '.join(BENCHMARKS)}.")
    for name in names or BENCHMARKS:
        yield from BENCHMARKS[name](leads=leads, at=at)
