"""Sixteen orders at once against one cap (example 10), and the twins without the lock that must oversell."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from marketplace.core.errors import DomainError, DomainErrors
from ordercenter.promotions import evaluate
from ordercenter.promotions.models import AppliedPromotion, PromotionCap
from tests.ordercenter.promotions.conftest import Promoting
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd():
    shop = Promoting()
    shop.sells("A", "110", stock=1000)

    def promote(on_short):
        promotion = shop.promotes(effect="percent_off", level="order", value=Decimal(12), on_short=on_short)
        return shop.cap(promotion, "amount", 1000)

    return shop, promote


def granted() -> list[Decimal]:
    rows = AppliedPromotion.objects.filter(amount__gt=0).order_by("-amount")
    return list(rows.values_list("amount", flat=True))


@pytest.mark.parametrize(("on_short", "last"), [("skip", []), ("partial", [Decimal(76)])])
def test_sixteen_orders_share_one_cap(crowd, on_short, last):
    shop, promote = crowd
    cap = promote(on_short)
    at_once(16, lambda _number: shop.order(("A", 10)))
    assert granted() == [Decimal(132)] * 7 + last
    cap.refresh_from_db()
    assert (cap.reserved, cap.used) == (sum(granted()), 0)


@pytest.mark.parametrize("on_short", ["skip", "partial"])
def test_the_twin_without_the_lock_sees_the_fault(crowd, on_short, monkeypatch):
    """Only the constraint stands between them then: orders are refused that should have been placed without it."""
    shop, promote = crowd
    promote(on_short)
    monkeypatch.setattr(evaluate, "lock_caps", lambda book, wanted: None)
    refused = []

    def order(_number):
        try:
            shop.order(("A", 10))
        except (DatabaseError, DomainError, DomainErrors) as error:
            refused.append(error)

    at_once(16, order)
    assert refused


def test_the_database_holds_a_cap_whatever_the_program_does(crowd):
    _shop, promote = crowd
    cap = promote("skip")
    with pytest.raises(IntegrityError), transaction.atomic():
        PromotionCap.objects.filter(pk=cap.pk).update(reserved=1001)


def test_what_caps_counted_and_what_was_approved_never_changes(crowd):
    shop, promote = crowd
    promote("skip")
    shop.order(("A", 10))
    for statement in (
        "UPDATE promotions_promotioncapmove SET reserved = 0",
        "UPDATE promotions_promotion SET value = 1",
        "DELETE FROM promotions_promotionfunding",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
