"""Many bid at once on connections of their own: one order, no price against the rules, nothing late (auctions §11)."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from time import sleep

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import DomainError
from marketplace.core.gate import clock
from suppliers.auctions import admission, control
from suppliers.auctions.enums import MustBeat, TiePolicy
from suppliers.auctions.errors import AuctionErrorCode as Code
from suppliers.auctions.models import Auction, Bid
from tests.suppliers.auctions.world import World
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BIDDERS = 24
EACH = 6


@pytest.fixture
def world(transactional_db) -> World:
    return World(BIDDERS)


def bid_down(world: World, auction: Auction, number: int) -> list[str]:
    """Each looks for the lead like a person would, and bids below it; told what came of it."""
    dice = random.Random(number)
    told = []
    for _ in range(EACH):
        lead = Bid.objects.filter(auction=auction, status="valid").order_by("price").values_list("price").first()
        price = (lead[0] if lead else Decimal(100_000)) - dice.choice([9, 10, 10, 11, 40])
        try:
            world.bid(number, auction, price)
        except DomainError as error:
            told.append(error.code.name)
        else:
            told.append("")
    return told


def check_step(auction: Auction) -> None:
    """Whatever was admitted went down by the step from all before it, in the order of seq."""
    bids = list(Bid.objects.filter(auction=auction).order_by("seq"))
    assert [bid.seq for bid in bids] == list(range(1, len(bids) + 1))
    assert all(later.t_adm >= earlier.t_adm for earlier, later in zip(bids, bids[1:], strict=False))  # noqa: RUF007
    for earlier, later in zip(bids, bids[1:], strict=False):  # noqa: RUF007
        assert later.price <= earlier.price - 10, (earlier.price, later.price)


def test_twenty_four_bid_at_once_and_every_price_goes_down_by_the_step(world):
    auction = world.live()
    told = at_once(BIDDERS, lambda number: bid_down(world, auction, number))
    admitted = sum(answer == "" for answers in told for answer in answers)
    assert admitted == Bid.objects.filter(auction=auction).count() > 0
    check_step(auction)
    world.assert_proven(auction)


def test_without_the_gate_and_the_lock_many_are_judged_by_the_same_state(world, monkeypatch):
    """The twin of the first."""
    from suppliers.auctions import store

    monkeypatch.setattr(store, "LOAD", store.LOAD.replace("FOR NO KEY UPDATE OF a", ""))

    def no_gate(_kind, _document, judge):
        with transaction.atomic():
            return judge(clock(), True)

    monkeypatch.setattr(admission, "passing", no_gate)
    load = admission.load

    def slow(*arguments, **options):
        held = load(*arguments, **options)
        sleep(0.2)
        return held

    monkeypatch.setattr(admission, "load", slow)
    auction = world.live()

    # Judged by the same state they take the same number: only the table's constraint still stands in their way.
    with pytest.raises(IntegrityError):
        at_once(BIDDERS, lambda number: world.bid(number, auction, 100_000 - 10 * number))


def test_of_equal_prices_at_once_exactly_one_is_admitted(world):
    auction = world.live(must_beat=MustBeat.OWN, ties=TiePolicy.FORBIDDEN)

    def bid(number: int) -> str:
        try:
            world.bid(number, auction, 5000)
        except DomainError as error:
            return error.code.name
        return "ADMITTED"

    told = at_once(BIDDERS, bid)
    assert told.count("ADMITTED") == 1 and told.count(Code.TIE_NOT_ALLOWED.name) == BIDDERS - 1
    world.assert_proven(auction)


def test_those_who_straddle_the_close_are_in_time_or_late_by_their_stamp_alone(world):
    auction = world.published(length=timedelta(seconds=2), must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED)

    def bid(number: int) -> list[tuple[str, object]]:
        told = []
        price = 9000
        while clock() < auction.close_at + timedelta(milliseconds=150):
            price -= 50
            try:
                told.append(("", world.bid(number, auction, price).bid.t_recv))
            except DomainError as error:
                told.append((error.code.name, None))
                price += 50
        return told

    def close(number: int) -> list[tuple[str, object]]:
        while clock() < auction.close_at + timedelta(milliseconds=100):
            control.follow(auction.pk)
            sleep(0.02)
        return []

    told = at_once(9, lambda number: bid(number) if number < 8 else close(number))
    stamps = [stamp for answers in told for code, stamp in answers if not code]
    codes = {code for answers in told for code, _stamp in answers}
    auction.refresh_from_db()
    assert stamps and max(stamps) < auction.close_at == auction.ended_at
    assert codes - {""} and codes <= {"", "LATE", "NOT_OPEN", "RATE_LIMITED"}
    assert len(stamps) == Bid.objects.filter(auction=auction).count()
    world.assert_proven(auction)
