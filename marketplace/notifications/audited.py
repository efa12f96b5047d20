"""What the audit log calls things of this room."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "bulletin",
    "notifications.Bulletin",
    _("Bulletin"),
    {
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "body_zh": _("Text in Chinese"),
        "body_en": _("Text in English"),
        "is_pinned": _("Pinned"),
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
        "published_at": _("Published at"),
    },
)
