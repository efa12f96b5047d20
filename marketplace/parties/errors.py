"""What can go wrong with organizations, partners and people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartiesErrorCode(models.TextChoices):
    """Codes of this room, beside those of every room."""

    LAST_OWNER = "LAST_OWNER", _("An organization keeps at least one owner")
    ROLE_PRESET = "ROLE_PRESET", _("A preset role cannot be changed")
    PARTNERSHIP_SELF = "PARTNERSHIP_SELF", _("An organization cannot be its own partner")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
