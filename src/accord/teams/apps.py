from django.apps import AppConfig
from django.utils.translation import gettext

from accord.base.errors import translate_by


class TeamsConfig(AppConfig):
    name = "accord.teams"
    label = "teams"

    def ready(self) -> None:
        """Sentences of rules are told in the language of whoever reads them."""
        translate_by(gettext)
