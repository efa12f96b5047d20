"""Stock kept for a cart for some minutes (stock §5)."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from ordercenter.stock.allocation import allocate
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import Reservation
from ordercenter.stock.reservations import free_carts, reserve, sweep_expired
from ordercenter.stock.terms import Wish
from tests.ordercenter.stock.shop import differences
from tests.refusals import raises

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart(shop):
    shop.put("W1", A=4)
    shop.put("W2", A=6)
    return shop.cart()


def wishes(shop, cart, *quantities):
    return [Wish(n, cart.pk, shop.variant("A").pk, D(q)) for n, q in enumerate(quantities)]


def test_what_is_kept_for_a_cart_is_not_promised_to_another(shop, cart):
    got = reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 3, 5))
    assert got.by_key == {0: D(3), 1: D(5)}
    (line,) = shop.order(("A", 10))
    assert allocate(shop.actor, shop.seller.pk, [line], "partial").by_line == {line.order_line_id: D(2)}
    assert differences() == []


def test_a_cart_gets_no_more_than_there_is(shop, cart):
    assert reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 8, 8)).by_key == {0: D(8), 1: D(2)}


def test_the_order_of_a_cart_takes_what_the_cart_kept(shop, cart):
    reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 9))
    (line,) = shop.order(("A", 10))
    allocate(shop.actor, shop.seller.pk, [line], "partial", carts=[cart.pk])
    assert shop.promised(line) == {"W1": 4, "W2": 6}
    assert not Reservation.objects.exists()
    assert differences() == []


def test_writing_to_the_cart_again_prolongs_and_replaces(shop, cart):
    first = reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 9), minutes=5)
    again = reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 2), minutes=20)
    assert again.until > first.until
    assert sum(Reservation.objects.values_list("quantity", flat=True)) == 2
    assert differences() == []


def test_an_expired_reservation_counts_for_nobody_before_any_job_has_run(shop, cart):
    reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 10))
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    (line,) = shop.order(("A", 10))
    assert allocate(shop.actor, shop.seller.pk, [line], "partial").short == {}
    assert differences() == []


def test_the_sweep_tidies_only_what_has_expired(shop, cart):
    reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 6))
    assert sweep_expired(shop.actor) == 0
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sweep_expired(shop.actor) == 2
    assert shop.balance("W1", "A").reserved == 0
    assert differences() == []


def test_a_discarded_cart_gives_back_what_it_kept(shop, cart):
    reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 6))
    free_carts(shop.actor, [cart.pk])
    assert shop.balance("W1", "A").reserved == shop.balance("W2", "A").reserved == 0
    assert differences() == []


def test_nothing_is_kept_longer_than_a_day(shop, cart):
    with raises(StockErrorCode.RESERVATION_TOO_LONG, field="minutes"):
        reserve(shop.actor, shop.seller.pk, wishes(shop, cart, 1), minutes=24 * 60 + 1)
