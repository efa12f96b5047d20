"""The words of quotes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuoteStatus(TextChoices):
    """Where a seller's offer stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OPENED = "opened", _("Opened")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    DISQUALIFIED = "disqualified", _("Disqualified")
    WON = "won", _("Won")
    PARTIALLY_WON = "partially_won", _("Partially won")
    LOST = "lost", _("Not awarded")
    EXPIRED = "expired", _("Expired")


class QuotePurpose(TextChoices):
    """What a quote answers."""

    SOURCING = "sourcing", _("Sourcing event")
    NEGOTIATION = "negotiation", _("Negotiation")


class VersionKind(TextChoices):
    """What a seller did: sent an offer, said that the last one still holds, or took it back."""

    SUBMIT = "submit", _("Submitted")
    CONFIRM = "confirm", _("Confirmed")
    WITHDRAW = "withdraw", _("Withdrawn")
