"""The leads list narrowed by the grades that the scorecards give."""

from django.db.models import Exists, OuterRef

from accord.criteria.scorecards import CARDS, GRADES
from accord.leads.queries import narrow_by
from accord.qualification.models import Score


def with_grade(grade: str) -> Exists:
    """Leads of a grade: of one scorecard, such as B or 2, or of both, such as B2."""
    scores = Score.objects.filter(lead_id=OuterRef("id"))
    for key in CARDS:
        if named := [each for each in GRADES[key] if each in grade]:
            scores = scores.filter(**{f"{key}_grade__in": named})
    return Exists(scores)


narrow_by("grade", with_grade)
