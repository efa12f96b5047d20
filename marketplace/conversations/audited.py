"""What the audit log calls conversations."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited("conversation", "conversations.Conversation", _("Conversation"))
