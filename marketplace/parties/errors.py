"""What can go wrong with organizations, partners and people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartiesErrorCode(models.TextChoices):
    """Codes of this room, beside those of every room."""

    LAST_OWNER = "LAST_OWNER", _("An organization keeps at least one owner")
    ROLE_PRESET = "ROLE_PRESET", _("A preset role cannot be changed")
    PARTNERSHIP_SELF = "PARTNERSHIP_SELF", _("An organization cannot be its own partner")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED", _("Sign in with the invited address first")
    INVITATION_CLOSED = "INVITATION_CLOSED", _("The invitation is not open any more")
    PARTNER_CLAIMED = "PARTNER_CLAIMED", _("The partner has people of its own")
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS", _("Too many attempts")
    PASSWORD_WEAK = "PASSWORD_WEAK", _("The password is too easy to guess")
