"""What happens to files of documents."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind

KINDS = (
    EventKind("attachment.added", _("File added")),
    EventKind("attachment.removed", _("File removed")),
)
