"""What can go wrong with notifications and bulletins."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NotificationsErrorCode(models.TextChoices):
    """Codes of this room, beside those of every room."""

    AUDIENCE_INVALID = "AUDIENCE_INVALID", _("A bulletin is for one audience")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("The end lies before the beginning")
