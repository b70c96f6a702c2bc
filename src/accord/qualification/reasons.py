"""Why a lead is what it is: each definition's lines with their outcome, and what to ask."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery

from accord.agreement.queries import running
from accord.criteria.explain import sentence
from accord.criteria.language import Clause, Definition, Group, Test, leaves
from accord.criteria.registry import registry
from accord.leads.models import Lead, Submission
from accord.qualification.models import Outcome, Verdict
from accord.qualification.queries import verdicts_of

_HELD_BY_MARKETING = ("subscriber", "inquiry", "mql", "recycled")


@dataclass(frozen=True)
class ClauseVerdict:
    """A line of a definition: how deep it stands, what it says, and whether it is so.

    `is_open`: it is not met, and meeting it would help; False within a group that is met.
    """

    text: str
    outcome: Outcome
    is_must: bool
    depth: int
    is_open: bool


@dataclass(frozen=True)
class DefinitionVerdict:
    """The verdict under one definition. `questions` are the facts not known that it asks for."""

    key: str
    title: str
    outcome: Outcome
    is_gate: bool
    clauses: Sequence[ClauseVerdict]
    questions: Sequence[str]


def why(lead_id: uuid.UUID) -> list[DefinitionVerdict]:
    """The verdicts on a lead under the running agreement, line by line; the gate first.

    Two queries.
    """
    terms = running()
    verdicts = verdicts_of([lead_id])[lead_id]
    found = [
        DefinitionVerdict(
            key=key,
            title=definition.title,
            outcome=Outcome(verdicts[key].outcome),
            is_gate=key == terms.gate,
            clauses=_clauses(definition, verdicts[key], terms.titles),
            questions=_questions(definition, verdicts[key]),
        )
        for key, definition in terms.definitions.items()
        if key in verdicts
    ]
    return sorted(found, key=lambda each: not each.is_gate)


def first_ready(*, definition: str, import_id: uuid.UUID, limit: int) -> list[Lead]:
    """Leads of an import that meet a definition and that marketing holds, newest contact first."""
    met = Verdict.objects.filter(definition=definition, outcome=Outcome.MET)
    free = _held_by_marketing(import_id).filter(id__in=met.values("lead_id"))
    return list(free.order_by("-first_contact_at", "-id")[:limit])


def nearest(*, definition: str, import_id: uuid.UUID, limit: int) -> list[Lead]:
    """Leads of an import that can be reached and lack least of a definition, newest first."""
    met = Verdict.objects.filter(definition=definition, lead_id=OuterRef("id"))
    lines = met.values_list(Func(F("met"), function="cardinality"))
    reachable = Q(email__isnull=False) | Q(phone__isnull=False)
    free = _held_by_marketing(import_id).filter(reachable).annotate(lines=Subquery(lines))
    order = F("lines").desc(nulls_last=True)
    return list(free.order_by(order, "-first_contact_at", "-id")[:limit])


def _held_by_marketing(import_id: uuid.UUID) -> QuerySet[Lead]:
    """Leads of an import that can be handed over, with their companies."""
    rows = Submission.objects.filter(import_id=import_id, lead_id__isnull=False)
    return Lead.objects.filter(
        id__in=rows.values("lead_id"),
        stage__in=_HELD_BY_MARKETING,
        do_not_contact=False,
        merged_into_id__isnull=True,
    ).select_related("company")


def held_back(*, definition: str, import_id: uuid.UUID) -> list[tuple[str, int]]:
    """What keeps leads of an import from meeting a definition: a line of it, and for how many.

    Most first. A line counts where the part of the definition that it belongs to is not met.
    """
    rows = Submission.objects.filter(import_id=import_id, lead_id__isnull=False)
    verdicts = Verdict.objects.filter(definition=definition, lead_id__in=rows.values("lead_id"))
    alike = (
        verdicts.exclude(outcome=Outcome.MET)
        .values_list("met", "unmet")
        .annotate(number=Count("id"))
        .order_by()
    )
    terms = running()
    must = terms.definitions[definition].must
    numbers: Counter[str] = Counter()
    for met, unmet, number in alike:
        said = _Said(met, unmet)
        for clause in must.items if must.kind == "all" else (must,):
            if _outcome(clause, said) != Outcome.MET:
                keys = [leaf.key for leaf in leaves(clause) if leaf.key not in met]
                numbers.update(dict.fromkeys(keys, number))
    texts = {
        leaf.key: sentence(leaf, registry=registry, titles=terms.titles) for leaf in leaves(must)
    }
    return [(texts[key], number) for key, number in numbers.most_common()]


class _Said(NamedTuple):
    """What a verdict says of the lines that ask something, by their keys."""

    met: Sequence[str]
    unmet: Sequence[str]


def _clauses(
    definition: Definition, verdict: Verdict, titles: Mapping[str, str]
) -> list[ClauseVerdict]:
    must = definition.must
    top = must.items if must.kind == "all" else (must,)
    told = [*((each, True) for each in top), *((each, False) for each in definition.should)]
    return [
        line
        for clause, is_must in told
        for line in _lines(clause, verdict, titles, 0, is_must=is_must, is_open=True)
    ]


def _lines(
    clause: Clause,
    verdict: Verdict,
    titles: Mapping[str, str],
    depth: int,
    *,
    is_must: bool,
    is_open: bool,
) -> Iterator[ClauseVerdict]:
    """A line and those below it; what stands under a "not" is told in one line with it."""
    text = sentence(clause, registry=registry, titles=titles)
    is_not = isinstance(clause, Group) and clause.kind == "not"
    if is_not and isinstance(clause, Group) and not clause.text:
        below = sentence(clause.items[0], registry=registry, titles=titles)
        text = f"{text} {below}"
    outcome = _outcome(clause, verdict)
    is_open = is_open and outcome != Outcome.MET
    yield ClauseVerdict(text, outcome, is_must, depth, is_open)
    if isinstance(clause, Group) and not is_not:
        for item in clause.items:
            yield from _lines(item, verdict, titles, depth + 1, is_must=is_must, is_open=is_open)


def _outcome(clause: Clause, verdict: "Verdict | _Said") -> Outcome:
    """Kleene's logic over what the verdict says of the lines that ask something."""
    if not isinstance(clause, Group):
        if clause.key in verdict.met:
            return Outcome.MET
        return Outcome.NOT_MET if clause.key in verdict.unmet else Outcome.CANNOT_TELL
    parts = [_outcome(item, verdict) for item in clause.items]
    if clause.kind == "not":
        opposite = {Outcome.MET: Outcome.NOT_MET, Outcome.NOT_MET: Outcome.MET}
        return opposite.get(parts[0], Outcome.CANNOT_TELL)
    wins, loses = Outcome.NOT_MET, Outcome.MET
    if clause.kind == "any":
        wins, loses = loses, wins
    if wins in parts:
        return wins
    return Outcome.CANNOT_TELL if Outcome.CANNOT_TELL in parts else loses


def _questions(definition: Definition, verdict: Verdict) -> list[str]:
    """The words of the facts that are missing, or that a line only hopes for."""
    keys = [key for key in verdict.missing if key in registry.facts]
    answered = {*verdict.met, *verdict.unmet}
    keys += [
        clause.fact
        for clause in definition.should
        if isinstance(clause, Test)
        and (
            clause.key not in answered
            or (clause.operator == "known" and clause.key in verdict.unmet)
        )
    ]
    return [str(registry.facts[key].label) for key in dict.fromkeys(keys) if key in registry.facts]
