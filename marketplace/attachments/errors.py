"""What can be wrong with a file, or with adding it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttachmentErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    FILE_EMPTY = "FILE_EMPTY", _("The file is empty")
    FILE_TOO_LARGE = "FILE_TOO_LARGE", _("The file is too large")
    FILE_TYPE = "FILE_TYPE", _("Files of this type are not taken")
    FILE_LIMIT = "FILE_LIMIT", _("The document has as many files as it may have")
    DOCUMENT_ENDED = "DOCUMENT_ENDED", _("The document has ended; its files stay")
