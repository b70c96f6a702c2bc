"""Reading ahead: one process reads and checks rows while another writes them.

What is read is handed over in batches, and unpacked by a thread while the database works. At
most two batches wait, so memory stays flat however large the file is; and a reader whose
importer was killed ends by itself. No Django.
"""

import gc
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from accord.base.errors import Refusal, _

Batches = Callable[..., Iterator[list[Any]]]


class ReaderDied(Refusal):
    """The process that reads the file ended before the file did."""


def read_ahead(batches: Batches, *arguments: Any) -> Iterator[list[Any]]:
    """The lists that `batches(*arguments)` yields, made in another process.

    `batches` must be a function of a module. What it raises is raised here; raises ReaderDied
    when its process ends on the way.
    """
    # A forked child would share the database connection; a spawned one knows nothing of it.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    reader = context.Process(target=_run, args=(theirs, batches, arguments), daemon=True)
    reader.start()
    theirs.close()
    with closing(ours), ThreadPoolExecutor(max_workers=1) as thread, _uncollected():
        try:
            coming = thread.submit(_receive, ours)
            while (batch := coming.result()) is not None:
                coming = thread.submit(_receive, ours)
                yield batch
        finally:
            reader.terminate()
            reader.join()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Batches hold no cycles, and looking for them takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _receive(ours: Connection) -> list[Any] | None:
    try:
        kind, value = pickle.loads(ours.recv_bytes())  # noqa: S301 - from our own child
    except EOFError as error:
        raise ReaderDied(
            _(
                "The process that reads the file ended early; run the import again, it "
                "goes on where it stopped."
            )
        ) from error
    if kind == "raised":
        raise value
    return value if kind == "batch" else None


def _run(theirs: Connection, batches: Batches, arguments: tuple[Any, ...]) -> None:
    """Send every batch, then the end, or what was raised."""
    with closing(theirs), _uncollected():
        try:
            for batch in batches(*arguments):
                theirs.send_bytes(pickle.dumps(("batch", batch), protocol=5))
            theirs.send_bytes(pickle.dumps(("end", None)))
        except BrokenPipeError:
            return  # nobody listens any more
        except Exception as error:  # noqa: BLE001 - whoever listens raises it again
            theirs.send_bytes(pickle.dumps(("raised", error)))
