"""Bulletins: a seller writes news, publishes it to an audience for a time, withdraws it (concepts/notifications)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.states import Transition, TransitionTable
from marketplace.notifications.errors import NotificationsErrorCode
from marketplace.notifications.models import Bulletin, BulletinRead, BulletinStatus
from marketplace.parties.changes import apply, known_fields, owned, text_problems
from marketplace.parties.models import PartnerGrade, PartnerGroup, Partnership

MANAGE = "bulletins.manage"
AUDIENCE = ("partnership_id", "group_id", "grade_id")
FIELDS = ("title_zh", "title_en", "body_zh", "body_en", "is_pinned", "valid_from", "valid_to", *AUDIENCE)
LONGEST_BODY = 20_000

MOVES = TransitionTable(
    (
        Transition("write", BulletinStatus.DRAFT, BulletinStatus.DRAFT),
        Transition("write", BulletinStatus.PUBLISHED, BulletinStatus.PUBLISHED),
        Transition("write", BulletinStatus.WITHDRAWN, BulletinStatus.WITHDRAWN),
        Transition("publish", BulletinStatus.DRAFT, BulletinStatus.PUBLISHED),
        Transition("publish", BulletinStatus.WITHDRAWN, BulletinStatus.PUBLISHED),
        Transition("withdraw", BulletinStatus.PUBLISHED, BulletinStatus.WITHDRAWN),
        Transition("delete", BulletinStatus.DRAFT, BulletinStatus.DRAFT),
    )
)


def write_bulletin(actor: Actor, values: Mapping[str, Any], bulletin_id: int | None = None) -> Bulletin:
    """Write a new draft, or change a bulletin: at once for all readers where it is published.

    Raises REQUIRED (title), INVALID (too long), WINDOW_EMPTY, AUDIENCE_INVALID, NOT_FOUND (id, partnership, group,
    grade), INVALID_TRANSITION.
    """
    actor.require(MANAGE)
    known_fields(values, FIELDS)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    with transaction.atomic():
        if bulletin_id is None:
            row = Bulletin(organization_id=actor.own_id, created_by=actor.membership, valid_from=timezone.now())
        else:
            row = owned(actor, Bulletin, bulletin_id, "id", lock=True)
            MOVES.target("write", row.status)
        before = facts(row)
        apply(row, {**values, "valid_from": values.get("valid_from") or row.valid_from})
        raise_all(_problems(actor, row, values))
        is_new = row.pk is None
        row.save()
        changes = created(row) if is_new else difference(before, facts(row))
        if changes:
            record(actor, _event("bulletin.written", row, changes, verb="created" if is_new else "updated"))
    return row


def publish_bulletin(actor: Actor, bulletin_id: int) -> Bulletin:
    """Let the audience read it, from the beginning of its window on.

    Its readers hear of it once, when its window opens; after a withdrawal they are not told again. Raises NOT_FOUND,
    INVALID_TRANSITION, WINDOW_EMPTY.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        row = owned(actor, Bulletin, bulletin_id, "id", lock=True)
        before, now = facts(row), timezone.now()
        row.status = MOVES.target("publish", row.status)
        if row.valid_to is not None and row.valid_to <= now:
            text = _("Its window has ended. Give it a later end.")
            raise DomainError(NotificationsErrorCode.WINDOW_EMPTY, text, "valid_to")
        row.published_at = now
        row.save(update_fields=["status", "published_at", "updated_at"])
        record(actor, _event("bulletin.published", row, difference(before, facts(row))))
        if row.announced_at is None and row.valid_from <= now:
            _announce(actor, [row])
    return row


def announce_due() -> int:
    """Tell the readers of bulletins whose window has opened since they were published; how many bulletins."""
    with transaction.atomic():
        due = Bulletin.objects.filter(status=BulletinStatus.PUBLISHED, announced_at=None, valid_from__lte=Now())
        rows = list(due.select_for_update(no_key=True, skip_locked=True).order_by("pk")[:100])
        _announce(Actor.system(), rows)
    return len(rows)


def _announce(actor: Actor, rows: Sequence[Bulletin]) -> None:
    if not rows:
        return
    Bulletin.objects.filter(pk__in=[row.pk for row in rows]).update(announced_at=Now())
    record_all(actor, [DomainEvent("bulletin.announced", "bulletin", row.pk, (row.organization_id,)) for row in rows])


def withdraw_bulletin(actor: Actor, bulletin_id: int) -> Bulletin:
    """Take it away from its readers; it can be published again. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = owned(actor, Bulletin, bulletin_id, "id", lock=True)
        before = facts(row)
        row.status = MOVES.target("withdraw", row.status)
        row.save(update_fields=["status", "updated_at"])
        record(actor, _event("bulletin.withdrawn", row, difference(before, facts(row))))
    return row


def delete_bulletin(actor: Actor, bulletin_id: int) -> None:
    """Delete a draft; what was published once is withdrawn and kept. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = owned(actor, Bulletin, bulletin_id, "id", lock=True)
        MOVES.target("delete", row.status)
        event = _event("bulletin.deleted", row, deleted(row))
        row.delete()
        record(actor, event)


def mark_bulletins_read(actor: Actor, ids: Collection[int]) -> int:
    """Note that the actor has read bulletins that reach it; those it cannot see are passed over; how many it saw."""
    if actor.user_id is None:
        raise not_found("ids")
    seen = list(Bulletin.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    BulletinRead.objects.bulk_create(
        [BulletinRead(bulletin_id=pk, user_id=actor.user_id, organization_id=actor.own_id) for pk in seen],
        ignore_conflicts=True,
    )
    return len(seen)


def _event(kind: str, row: Bulletin, changes: Changes, **payload: Any) -> DomainEvent:
    return DomainEvent(kind, "bulletin", row.pk, (row.organization_id,), payload, changes)


def _problems(actor: Actor, row: Bulletin, values: Mapping[str, Any]) -> Iterator[DomainError]:
    texts = {name: values[name] for name in values if name.startswith(("title", "body"))}
    yield from text_problems(Bulletin, texts, required=())
    if not (row.title_zh or row.title_en):
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a title in Chinese or English."), "title_zh")
    for name in ("body_zh", "body_en"):
        if len(getattr(row, name)) > LONGEST_BODY:
            text = _("At most %(longest)s characters.") % {"longest": LONGEST_BODY}
            yield DomainError(CoreErrorCode.INVALID, text, name)
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        empty = _("The end lies before the beginning.")
        yield DomainError(NotificationsErrorCode.WINDOW_EMPTY, empty, "valid_to")
    aimed = [name for name in AUDIENCE if getattr(row, name) is not None]
    if len(aimed) > 1:
        choose = _("Choose one partner, one group or one grade, or nothing for everyone.")
        yield DomainError(NotificationsErrorCode.AUDIENCE_INVALID, choose, aimed[-1].removesuffix("_id"))
    yield from _audience_problems(actor, values)


def _audience_problems(actor: Actor, values: Mapping[str, Any]) -> Iterator[DomainError]:
    """NOT_FOUND for a partner, group or grade that is not the actor's own."""
    own = actor.organization_id
    rows: dict[str, Any] = {
        "partnership_id": Partnership.objects.filter(upstream=own),
        "group_id": PartnerGroup.objects.filter(organization=own),
        "grade_id": PartnerGrade.objects.filter(organization=own),
    }
    for name in AUDIENCE:
        if values.get(name) is not None and not rows[name].filter(pk=values[name]).exists():
            yield not_found(name.removesuffix("_id"))
