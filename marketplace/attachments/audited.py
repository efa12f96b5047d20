"""What the audit log calls files of documents."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited("attachment", "attachments.Attachment", _("Attachment"))
