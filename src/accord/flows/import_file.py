"""Bring in a file: data's way for rows, ten thousand at a time.

A file and its map are one import, however often it is run: run again it goes on where it was
stopped, tries only what was refused, and changes nothing else. Each batch commits together with
the progress it makes.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from accord.base.ids import named_id, repeatable_ids
from accord.deals.models import Deal
from accord.deals.reading import read_deal
from accord.flows.import_deals import take_in_deals
from accord.flows.take_in import Delivery, take_in
from accord.leads import actions, queries
from accord.leads.ahead import read_ahead
from accord.leads.files import Layout, Survey, open_table, survey
from accord.leads.files.ledger import write_refused
from accord.leads.headers import recognise
from accord.leads.looking import look_at
from accord.leads.mapping import Map, MapRefused, check_header, read_map_file
from accord.leads.models import (
    Activity,
    Company,
    Door,
    Fate,
    Identity,
    Import,
    ImportState,
    Lead,
    StageEntry,
    Submission,
)
from accord.leads.queries.intake import Example
from accord.leads.rules import Entry, FactRule, Reading
from accord.leads.translating import Reach, Translator, entry_batches, read_lead
from accord.qualification.models import Score, Verdict
from accord.teams.queries import workspace

BATCH = 10_000  # rows a transaction; see `batches` for the first
READ_AHEAD_BYTES = 4 * 1024**2  # smaller files are read before a second process has started

Taker = Callable[[Sequence[Entry]], None]
_FILLED = (Company, Lead, Identity, Activity, StageEntry, Submission, Deal, Verdict, Score)
_READERS = {"leads": read_lead, "deals": read_deal}
ABOUT = {"leads": ("lead", "company"), "deals": ("deal", "lead")}


@dataclass(frozen=True)
class Plan:
    """A file that was looked at and the map it will be read by; nothing is written yet."""

    kind: str
    found: Survey
    mapping: Map
    header: Sequence[str]
    header_line: int
    words: str
    unmapped: Sequence[str]
    placeholders: Mapping[str, Mapping[str, int]]
    as_last_time: str
    custom: Mapping[str, FactRule]

    @property
    def layout(self) -> Layout:
        return _layout(self.mapping)

    @property
    def import_id(self) -> uuid.UUID:
        """The same for the same file and the same map."""
        return named_id("import", self.kind, self.found.digest, self.mapping.digest)


@dataclass(frozen=True)
class Progress:
    """How far an import is; rows of this run only."""

    line: int
    lines: int
    rows: int


@dataclass(frozen=True)
class Outcome:
    """What became of the rows. `import_id` is the import's, whose ledger tells each row's fate.

    `examples` gives some rows of each fate, where all is taken back and no ledger stays.
    """

    import_id: uuid.UUID
    rows: int
    created: int
    merged: int
    unchanged: int
    refused: int
    ledger: Path | None = None
    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)


def plan_import(*, path: Path, kind: str, map_path: Path | None = None) -> Plan:
    """Look at a file and at its map, or recognise it by its header.

    Raises UnreadableFile or MapRefused with file, line, column and reason.
    """
    custom = queries.fact_rules(*ABOUT[kind])
    stated = read_map_file(map_path, kind, custom=custom) if map_path else None
    found = survey(path, stated.encoding if stated else None)
    table = open_table(found, _layout(stated) if stated else None)
    last = None if stated else queries.last_import(kind=kind, header=table.header)
    mapping = stated or (_map_of(last) if last else recognise(table.header, kind, custom=custom))
    if mapping is None:
        raise MapRefused(
            _(
                "%(name)s, line %(header_line)s: no column says who the lead is. There "
                "are %(header)s; write a map that names one (--map)."
            )
            % {
                "name": path.name,
                "header_line": table.header_line,
                "header": ", ".join(table.header),
            },
            field="columns",
        )
    unmapped = check_header(mapping, table.header, name=path.name, line=table.header_line)
    zone = mapping.time_zone or _zone_here()
    look = look_at(table.rows, table.header, mapping, custom=custom)
    return Plan(
        kind=kind,
        found=found,
        mapping=replace(mapping, time_zone=zone, orders=look.orders),
        placeholders=look.placeholders,
        as_last_time=last.file_name if last else "",
        header=table.header,
        header_line=table.header_line,
        words=table.words,
        unmapped=unmapped,
        custom=custom,
    )


def _map_of(last: Import) -> Map:
    """The map by which a file was brought in."""
    said = {key: value for key, value in last.mapping.items() if key != "header"}
    texts = {name: tuple(said.get(name, ())) for name in ("date_formats", "missing")}
    kept = {column: tuple(words) for column, words in said.get("keep", {}).items()}
    return Map(**{**said, **texts, "keep": kept, "orders": {}})


def preview(*, plan: Plan, at: datetime, rows: int = 5) -> list[Entry]:
    """The first rows as they would be read; refused ones carry their reason."""
    translator = _translator(plan, plan.import_id, began_at=at, at=at)
    table = open_table(plan.found, plan.layout)
    return list(translator.entries(islice(table.rows, rows)))


def import_file(
    *,
    plan: Plan,
    by: uuid.UUID | None,
    at: datetime,
    live: bool = False,
    dry_run: bool = False,
    ledger: Path | None = None,
    upload: uuid.UUID | None = None,
    tell: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Bring in a planned file; its history starts no clocks and tells nobody, unless `live`.

    A dry run does all of it and takes it back. `ledger` is where refused rows are written,
    `upload` names the file as a page was sent it, so that it can go on from there.
    Raises Conflict when another process is importing the same file.
    """
    run = _Run(plan, by, at, live, upload, tell or (lambda progress: None))
    if not dry_run:
        try:
            return _bring_in(run, ledger)
        except BaseException as error:
            actions.stop_import(import_id=plan.import_id, trouble=str(error))
            raise
    with transaction.atomic():
        outcome = _bring_in(run, ledger)
        outcome = replace(outcome, examples=queries.examples(outcome.import_id))
        transaction.set_rollback(True)
    return outcome


@dataclass(frozen=True)
class _Run:
    """One run of an import, the first or a later one."""

    plan: Plan
    by: uuid.UUID | None
    at: datetime
    is_live: bool
    upload: uuid.UUID | None
    tell: Callable[[Progress], None]


def _bring_in(run: _Run, ledger: Path | None) -> Outcome:
    begun = actions.begin_import(id=run.plan.import_id, values=_values(run), by=run.by, at=run.at)
    better = None
    if begun.state == ImportState.DONE:
        better = _try_refused(run, begun)
    else:
        _go_on(run, begun)
        actions.finish_import(import_id=begun.id, at=run.at)
    outcome = _outcome(queries.one_import(begun.id), better)
    if ledger:
        write_refused(ledger, run.plan.header, _refused_rows(begun.id))
    return replace(outcome, ledger=ledger)


def _go_on(run: _Run, begun: Import) -> None:
    """Take in the lines after those that are done, a batch a transaction."""
    take, done, rows, looked_at = _taker(run, begun), begun.lines_done, 0, 0
    for batch in _batches(run, begun, Reach(after=done)):
        last = max(entry.line or 0 for entry in batch)
        with transaction.atomic(), repeatable_ids(named_id(begun.id, done), begun.started_at):
            actions.move_on(import_id=begun.id, from_line=done, to_line=last)
            _take_batch(batch, take)
            _name_columns(batch, run.plan.mapping)
            actions.keep_ledger(entries=batch, import_id=begun.id, by=run.by, at=run.at)
            actions.recount(import_id=begun.id, fates=Counter(entry.fate for entry in batch))
        done, rows = last, rows + len(batch)
        if rows > 2 * looked_at:
            actions.gather_statistics(models=_FILLED)
            looked_at = rows
        run.tell(Progress(line=done, lines=max(run.plan.found.lines, done), rows=rows))


def _try_refused(run: _Run, begun: Import) -> Counter[str]:
    """Try the refused rows of a finished import again; the fates of those that went through."""
    take, better, rows = _taker(run, begun), Counter[str](), 0
    lines = frozenset(queries.refused_lines(begun.id))
    if not lines:
        return better
    for batch in _batches(run, begun, Reach(only=lines)):
        with transaction.atomic():
            _take_batch(batch, take)
            passed = [entry for entry in batch if entry.fate != Fate.REFUSED]
            mended = [entry.line for entry in passed if entry.line]
            actions.forget_refused(import_id=begun.id, lines=mended)
            actions.keep_ledger(entries=passed, import_id=begun.id, by=run.by, at=run.at)
            fates = Counter(entry.fate for entry in passed)
            changed = {**fates, Fate.REFUSED.value: -len(passed)}
            actions.recount(import_id=begun.id, fates=changed)
        better, rows = better + fates, rows + len(batch)
        run.tell(Progress(line=batch[-1].line or 0, lines=run.plan.found.lines, rows=rows))
    return better


def _take_batch(batch: Sequence[Entry], take: Taker) -> None:
    """Take in what can be read. A row that the database refuses does not take others along."""
    readable = [entry for entry in batch if entry.fate != Fate.REFUSED]
    try:
        with transaction.atomic():
            take(readable)
    except (DataError, IntegrityError) as error:
        if len(readable) == 1:
            readable[0].fate = Fate.REFUSED.value
            readable[0].lead_id = None
            why = {"why": str(error).splitlines()[0]}
            readable[0].reason = (_("The database cannot keep it: %(why)s") % why)[:500]
            return
        half = len(readable) // 2
        _take_batch(readable[:half], take)
        _take_batch(readable[half:], take)


def _name_columns(batch: Sequence[Entry], mapping: Map) -> None:
    """Refused rows name the column of the file, not what the map makes of it."""
    column_of = {target: column for column, target in mapping.columns.items()}
    for entry in batch:
        if entry.field in column_of:
            entry.field = column_of[entry.field][:100]


def _taker(run: _Run, begun: Import) -> Taker:
    if run.plan.kind == "deals":
        return lambda entries: take_in_deals(entries=entries, by=run.by, at=run.at)
    return lambda entries: take_in(
        deliveries=[Delivery(Door.IMPORT, run.by, list(entries), begun.file_name)],
        at=run.at,
        live=begun.is_live,
    )


def _batches(run: _Run, begun: Import, reach: Reach) -> Iterator[list[Entry]]:
    plan = run.plan
    translator = _translator(plan, begun.id, began_at=begun.started_at, at=run.at)
    arguments = (plan.found, plan.layout, translator, reach, BATCH)
    if plan.found.size < READ_AHEAD_BYTES:
        return entry_batches(*arguments)
    return read_ahead(entry_batches, *arguments)


def _translator(
    plan: Plan, import_id: uuid.UUID, *, began_at: datetime, at: datetime
) -> Translator:
    mapping = plan.mapping
    reading = Reading(
        at=at,
        time_zone=mapping.time_zone or "UTC",
        region=mapping.region,
        source=mapping.source,
        custom=plan.custom,
    )
    return Translator(mapping, plan.header, import_id, began_at, reading, _READERS[plan.kind])


def _layout(mapping: Map) -> Layout:
    return Layout(mapping.encoding, mapping.delimiter, mapping.sheet)


def _zone_here() -> str:
    here = workspace()
    return here.time_zone if here else "UTC"


def _values(run: _Run) -> dict[str, Any]:
    plan = run.plan
    return {
        "kind": plan.kind,
        "file_name": plan.found.path.name[:255],
        "file_digest": plan.found.digest,
        "source": plan.mapping.source,
        "mapping": {**plan.mapping.as_json(), "header": list(plan.header)},
        "is_live": run.is_live,
        "lines_total": plan.found.lines,
        "upload_id": run.upload,
    }


def _outcome(now: Import, better: Counter[str] | None) -> Outcome:
    """The fates of all rows; of an import that was done before, what this run changed."""
    rows = now.created + now.merged + now.unchanged + now.refused
    if better is None:
        return Outcome(now.id, rows, now.created, now.merged, now.unchanged, now.refused)
    created, merged = better[Fate.CREATED.value], better[Fate.MERGED.value]
    unchanged = rows - created - merged - now.refused
    return Outcome(now.id, rows, created, merged, unchanged, now.refused)


def _refused_rows(
    import_id: uuid.UUID,
) -> Iterator[tuple[int, str | None, str | None, dict[str, Any]]]:
    rows = queries.ledger(import_id, fate=Fate.REFUSED.value)
    for row in rows.iterator(chunk_size=2_000):
        yield row.line or 0, row.field, row.reason, row.body
