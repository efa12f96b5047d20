"""What the public page of an open event tells."""

from __future__ import annotations

from datetime import datetime

from suppliers.sourcing.enums import NoticeKind, NoticeStatus
from suppliers.sourcing.models import Notice, SourcingEvent


def publish_notice(event: SourcingEvent, kind: NoticeKind, at: datetime, text: str = "") -> Notice:
    """Tell everybody, under the names of the event."""
    return Notice.objects.create(
        buyer_id=event.buyer_id,
        event=event,
        kind=kind,
        name_zh=event.name_zh,
        name_en=event.name_en,
        text=text,
        status=NoticeStatus.PUBLISHED,
        published_at=at,
    )
