"""What must be true between the clauses of a document, beyond each one's own form."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

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
                f"“{stage}” is not entered by a definition; "
                f"use {_or(EVALUATED_STAGES)}, or leave it out.",
            )
        elif stage in holders:
            yield Fault(
                clause,
                f"“{stage}” is already the stage of “{holders[stage]}”; "
                "only one definition can enter it.",
            )
        holders.setdefault(stage, key)
    for stage in sorted(EVALUATED_STAGES - set(holders)):
        yield Fault(
            "definitions",
            f"no definition enters the stage “{stage}”; write “stage: {stage}” under one.",
        )


def _named(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    for clause, key in (("gate", document.gate), ("checklist", document.checklist)):
        if key not in definitions:
            yield Fault(
                clause,
                f"“{key}” is not a definition with criteria; name one of {_or(definitions)}.",
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
                    "it is missing; say when the lead may return, such as {days: 90}, "
                    "or ask for a date.",
                )
        elif reason.re_enter_after is not None:
            yield Fault(
                where, f"a lead that goes to “{reason.destination}” does not return; leave it out."
            )


def _escalation(document: Document) -> Iterator[Fault]:
    warn = document.escalation.warn
    if warn and (warn.at_share is None) == (warn.before is None):
        yield Fault(
            "escalation.warn",
            "say when to warn, in one way: {at_share: 0.75}, or {before: {working_minutes: 15}}.",
        )
    if warn and warn.before and warn.before.length is None:
        yield Fault("escalation.warn.before", "write it in minutes or hours, or in plain days.")
    seen = set()
    for number, each in enumerate(document.escalation.steps):
        if each.step in seen:
            yield Fault(
                f"escalation.steps.{number}.step", f"“{each.step}” stands here twice; keep one."
            )
        seen.add(each.step)


def _segments(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    ready = document.marketing.ready_leads
    for number, segment in enumerate(ready.segments):
        clause = f"marketing.ready_leads.segments.{number}"
        yield from _is_defined(f"{clause}.definition", segment.definition, definitions)
        if segment.target > ready.target:
            yield Fault(
                f"{clause}.target", f"it is more than all ready leads together ({ready.target})."
            )


def _is_defined(clause: str, key: str, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    if key not in definitions:
        yield Fault(
            clause, f"“{key}” is not a definition with criteria; name one of {_or(definitions)}."
        )


def _limits(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    """Each segment with limits of its own is defined, stands once and says what is other."""
    seen = set[str]()
    for number, segment in enumerate(document.sales.first_attempt.segments):
        clause = f"sales.first_attempt.segments.{number}"
        yield from _is_defined(f"{clause}.definition", segment.definition, definitions)
        if segment.definition in seen:
            yield Fault(
                f"{clause}.definition", f"“{segment.definition}” stands here twice; keep one."
            )
        if not segment.within.named:
            kinds = ", ".join(type(segment.within).model_fields)
            yield Fault(f"{clause}.within", f"it names no limit; name one of {kinds}.")
        seen.add(segment.definition)


def _figures(document: Document) -> Iterator[Fault]:
    known = {**all_metrics(), **all_rates()}
    for number, each in enumerate(document.figures):
        if each.figure not in known:
            close = get_close_matches(each.figure, known, n=3) or sorted(all_rates())
            yield Fault(
                f"figures.{number}.figure",
                f"Accord counts nothing called “{each.figure}”; there is {', '.join(close)}.",
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
                    f"roles.{number}.steps", f"there is no step “{step}”; use {', '.join(steps)}."
                )
            elif step in given:
                yield Fault(
                    f"roles.{number}.steps",
                    f"“{step}” belongs to “{given[step]}” already; one duty answers for it.",
                )
            given.setdefault(step, duty.what)
    for step in needed if given else ():
        if step not in given:
            yield Fault("roles", f"nobody answers for “{step}”; add it to the steps of a duty.")


def _on_trial(document: Document, definitions: Mapping[str, Definition]) -> Iterator[Fault]:
    """What only runs on trial moves nobody, so a stage or the gate cannot be."""
    parts = [*promised(document), "scorecards", *definitions]
    deciding = {document.gate, document.checklist}
    deciding |= {key for key, each in definitions.items() if each.stage}
    for number, part in enumerate(document.on_trial):
        if part not in parts:
            yield Fault(f"on_trial.{number}", f"there is no part “{part}”; use {', '.join(parts)}.")
        elif part in deciding:
            yield Fault(
                f"on_trial.{number}",
                f"“{part}” decides where leads go, which cannot be on trial; try it on the past "
                "instead, or leave it out here.",
            )


def _or(keys: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(sorted(keys))
