"""Mail of an Accord without a mail server: shown on stderr, so that standard output stays clean."""

import sys
from typing import Any

from django.core.mail.backends.console import EmailBackend


class Backend(EmailBackend):
    """Prints mails where the log goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, stream=kwargs.pop("stream", sys.stderr), **kwargs)
