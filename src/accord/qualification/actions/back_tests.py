"""Back-tests: what agreements would have called qualified in a time that has passed."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accord.agreement.terms import read_terms
from accord.base.errors import Conflict, Invalid
from accord.base.rows import id_array
from accord.criteria.compiler import Compiled
from accord.criteria.timeline import timeline
from accord.qualification.asking import question
from accord.qualification.models import BackTest, BackTestState, PastVerdict

MOST_VARIANTS = 5  # the agreement that runs, and four beside it
_KEPT = 20  # back-tests whose leads are kept
_WAITING = (BackTestState.WAITING, BackTestState.RUNNING)

_WRITE = """
INSERT INTO qualification_pastverdict (id, lead_id, back_test_id, met_at)
SELECT md5(lead_id::text || ':' || %(back_test)s::text)::uuid, lead_id, %(back_test)s::uuid,
       ARRAY[{first_met}]
FROM ({timeline}) AS past
WHERE verdict AND definition = ANY(%(back_test_variants)s)
GROUP BY lead_id
ON CONFLICT DO NOTHING
"""
# One process works on each part of the leads, so the planner's own helpers would only be in the
# way; what it takes to compile a statement is more than it saves.
_SET = (
    "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0"
)


@dataclass(frozen=True)
class Tried:
    """An agreement that is tried: what people call it, and its text."""

    name: str
    document: str


def ask_back_test(
    *,
    variants: Sequence[Tried],
    definition: str,
    begins_at: datetime,
    ends_at: datetime,
    by: uuid.UUID | None,
    at: datetime,
) -> BackTest:
    """Have agreements tried on [begins_at, ends_at); the first is what the others differ from.

    Nothing is judged yet. Raises BadDocument for a text that cannot run, Invalid for a period
    that has not passed, too many variants, or a definition that one of them does not have.
    """
    if not begins_at < ends_at <= at:
        raise Invalid(_("Choose a time that has passed, its first day before its last."))
    if not 1 < len(variants) <= MOST_VARIANTS:
        raise Invalid(_("Choose one to four proposals to try beside the agreement that runs."))
    question([read_terms(each.document) for each in variants], definition)
    with transaction.atomic():
        back_test = BackTest.objects.create(
            definition=definition,
            begins_at=begins_at,
            ends_at=ends_at,
            variants=[asdict(each) for each in variants],
            state=BackTestState.WAITING,
            asked_at=at,
            asked_by_id=by,
        )
        newest = BackTest.objects.order_by("-asked_at", "-id").values_list("id", flat=True)
        PastVerdict.objects.exclude(back_test_id__in=list(newest[:_KEPT])).delete()
    return back_test


def begin_back_test(*, back_test_id: uuid.UUID, total: int) -> BackTest:
    """Start on a back-test, or start anew on one that was interrupted.

    Raises Conflict when it is finished already, or was forgotten.
    """
    waiting = BackTest.objects.filter(id=back_test_id, state__in=_WAITING)
    if not waiting.update(state=BackTestState.RUNNING, done=0, total=total):
        raise Conflict(_("This back-test is finished, or no longer there."))
    return BackTest.objects.get(id=back_test_id)


def judge_past(*, back_test: BackTest, asked: Compiled, leads: Collection[uuid.UUID]) -> None:
    """Write when each of the leads first met the definition of each variant; once.

    `asked` is the `question` of the variants.
    """
    select, params = timeline(
        asked,
        begins=back_test.begins_at,
        ends=back_test.ends_at,
        among="lead_id = ANY(%(back_test_leads)s::uuid[])",
    )
    numbers = [str(number) for number in range(len(back_test.variants))]
    first_met = ", ".join(f"min(at) FILTER (WHERE definition = '{each}')" for each in numbers)
    given: dict[str, Any] = {
        "back_test": str(back_test.id),
        "back_test_leads": id_array(leads),
        "back_test_variants": numbers,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SET)
        cursor.execute(_WRITE.format(first_met=first_met, timeline=select), {**params, **given})
        BackTest.objects.filter(id=back_test.id).update(done=F("done") + len(leads))


def keep_figures(*, back_test_id: uuid.UUID, figures: dict[str, Any], is_whole: bool) -> None:
    """Keep the figures: of the sample, or of all leads, which ends it."""
    kept: dict[str, Any] = {"figures": figures}
    if is_whole:
        kept["state"] = BackTestState.DONE
    BackTest.objects.filter(id=back_test_id, state=BackTestState.RUNNING).update(**kept)


def stop_back_test(*, back_test_id: uuid.UUID, why: str) -> None:
    """It cannot go on; whoever asked reads why."""
    waiting = BackTest.objects.filter(id=back_test_id, state__in=_WAITING)
    waiting.update(state=BackTestState.STOPPED, why=why)
