"""The benchmarks by name."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.bench.actions.place import migrated_once
from accord.bench.asking import asking
from accord.bench.evaluation import evaluation
from accord.bench.figures import Figure
from accord.bench.imports import against_copy, million, olist, workbook
from accord.bench.mixed import mixed
from accord.bench.pages import pages
from accord.bench.sweep import sweep
from accord.bench.telling import telling
from accord.bench.week import week

Benchmark = Callable[..., Iterator[Figure]]

# What takes most memory comes last: a process's peak stays with it.
BENCHMARKS: dict[str, Benchmark] = {
    "import.olist": olist,
    "import.xlsx": workbook,
    "import.copy": against_copy,
    "evaluate": evaluation,
    "agreement": asking,
    "pages": pages,
    "sweep": sweep,
    "mixed": mixed,
    "notify": telling,
    "week": week,
    "import.million": million,
}


# What lasts as long as it is told to, and looks at the clock meanwhile.
LASTING = frozenset({"mixed"})


def run(
    *,
    names: Sequence[str],
    leads: int | None,
    now: Callable[[], datetime],
    seconds: int | None = None,
) -> Iterator[Figure]:
    """Run benchmarks (none named: all), each with its own number of leads unless one is given.

    `seconds` is how long those last that last as long as they are told to.

    A name stands for all that begin with it: `import` for `import.olist` and `import.copy`.
    Raises Invalid for a name that there is not.
    """
    for name in names:
        if not any(_is_meant(name, each) for each in BENCHMARKS):
            raise Invalid(
                _("There is no benchmark “%(name)s”; there is %(benchmarks)s.")
                % {"name": name, "benchmarks": ", ".join(BENCHMARKS)}
            )
    with migrated_once():
        for each, benchmark in BENCHMARKS.items():
            if not names or any(_is_meant(name, each) for name in names):
                if each in LASTING:
                    yield from benchmark(leads=leads, now=now, seconds=seconds)
                else:
                    yield from benchmark(leads=leads, at=now())


def _is_meant(name: str, benchmark: str) -> bool:
    return benchmark == name or benchmark.startswith(f"{name}.")
