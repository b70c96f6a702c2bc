"""Maps: which column of a file says what. Written as TOML, or recognised by the header.

    [file]
    source = "olist"             # the system the ids come from
    time_zone = "UTC"            # of times that name no zone
    date_formats = ["%d/%m/%Y"]  # where 2018-05-31 is not how dates are written
    dates = "day first"          # or "month first", where 03/04/2018 could be either
    decimal = ","                # where 1,234 could be read in two ways
    missing = ["tbd", "?"]       # what else means: not known, beside N/A, -, Select and the like

    [columns]
    mql_id = "external_id"       # column of the file = what it says

    [constants]
    country = "BR"               # said of every row that does not say it itself

    [keep]
    Industry = ["N/A"]           # what in this column means what it says

    [values.stage]
    "Marketing Qualified Lead" = "mql"

Pure, no Django.
"""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.base.errors import Invalid, _
from accord.leads.cells import DAY, MONTH
from accord.leads.rules import OF_PURPOSE, FactRule

DATES = frozenset({"happened_at", "consent_at", "needed_by_on", "opened_at", "closed_at"})
NUMBERS = frozenset({"employees", "budget", "amount"})
TARGETS: Mapping[str, Sequence[str]] = {
    "leads": (
        *("name", "first_name", "last_name", "email", "phone", "external_id", "visitor"),
        *("job_title", "company", "company_domain", "website", "country", "language"),
        *("industry", "employees", "lead_type", "source", "source_detail", "campaign"),
        *("need", "authority", "budget", "needed_by_on", "message", "asks_for", "event"),
        *("event_name", "happened_at", "stage", "do_not_contact"),
        *(*OF_PURPOSE, "consent_at", "consent_wording", "consent_source"),
    ),
    "deals": (
        *("lead_external_id", "lead_email", "lead_phone", "external_id", "title", "amount"),
        *("currency", "state", "opened_at", "closed_at", "loss_reason", "note"),
        *("industry", "lead_type"),
    ),
}
IDENTITIES: Mapping[str, Sequence[str]] = {
    "leads": ("email", "phone", "external_id", "visitor"),
    "deals": ("lead_external_id", "lead_email", "lead_phone"),
}
_FILE_KEYS = (
    *("source", "time_zone", "region", "date_formats", "dates", "decimal", "missing"),
    *("stage", "delimiter", "encoding", "sheet"),
)


class MapRefused(Invalid):
    """The map does not fit: the file it is in, the place in it, and what would fit."""


@dataclass(frozen=True)
class Map:
    """A map that was checked. `values` translates texts of the file, compared in lower case.

    `keep` names, by column, placeholders (in lower case) that mean what they say there;
    `orders` whether day or month stands first in the dates of a column, as the file shows.
    """

    kind: str
    columns: Mapping[str, str]
    source: str = "file"
    time_zone: str | None = None
    region: str | None = None
    date_formats: tuple[str, ...] = ()
    dates: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    recognised_as: str = ""
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values; equal maps give equal ones."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """Names what the map says, however it is written."""
        said = self.as_json()
        del said["recognised_as"]
        for key in ("keep", "orders", "dates"):  # as if they had always been there
            if not said[key]:
                del said[key]
        text = json.dumps(said, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def dates_of(custom: Mapping[str, FactRule]) -> frozenset[str]:
    """The keys of those facts of the company's own whose values are dates."""
    return frozenset(key for key, fact in custom.items() if fact.kind == "date")


def numbers_of(custom: Mapping[str, FactRule]) -> frozenset[str]:
    """The keys of those facts of the company's own whose values are numbers."""
    return frozenset(key for key, fact in custom.items() if fact.kind in ("number", "money"))


def read_map(
    text: str, kind: str, *, name: str, custom: Mapping[str, FactRule] | None = None
) -> Map:
    """The map in a TOML document; `name` is its file's, for the sentences.

    `custom` are the facts that the company defined: a column may say them too.

    Raises MapRefused, naming the place, for what is not TOML, not known or does not fit.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MapRefused(
            _("%(name)s is not TOML: %(error)s. A column with a blank in its name needs quotes.")
            % {"name": name, "error": error},
            field="map",
        ) from error
    _known(
        document,
        ("file", "columns", "constants", "values", "keep"),
        name,
        _("“%(word)s” is no part"),
    )
    file = _table(document, "file", name)
    _known(file, _FILE_KEYS, f"{name}, [file]", _("“%(word)s” is no setting"))
    targets = (*TARGETS[kind], *(custom or ()))
    of_deals = _("“%(word)s” is no thing that deals have")
    no_target = of_deals if kind == "deals" else _("“%(word)s” is no thing that leads have")
    columns = _texts(_table(document, "columns", name), f"{name}, [columns]")
    constants = _texts(_table(document, "constants", name), f"{name}, [constants]")
    if "stage" in file:
        constants.setdefault("stage", str(file["stage"]))
    for column, target in columns.items():
        _known([target], targets, f"{name}, [columns], {column}", no_target)
    _known(constants, targets, f"{name}, [constants]", no_target)
    values = {
        target: {
            said.lower(): meant
            for said, meant in _texts(table, f"{name}, [values.{target}]").items()
        }
        for target, table in _table(document, "values", name).items()
    }
    _known(values, targets, f"{name}, [values]", no_target)
    _check_targets(columns, kind, name)
    return Map(
        kind=kind,
        columns=columns,
        constants=constants,
        values=values,
        keep=_kept(_table(document, "keep", name), f"{name}, [keep]"),
        **_settings(file, name),
    )


def read_map_file(path: Path, kind: str, *, custom: Mapping[str, FactRule] | None = None) -> Map:
    """As `read_map`. Also raises MapRefused for a file that cannot be opened."""
    try:
        return read_map(path.read_text(encoding="utf-8"), kind, name=path.name, custom=custom)
    except FileNotFoundError as error:
        raise MapRefused(
            _("There is no map %(path)s; check its name and folder.") % {"path": path}, field="map"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise MapRefused(
            _("The map %(path)s cannot be read: %(error)s.") % {"path": path, "error": error},
            field="map",
        ) from error


def check_header(mapping: Map, header: Sequence[str], *, name: str, line: int) -> list[str]:
    """The columns that the map leaves unused. Raises MapRefused for one the file has not."""
    for column in mapping.columns:
        if column not in header:
            raise MapRefused(
                _(
                    "%(name)s, line %(line)s: there is no column “%(column)s”, which "
                    "the map names; %(nearest)s."
                )
                % {
                    "name": name,
                    "line": line,
                    "column": column,
                    "nearest": _nearest(column, header),
                },
                field=column,
            )
    return [column for column in header if column not in mapping.columns]


def _settings(file: Mapping[str, Any], name: str) -> dict[str, Any]:
    where = f"{name}, [file]"
    settings = {key: value for key, value in file.items() if key != "stage"}
    for key in ("date_formats", "missing"):
        if key in settings:
            value = settings[key]
            settings[key] = tuple(map(str, value if isinstance(value, list) else [value]))
    for key, value in settings.items():
        if key not in ("date_formats", "missing") and not (isinstance(value, str) and value):
            raise MapRefused(
                _("%(where)s: %(key)s must be a text.") % {"where": where, "key": key}, field=key
            )
    _check_choices(settings, where)
    if len(settings.get("delimiter", ",")) != 1:
        raise MapRefused(
            _("%(where)s: delimiter must be one character.") % {"where": where}, field="delimiter"
        )
    if len(settings.get("source", "")) > 50 or ":" in settings.get("source", ""):
        raise MapRefused(
            _("%(where)s: source must be a short name without a colon.") % {"where": where},
            field="source",
        )
    _check_zone(settings.get("time_zone"), where)
    return settings


def _check_choices(settings: Mapping[str, Any], where: str) -> None:
    for key, choices in (("dates", (DAY, MONTH)), ("decimal", (".", ","))):
        if settings.get(key, choices[0]) not in choices:
            either = _(" or ").join(f'"{choice}"' for choice in choices)
            raise MapRefused(
                _("%(where)s: %(key)s must be %(either)s.")
                % {"where": where, "key": key, "either": either},
                field=key,
            )


def _kept(table: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    kept = {}
    for column, words in table.items():
        if not isinstance(words, list):
            raise MapRefused(
                _('%(where)s: %(column)s must be a list, ["N/A"].')
                % {"where": where, "column": column},
                field="map",
            )
        kept[column] = tuple(str(word).strip().lower() for word in words)
    return kept


def _check_zone(zone: str | None, where: str) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MapRefused(
            _("%(where)s: there is no time zone “%(zone)s”; use a name such as Europe/Berlin.")
            % {"where": where, "zone": zone},
            field="time_zone",
        ) from error


def _check_targets(columns: Mapping[str, str], kind: str, name: str) -> None:
    taken: dict[str, str] = {}
    for column, target in columns.items():
        if target in taken:
            raise MapRefused(
                _(
                    "%(name)s, [columns]: “%(taken)s” and “%(column)s” both say "
                    "%(target)s; keep one."
                )
                % {"name": name, "taken": taken[target], "column": column, "target": target},
                field=column,
            )
        taken[target] = column
    if not any(target in taken for target in IDENTITIES[kind]):
        raise MapRefused(
            _(
                "%(name)s, [columns]: no column says who the lead is; map one of them "
                "to %(identities)s."
            )
            % {"name": name, "identities": ", ".join(IDENTITIES[kind])},
            field="columns",
        )


def _table(document: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, Mapping):
        raise MapRefused(
            _("%(name)s: %(key)s must be a table, [%(key)s].") % {"name": name, "key": key},
            field=key,
        )
    return value


def _texts(table: Any, where: str) -> dict[str, str]:
    if not isinstance(table, Mapping):
        raise MapRefused(_("%(where)s must be a table.") % {"where": where}, field="map")
    for key, value in table.items():
        if isinstance(value, (Mapping, list)):
            raise MapRefused(
                _("%(where)s: %(key)s must be a text.") % {"where": where, "key": key}, field=key
            )
    return {key: str(value) for key, value in table.items()}


def _known(given: Any, known: Sequence[str], where: str, unknown: str) -> None:
    """Refuses what is not known by the sentence `unknown`, which names it as %(word)s."""
    for word in given:
        if word not in known:
            raise MapRefused(
                _("%(where)s: %(unknown)s; %(nearest)s.")
                % {
                    "where": where,
                    "unknown": unknown % {"word": word},
                    "nearest": _nearest(word, known),
                },
                field=word,
            )


def _nearest(word: str, known: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in known}
    near = [
        folded[name] for name in difflib.get_close_matches(word.casefold(), folded, n=3, cutoff=0.5)
    ]
    if near:
        return _("did you mean %(near)s") % {"near": _(" or ").join(near)}
    return _("there are %(known)s") % {"known": ", ".join(known)} if known else _("there is none")
