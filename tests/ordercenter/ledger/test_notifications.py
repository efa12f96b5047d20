"""Who hears of letters and disputes."""

from datetime import date
from decimal import Decimal

from marketplace.core.outbox import dispatch_all
from marketplace.notifications.models import Notification
from ordercenter.ledger.dunning import LevelDraft, run, write_levels
from ordercenter.ledger.items import dispute, end_dispute
from tests.factories import make_actor


def test_a_letter_is_told_to_the_buyer_and_a_dispute_to_the_other_side(books):
    buyer = make_actor(books.partnership.downstream)
    write_levels(books.seller, [LevelDraft(3, "一", "One")], Decimal(0))
    item = books.invoice(100, date(2026, 1, 1))
    run(books.seller, on=date(2026, 6, 1))
    dispute(buyer, item.pk, "Two are missing")
    end_dispute(books.seller, item.pk)
    dispatch_all()
    told = Notification.objects.order_by("pk").values_list("kind", "user")
    assert sorted(told) == sorted(
        [
            ("ledger.dunned", buyer.user_id),
            ("ledger.disputed", books.seller.user_id),
            ("ledger.disputed", buyer.user_id),
        ]
    )
