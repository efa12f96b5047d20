"""What can be wrong with a message, and with the files that go with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.attachments.errors import AttachmentErrorCode as File


class ConversationErrorCode(models.TextChoices):
    """Codes of this room, and those of the files of a message; those every room knows are in `CoreErrorCode`."""

    MESSAGE_EMPTY = "MESSAGE_EMPTY", _("A message needs words or a file")
    MESSAGE_TOO_LONG = "MESSAGE_TOO_LONG", _("The message is too long")
    FILE_EMPTY = File.FILE_EMPTY.value, File.FILE_EMPTY.label
    FILE_TOO_LARGE = File.FILE_TOO_LARGE.value, File.FILE_TOO_LARGE.label
    FILE_TYPE = File.FILE_TYPE.value, File.FILE_TYPE.label
    FILE_LIMIT = File.FILE_LIMIT.value, File.FILE_LIMIT.label
