"""Sixteen people who write at once: every message has its place, without gap; and a mark never goes back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from marketplace.conversations import send
from marketplace.conversations.models import Conversation, Message, ReadMark
from marketplace.conversations.read import conversation_read
from marketplace.conversations.send import message_send
from marketplace.core.verify import run_checks
from tests.ordercenter.orders.shop import Shop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

# Twin: reads the last place and counts on from it, as a program does that has not thought of anybody else.
UNLOCKED = """
WITH made AS (
    INSERT INTO conversations_conversation (kind, document_kind, document_id, seller_id, buyer_id, visible, last,
                                            seller_last_at, buyer_last_at)
    VALUES ('document', %(kind)s, %(document)s, %(seller)s, %(buyer)s, %(everybody)s, 1,
            %(for_seller)s::timestamptz, %(for_buyer)s::timestamptz)
        ON CONFLICT (document_kind, document_id) DO NOTHING RETURNING id, last, now()
)
SELECT * FROM made
UNION ALL
SELECT id, (SELECT max(seq) + 1 FROM conversations_message AS said WHERE said.conversation_id = talk.id), now()
  FROM conversations_conversation AS talk, pg_sleep(0.05)
 WHERE document_kind = %(kind)s AND document_id = %(document)s
"""


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.sells("ABC", "10", 5)
    return shop


def crowd(shop: Shop) -> None:
    order = shop.order(("ABC", 1))

    def say(number: int) -> None:
        actor = shop.sales if number % 2 else shop.dealer
        for turn in range(3):
            message_send(actor, "order", order.pk, f"{number} {turn}", internal=number % 4 == 3)

    at_once(16, say)


def test_sixteen_who_write_at_once_stand_one_after_the_other(shop):
    crowd(shop)
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 49))
    assert Conversation.objects.get().last == 48
    assert run_checks() == []


def test_without_the_lock_two_messages_want_one_place(shop, monkeypatch):
    monkeypatch.setattr(send, "TAKE_PLACE", UNLOCKED)
    message_send(shop.dealer, "order", shop.order(("ABC", 1)).pk, "first")
    with pytest.raises((IntegrityError, TypeError)):
        crowd(shop)


def test_of_two_windows_of_one_person_the_one_further_on_holds(shop):
    order = shop.order(("ABC", 1))
    sent = [message_send(shop.dealer, "order", order.pk, f"{n}") for n in range(8)]
    at_once(8, lambda n: conversation_read(shop.sales, sent[n].conversation_id, sent[n].pk))
    assert ReadMark.objects.get(membership=shop.sales.membership).seq == 8
