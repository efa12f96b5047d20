"""What happens in conversations."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind

SENT = EventKind("message.sent", _("Message sent"))
KINDS = (SENT,)
