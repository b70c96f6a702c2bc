"""Trying to reach a lead: how, and what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

CALL_BEGUN = "call.begun"  # the kind of activity that a call is until its outcome is said


class AttemptChannel(models.TextChoices):
    """How a rep tries to reach a lead: an activity's channel."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MESSAGE = "message", _("Message")
    VISIT = "visit", _("Visit")


class Objection(models.TextChoices):
    """What speaks against it, in the prospect's view: an activity's outcome."""

    EXPENSIVE = "expensive", _("The price")
    TIMING = "timing", _("Not now")
    MISSING = "missing", _("Something is missing")
    RISK = "risk", _("Too risky to change")
    TRUST = "trust", _("They do not know us")
    OTHER = "other", _("Something else")


class AttemptOutcome(models.TextChoices):
    """What came of trying: an activity's outcome."""

    NO_ANSWER = "no_answer", _("No answer")
    LEFT_MESSAGE = "left_message", _("Left a message")
    CONNECTED = "connected", _("Talked with them")
    WRONG_CONTACT = "wrong_contact", _("Wrong address or number")
