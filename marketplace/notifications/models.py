"""What is told to people: notifications to one, bulletins to a seller's dealers, and what each has chosen to hear."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.names import localized
from marketplace.core.rows import OwnedRow, ProtectedQuerySet
from marketplace.notifications.reach import reaches
from marketplace.parties.audience import AudienceRow, audience_check
from marketplace.parties.models import Membership, User


class NotificationStatus(models.TextChoices):
    """Whether the person has seen it."""

    UNREAD = "unread", _("Unread")
    READ = "read", _("Read")


class BulletinStatus(models.TextChoices):
    """Where a bulletin stands; whether a published one shows is told by its window."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PersonalQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, in the organization one acts for; none with a partner's eyes, nor for the program itself."""
        if actor.on_behalf_of or actor.user_id is None:
            return Q(pk__in=[])
        return Q(user=actor.user_id, organization=actor.organization_id)


class Notification(OwnedRow):
    """Told to one user for one organization: which rule told it, of which event, about which document.

    `data` holds what its text is made of when it is read, in the reader's language (concepts/notifications).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    event = models.BigIntegerField()
    document_kind = models.CharField(max_length=32, blank=True, default="")
    document_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "event", "kind"], name="notification_once_per_event"
            )
        ]
        indexes = [
            models.Index(
                F("user"), F("organization"), F("created_at").desc(), F("id").desc(), name="notification_list"
            ),
            models.Index(fields=["user", "organization"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    @property
    def status(self) -> NotificationStatus:
        """READ once it was seen."""
        return NotificationStatus.READ if self.read_at else NotificationStatus.UNREAD


class NotificationSetting(OwnedRow):
    """What a person has chosen about a kind of notification; without a row the rule's own default holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    enabled = models.BooleanField()

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "kind"], name="notification_setting_once")
        ]


class BulletinQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """A seller's own, drafts only for those who write them; and published ones that reach the actor's buyer."""
        reached = Q(status=BulletinStatus.PUBLISHED) & in_window() & Q(reaches(actor))
        if actor.on_behalf_of:
            return reached
        own = Q(organization=actor.organization_id)
        if not actor.may("bulletins.manage"):
            own &= Q(status=BulletinStatus.PUBLISHED)
        return own | reached


def in_window() -> Q:
    """Its window is open by the database's clock."""
    now = models.functions.Now()
    return Q(valid_from__lte=now) & (Q(valid_to=None) | Q(valid_to__gt=now))


class Bulletin(OwnedRow, AudienceRow):
    """A seller's news to its dealers: to whom (one partner, a group with all below it, a grade, everyone) and when."""

    title_zh = models.CharField(max_length=160, blank=True, default="")
    title_en = models.CharField(max_length=160, blank=True, default="")
    body_zh = models.TextField(blank=True, default="")
    body_en = models.TextField(blank=True, default="")
    status = models.CharField(max_length=24, choices=BulletinStatus, default=BulletinStatus.DRAFT)
    is_pinned = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            audience_check("bulletin_one_audience"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="bulletin_window"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="bulletin_published_at"
            ),
        ]
        indexes = [
            models.Index(F("organization"), F("status"), F("valid_from").desc(), name="bulletin_of_seller"),
            models.Index(
                fields=["valid_from"], condition=Q(status="published", announced_at=None), name="bulletin_to_announce"
            ),
        ]

    @property
    def title(self) -> str:
        """In the active language, else in the other."""
        return localized(self.title_zh, self.title_en)

    @property
    def body(self) -> str:
        """In the active language, else in the other."""
        return localized(self.body_zh, self.body_en)

    def __str__(self) -> str:
        return self.title


class BulletinRead(OwnedRow):
    """A person has read a bulletin; `organization` is the reader's."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="reads")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(db_default=models.functions.Now())

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "user", "organization"], name="bulletin_read_once")]
