"""Pass back: sales returns a lead, and the agreement's reason decides where it goes."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_by_number
from accord.agreement.terms import Attempts, Reason, Terms
from accord.base.errors import Conflict, Invalid, Missing
from accord.base.lifecycle import Cause, LeadStatus, Side, Stage
from accord.flows.evaluate import evaluate
from accord.flows.follow_up import give_up
from accord.flows.moving import enter_stages
from accord.handoffs import actions
from accord.handoffs.actions import Returning, Taken, Undone
from accord.handoffs.actions.telling import tell_of_pass_backs, tell_of_undone
from accord.handoffs.models import Handoff
from accord.handoffs.queries import earliest_re_entry, re_enter_on
from accord.leads.actions import (
    Entering,
    assign_owners,
    change_facts,
    give_back_consents,
    set_statuses,
)
from accord.leads.actions.suspecting import suspect
from accord.leads.models import Likeness, StageEntry
from accord.leads.queries import lead_called
from accord.qualification.queries import verdicts_of
from accord.teams.dates import read_day
from accord.teams.queries import workspace

GOES_TO = {
    "nurture": Stage.RECYCLED,
    "data_fix": Stage.RECYCLED,
    "merge": Stage.RECYCLED,
    "disqualify": Stage.DISQUALIFIED,
    "suppress": Stage.DISQUALIFIED,
}
# Mechanical: what follows is done with the pass-back itself, so that nobody has to say anything.
ANSWER_THEMSELVES = frozenset({"data_fix", "merge", "suppress"})


@dataclass(frozen=True)
class Said:
    """What the rep says: the reason's key, a note, and what the reason asks for.

    `asked` is a date in ISO 8601 where the reason asks for one. `blamed` names the clauses
    that let the lead through; None takes those that were met.
    """

    reason: str
    note: str = ""
    asked: str = ""
    blamed: Sequence[str] | None = None


def pass_back(
    *, handoffs: Collection[uuid.UUID], said: Said, by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Pass handoffs back to marketing for one reason, all or none.

    Raises Invalid for a reason that the agreement does not have or that asks for more, and
    Conflict with what became of a handoff that is not open.
    """
    with transaction.atomic():
        found = Handoff.objects.filter(id__in=handoffs)
        rows = {
            id: (lead_id, version)
            for id, lead_id, version in found.values_list("id", "lead_id", "agreement_version")
        }
        if len(rows) < len(set(handoffs)):
            raise Missing(_("There is no such handoff; it may have been merged away."))
        versions = {version for _lead, version in rows.values()}
        terms = terms_by_number(versions)
        reasons = {id: _reason(terms[version], said) for id, (_lead, version) in rows.items()}
        repeated = _repeated({rows[id][0]: reason for id, reason in reasons.items()}, said)
        blamed = _blamed(rows, terms, reasons, said)
        returnings = [
            _returning(id, reasons[id], said, blamed.get(id, ()), terms[rows[id][1]].attempts, at)
            for id in sorted(rows)
        ]
        taken = actions.pass_back(returnings=returnings, by=by, at=at)
        _move(taken, reasons, by, at)
        suspect(pairs=repeated, likeness=Likeness.SAID, at=at)  # merged by a person, if at all
        labels = {id: reason.label for id, reason in reasons.items()}
        tell_of_pass_backs(taken=taken, labels=labels, by=by, at=at)
    return taken


def undo_pass_back(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take pass-backs back, all or none, shortly after they were made and by whom made them.

    Raises Conflict when it is too late.
    """
    with transaction.atomic():
        undone = actions.undo_pass_back(handoffs=sorted(handoffs), by=by, at=at)
        if len(undone) < len(set(handoffs)):
            raise Conflict(
                _("It is too late to take this back; ask marketing to hand the lead over.")
            )
        taken = [each.handoff for each in undone]
        _move_back(undone, by, at)
        tell_of_undone(taken=taken, by=by, at=at)
    return taken


def _reason(terms: Terms, said: Said) -> Reason:
    reason = terms.reasons.get(said.reason)
    if reason is None:
        raise Invalid(
            _("The agreement has no reason “%(reason)s”; choose one of: %(known)s.")
            % {
                "reason": said.reason,
                "known": ", ".join(each.label for each in terms.reasons.values()),
            },
            field="reason",
        )
    asks = reason.asks
    if asks and asks.required and not (said.note if asks.field == "note" else said.asked).strip():
        raise Invalid(
            _("“%(reason)s” asks: %(question)s") % {"reason": reason.label, "question": asks.label},
            field=asks.field,
        )
    return reason


def _repeated(reasons: Mapping[uuid.UUID, Reason], said: Said) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The leads (by id, with their reasons) that repeat another one, each with that one.

    Raises Invalid where whoever is named is nobody here, or the lead itself.
    """
    repeating = [id for id, reason in reasons.items() if reason.destination == "merge"]
    named = said.asked.strip()
    if not (repeating and named):
        return []
    other = lead_called(named)
    if other is None:
        raise Invalid(
            _("Nobody here is “%(given)s”; say by e-mail address or page which lead it repeats.")
            % {"given": named},
            field="duplicate_of",
        )
    if other in repeating:
        raise Invalid(
            _("“%(given)s” is this lead itself; say which other one it repeats.")
            % {"given": named},
            field="duplicate_of",
        )
    return [(id, other) for id in repeating]


def _returning(
    handoff_id: uuid.UUID,
    reason: Reason,
    said: Said,
    blamed: Sequence[str],
    expects: Attempts,
    at: datetime,
) -> Returning:
    return Returning(
        handoff_id=handoff_id,
        reason=reason.key,
        label=reason.label,
        destination=reason.destination,
        note=said.note.strip(),
        asked=said.asked.strip()[:200],
        re_enter_on=_re_enter_on(reason, said, at),
        blamed_clauses=blamed,
        expects=expects if reason.after_attempts else None,
        answers_itself=reason.destination in ANSWER_THEMSELVES,
        gives_turn_back=reason.destination in ANSWER_THEMSELVES or reason.blames_definition,
    )


def _re_enter_on(reason: Reason, said: Said, at: datetime) -> date | None:
    """The day they asked for, else the agreement's span from now."""
    if reason.asks and reason.asks.field == "date" and said.asked.strip():
        return _asked_day(said.asked.strip(), at)
    here = workspace()
    return re_enter_on(reason.re_enter_after, at=at, time_zone=here.time_zone if here else "UTC")


def _asked_day(text: str, at: datetime) -> date:
    """The day they asked to be left alone until. Raises Invalid for one that has come already."""
    day = read_day(text, field="date")
    if day < earliest_re_entry(at):
        raise Invalid(
            _("%(day)s is not to come any more; say from which day on they may be asked again.")
            % {"day": text},
            field="date",
        )
    return day


def _blamed(
    rows: Mapping[uuid.UUID, tuple[uuid.UUID, int]],
    terms: Mapping[int, Terms],
    reasons: Mapping[uuid.UUID, Reason],
    said: Said,
) -> dict[uuid.UUID, list[str]]:
    """The clauses that a reason counts against: those named, else those that let it through."""
    blaming = {id: rows[id] for id, reason in reasons.items() if reason.blames_definition}
    if said.blamed is not None:
        for _lead, version in blaming.values():
            _check_blamed(said.blamed, terms[version])
        return {id: list(said.blamed) for id in blaming}
    verdicts = verdicts_of([lead_id for lead_id, _version in blaming.values()])
    return {
        id: [
            f"{key}:{clause}"
            for key, definition in terms[version].definitions.items()
            if definition.stage and key in verdicts[lead_id]
            for clause in verdicts[lead_id][key].met
        ]
        for id, (lead_id, version) in blaming.items()
    }


def _check_blamed(blamed: Sequence[str], terms: Terms) -> None:
    known = {
        f"{key}:{leaf.key}"
        for key, definition in terms.definitions.items()
        for leaf in definition.leaves()
    }
    if unknown := sorted(set(blamed) - known):
        raise Invalid(
            _("The agreement has no clause “%(clause)s”; choose one of its lines.")
            % {"clause": unknown[0]},
            field="blamed",
        )


def _move(
    taken: Sequence[Taken], reasons: Mapping[uuid.UUID, Reason], by: uuid.UUID, at: datetime
) -> None:
    """Marketing holds the lead again, or nobody does; it has no owner any more."""
    enter_stages(
        entries=[
            Entering(
                lead_id=handoff.lead_id,
                stage=GOES_TO[reasons[handoff.id].destination],
                cause=Cause.ACT,
                why=reasons[handoff.id].label,
                agreement_version=handoff.agreement_version,
            )
            for handoff in taken
        ],
        by=by,
        at=at,
        side=Side.SALES,
    )
    leads = [handoff.lead_id for handoff in taken]
    give_up(leads, why=_("passed back"), by=by, at=at)
    set_statuses(statuses=dict.fromkeys(leads, LeadStatus.CLOSED))
    stopped = [h.lead_id for h in taken if reasons[h.id].destination == "suppress"]
    _set_do_not_contact(stopped, to=True, by=by, at=at)


def _move_back(undone: Sequence[Undone], by: uuid.UUID, at: datetime) -> None:
    """The lead stands where it stood, with the rep who had it."""
    before = _stages_before(undone)
    enter_stages(
        entries=[
            Entering(
                lead_id=each.handoff.lead_id,
                stage=before[each.handoff.lead_id],
                cause=Cause.CORRECTION,
                why=_("The pass-back was taken back"),
                agreement_version=each.handoff.agreement_version,
            )
            for each in undone
            if each.handoff.lead_id in before
        ],
        by=by,
        at=at,
        side=Side.SALES,
    )
    owners = {each.handoff.lead_id: each.handoff.owner_id for each in undone}
    assign_owners(owners=owners, why=_("took the pass-back back"), by=by, at=at)
    set_statuses(
        statuses={
            each.handoff.lead_id: LeadStatus.ATTEMPTING
            if each.handoff.first_attempt_at
            else LeadStatus.NEW
            for each in undone
        }
    )
    stopped = [each.handoff.lead_id for each in undone if each.destination == "suppress"]
    ended = {e.handoff.lead_id: e.passed_back_at for e in undone if e.destination == "suppress"}
    why = _("The pass-back was taken back")  # the lead itself took no consent back
    give_back_consents(ended=ended, why=why, by=by, side=Side.SALES, at=at)
    _set_do_not_contact(stopped, to=False, by=by, at=at)


def _stages_before(undone: Sequence[Undone]) -> dict[uuid.UUID, Stage]:
    """The stage that each lead left by being passed back; none where it stayed in its stage."""
    moments = {each.handoff.lead_id: each.passed_back_at for each in undone}
    left = StageEntry.objects.filter(lead_id__in=moments, left_at__in=set(moments.values()))
    return {
        entry.lead_id: Stage(entry.stage)
        for entry in left
        if entry.left_at == moments[entry.lead_id]
    }


def _set_do_not_contact(
    leads: Sequence[uuid.UUID], *, to: bool, by: uuid.UUID, at: datetime
) -> None:
    if leads:
        changes = {lead_id: {"do_not_contact": to} for lead_id in leads}
        change_facts(changes=changes, by=by, side=Side.SALES, at=at)
        evaluate(leads=sorted(leads), at=at)
