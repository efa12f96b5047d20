"""What can go wrong with organizations, partners and people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartiesErrorCode(models.TextChoices):
    """Codes of this room, beside those of every room."""

    READ_ONLY = "READ_ONLY", _("Nothing can be changed in a partner's view")
    TREE_CYCLE = "TREE_CYCLE", _("A node cannot be moved below itself")
    TREE_NOT_EMPTY = "TREE_NOT_EMPTY", _("Still in use")
    LAST_OWNER = "LAST_OWNER", _("An organization keeps at least one owner")
    ROLE_PRESET = "ROLE_PRESET", _("A preset role cannot be changed")
    PARTNERSHIP_SELF = "PARTNERSHIP_SELF", _("An organization cannot be its own partner")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
