"""Sentences of rooms that know no Django are told in the language of whoever reads them."""

import subprocess
import sys

from django.utils import translation

from accord.base.errors import _


def test_rules_speak_the_language_of_whoever_is_told() -> None:
    with translation.override("de"):
        assert _("Monday") == "Montag"  # a word that Django itself brings
    with translation.override("en"):
        assert _("Monday") == "Monday"


def test_without_django_a_sentence_stays_as_it_is() -> None:
    code = (
        "import sys; from accord.leads.rules import phones\n"
        "from accord.base.errors import _; print(_('Monday'), 'django' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["Monday", "False"]
