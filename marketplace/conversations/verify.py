"""What conversations keep beside their messages, held against the messages."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max, Q

from marketplace.conversations.models import Conversation
from marketplace.core.verify import Difference, check
from marketplace.parties.sides import SideAudience


@check("conversations: places and last instants follow from the messages")
def places() -> Iterator[Difference]:
    """Messages stand at 1, 2, 3 ... without a gap, and each side's last instant is that of a message it reads."""
    for_seller = ~Q(messages__visible=SideAudience.BUYER)
    for_buyer = ~Q(messages__visible=SideAudience.SELLER)
    rows = Conversation.objects.annotate(
        count=Count("messages"),
        highest=Max("messages__seq"),
        seller_at=Max("messages__at", filter=for_seller),
        buyer_at=Max("messages__at", filter=for_buyer),
    )
    for row in rows.order_by("pk").iterator():
        expected = (row.count, row.count, row.seller_at, row.buyer_at)
        found = (row.last, row.highest, row.seller_last_at, row.buyer_last_at)
        if expected != found:
            yield Difference(f"conversation {row.pk}", expected, found)
