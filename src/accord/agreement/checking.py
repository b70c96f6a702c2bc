"""What must be true between the clauses of a document, beyond each one's own form."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext as _

from accord.agreement.document import Document, LossReason, Reason
from accord.agreement.faults import BadDocument, Fault
from accord.base.errors import Invalid
from accord.base.lifecycle import WAY, Stage
from accord.criteria.checking import check
from accord.criteria.language import Definition
from accord.criteria.metrics import all_metrics, all_rates
from accord.criteria.registry import registry
from accord.criteria.scorecards import Scorecard

# What is made on the way; who answers for each may be said.
ARTEFACTS = ("agreement", "scorecards", "brief", "scoreboard")
# The other stages are entered by a submission or by an act of a person.
EVALUATED_STAGES = frozenset({Stage.MQL.value})


def check_terms(
    document: Document,
    definitions: Mapping[str, Definition],
    scorecards: Mapping[str, Scorecard],
) -> None:
    """Raises BadDocument with all that does not fit together."""
    faults = [
        *_criteria(definitions, scorecards),
        *_stages(definitions),
        *_named(document, definitions),
        *_re_entries("pass_back.reasons", document.pass_back.reasons),
        *_re_entries("lost_deals.reasons", document.lost_deals.reasons),
        *_escalation(document),
        *_segments(document, definitions),
        *_limits(document, definitions),
        *_figures(document),
        *_duties(document),
        *_on_trial(document, definitions),
    ]
    if faults:
        raise BadDocument(faults)


def _criteria(
    definitions: Mapping[str, Definition], scorecards: Mapping[str, Scorecard]
) -> Iterator[Fault]:
    """Facts exist, operators and values fit them, and nothing asks for itself."""
    try:
        check(definitions, registry=registry, scorecards=scorecards)
    except Invalid as refusal:
        yield Fault(refusal.field or "definitions", refusal.sentence)


def _stages(definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    holders: dict[str, str] = {}
    for key, definition in definitions.items():
        stage = definition.stage
        if not stage:
            continue
        clause = f"definitions.{key}.stage"
        if stage not in EVALUATED_STAGES:
            yield Fault(
                clause,
                _("“%(stage)s” is not entered by a definition; use %(stages)s, or leave it out.")
                % {"stage": stage, "stages": _or(EVALUATED_STAGES)},
            )
        elif stage in holders:
            yield Fault(
                clause,
                _(
                    "“%(stage)s” is already the stage of “%(definition)s”; only one "
                    "definition can enter it."
                )
                % {"stage": stage, "definition": holders[stage]},
            )
        holders.setdefault(stage, key)
    for stage in sorted(EVALUATED_STAGES - set(holders)):
        yield Fault(
            "definitions",
            _("no definition enters the stage “%(stage)s”; write “stage: %(stage)s” under one.")
            % {"stage": stage},
        )


def _named(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    for clause, key in (("gate", document.gate), ("checklist", document.checklist)):
        if key not in definitions:
            yield Fault(
                clause,
                _("“%(key)s” is not a definition with criteria; name one of %(definitions)s.")
                % {"key": key, "definitions": _or(definitions)},
            )


def _re_entries(
    clause: str, reasons: Mapping[str, Reason] | Mapping[str, LossReason]
) -> Iterator[Fault]:
    for key, reason in reasons.items():
        where = f"{clause}.{key}.re_enter_after"
        asks = getattr(reason, "asks", None)
        dated = asks is not None and asks.field == "date" and asks.required
        if reason.destination == "nurture":
            if reason.re_enter_after is None and not dated:
                yield Fault(
                    where,
                    _(
                        "it is missing; say when the lead may return, such as {days: "
                        "90}, or ask for a date."
                    ),
                )
        elif reason.re_enter_after is not None:
            yield Fault(
                where,
                _("a lead that goes to “%(destination)s” does not return; leave it out.")
                % {"destination": reason.destination},
            )


def _escalation(document: Document) -> Iterator[Fault]:
    warn = document.escalation.warn
    if warn and (warn.at_share is None) == (warn.before is None):
        yield Fault(
            "escalation.warn",
            _(
                "say when to warn, in one way: {at_share: 0.75}, or {before: "
                "{working_minutes: 15}}."
            ),
        )
    if warn and warn.before and warn.before.length is None:
        yield Fault("escalation.warn.before", _("write it in minutes or hours, or in plain days."))
    seen = set()
    for number, each in enumerate(document.escalation.steps):
        if each.step in seen:
            yield Fault(
                f"escalation.steps.{number}.step",
                _("“%(step)s” stands here twice; keep one.") % {"step": each.step},
            )
        seen.add(each.step)


def _segments(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    ready = document.marketing.ready_leads
    for number, segment in enumerate(ready.segments):
        clause = f"marketing.ready_leads.segments.{number}"
        yield from _is_defined(f"{clause}.definition", segment.definition, definitions)
        if segment.worth and ready.worth and segment.worth.currency == ready.worth.currency:
            yield from _is_part(f"{clause}.worth.amount", segment.worth.amount, ready.worth.amount)
        if segment.target > ready.target:
            yield Fault(
                f"{clause}.target",
                _("it is more than all ready leads together (%(target)s).")
                % {"target": ready.target},
            )


def _is_defined(clause: str, key: str, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    if key not in definitions:
        yield Fault(
            clause,
            _("“%(key)s” is not a definition with criteria; name one of %(definitions)s.")
            % {"key": key, "definitions": _or(definitions)},
        )


def _is_part(clause: str, amount: int, whole: int) -> Iterator[Fault]:
    if amount > whole:
        words = {"whole": whole}
        yield Fault(
            clause, _("it is more than all ready leads are worth together (%(whole)s).") % words
        )


def _limits(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    """Each segment with limits of its own is defined, stands once and says what is other."""
    seen = set[str]()
    for number, segment in enumerate(document.sales.first_attempt.segments):
        clause = f"sales.first_attempt.segments.{number}"
        yield from _is_defined(f"{clause}.definition", segment.definition, definitions)
        if segment.definition in seen:
            yield Fault(
                f"{clause}.definition",
                _("“%(step)s” stands here twice; keep one.") % {"step": segment.definition},
            )
        if not segment.within.named:
            kinds = ", ".join(type(segment.within).model_fields)
            yield Fault(
                f"{clause}.within",
                _("it names no limit; name one of %(kinds)s.") % {"kinds": kinds},
            )
        seen.add(segment.definition)


def _figures(document: Document) -> Iterator[Fault]:
    known = {**all_metrics(), **all_rates()}
    for number, each in enumerate(document.figures):
        if each.figure not in known:
            close = get_close_matches(each.figure, known, n=3) or sorted(all_rates())
            yield Fault(
                f"figures.{number}.figure",
                _("Accord counts nothing called “%(figure)s”; there is %(figures)s.")
                % {"figure": each.figure, "figures": ", ".join(close)},
            )


def promised(document: Document) -> list[str]:
    """The keys of all that is promised, goal first, then marketing's and sales' in their order."""
    may = ("lead_to_customer", "nurture", "content")
    optional = [key for key in may if getattr(document.marketing, key)]
    return [
        *(["revenue"] if document.goal else []),
        *("ready_leads", "acceptance_rate", "pass_back_answer", *optional),
        *("first_attempt", "answer", "attempts", "disposition"),
    ]


def _duties(document: Document) -> Iterator[Fault]:
    """Once one step is given to somebody, each step and promise has its one duty."""
    needed = [*WAY, *promised(document)]
    steps = [*needed, *ARTEFACTS]
    given: dict[str, str] = {}
    for number, duty in enumerate(document.roles):
        for step in duty.steps:
            if step not in steps:
                yield Fault(
                    f"roles.{number}.steps",
                    _("there is no step “%(step)s”; use %(steps)s.")
                    % {"step": step, "steps": ", ".join(steps)},
                )
            elif step in given:
                yield Fault(
                    f"roles.{number}.steps",
                    _("“%(step)s” belongs to “%(duty)s” already; one duty answers for it.")
                    % {"step": step, "duty": given[step]},
                )
            given.setdefault(step, duty.what)
    for step in needed if given else ():
        if step not in given:
            yield Fault(
                "roles",
                _("nobody answers for “%(step)s”; add it to the steps of a duty.") % {"step": step},
            )


def _on_trial(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    """What only runs on trial moves nobody, so a stage or the gate cannot be."""
    parts = [*promised(document), "scorecards", *definitions]
    deciding = {document.gate, document.checklist}
    deciding |= {key for key, each in definitions.items() if each.stage}
    for number, part in enumerate(document.on_trial):
        if part not in parts:
            yield Fault(
                f"on_trial.{number}",
                _("there is no part “%(part)s”; use %(parts)s.")
                % {"part": part, "parts": ", ".join(parts)},
            )
        elif part in deciding:
            yield Fault(
                f"on_trial.{number}",
                _(
                    "“%(part)s” decides where leads go, which cannot be on trial; try "
                    "it on the past instead, or leave it out here."
                )
                % {"part": part},
            )


def _or(keys: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(sorted(keys))
