"""Which parts of an agreement can run on trial, and what people call them."""

from django.utils.translation import gettext as _

from accord.agreement.reading import read
from accord.agreement.terms import Terms


def may_be_on_trial(terms: Terms) -> dict[str, str]:
    """The parts that can run on trial, with what people call them: none that moves a lead."""
    deciding = {terms.gate, terms.checklist, *(k for k, d in terms.definitions.items() if d.stage)}
    return {
        **({"revenue": _("The goal")} if terms.goal else {}),
        **{each.key: each.sentence for each in read(terms).promises if each.key != "capacity"},
        "scorecards": _("Points"),
        **{key: each.title for key, each in terms.definitions.items() if key not in deciding},
    }
