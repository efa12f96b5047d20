"""Admission through the database: what is judged, what is written, what is answered again (auctions §4, §9)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.errors import CoreErrorCode
from marketplace.core.gate import clock
from suppliers.auctions import admission, control, live, prepare
from suppliers.auctions.admission import Try
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, BidStatus, MustBeat, TiePolicy
from suppliers.auctions.errors import AuctionErrorCode as Code
from suppliers.auctions.extension import Extension
from suppliers.auctions.following import erase_limits, follow_all
from suppliers.auctions.levels import Levels
from suppliers.auctions.models import Auction, AuctionAudit, AuctionSeat, Bid, ProxyBid
from suppliers.auctions.replay import prove
from suppliers.auctions.value import Transform
from tests.refusals import raises
from tests.statements import count_sql
from tests.suppliers.auctions.world import shift

D = Decimal


def test_a_bid_is_admitted_and_stands_in_the_minutes(world):
    auction = world.live()
    made = world.bid(0, auction, 1000)
    assert (made.bid.seq, made.bid.place_after) == (1, 1)
    with raises(Code.BID_STEP) as refusal:
        world.bid(1, auction, 995)
    assert "990.00 CNY" in str(refusal.errors[0].message)
    world.bid(1, auction, 990)
    auction.refresh_from_db()
    assert (auction.seq, auction.status) == (2, AuctionStatus.LIVE)
    kinds = list(AuctionAudit.objects.filter(auction=auction).order_by("n").values_list("kind", flat=True))
    assert kinds == ["PUBLISHED", "BID_ADMITTED", "BID_REFUSED", "BID_ADMITTED"]
    assert world.seat(1, auction).best_price == 990
    world.assert_proven(auction)


def test_the_lock_is_held_for_two_statements(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    with count_sql() as counter:
        world.bid(1, auction, 900)
    gate = next(n for n, text in enumerate(counter.statements) if "pg_advisory_xact_lock_shared" in text)
    assert len(counter.statements) - gate - 1 == 2, counter


def test_a_bid_asked_again_gets_its_first_answer(world):
    auction = world.live()
    key = uuid4()
    first = world.bid(0, auction, 1000, key)
    again = world.bid(0, auction, 1000, key)
    assert again.repeated and again.bid.seq == first.bid.seq and Bid.objects.count() == 1
    with raises(Code.CLIENT_ID_REUSED, field="client_id"):
        world.bid(0, auction, 900, key)
    assert world.bid(1, auction, 900, key).bid.seq == 2  # another seat's id is its own


def test_before_the_start_and_after_the_close_nothing_is_admitted(world):
    auction = world.published(soon=timedelta(hours=1))
    with raises(Code.NOT_OPEN):
        world.bid(0, auction, 1000)
    shift(auction, timedelta(hours=1))
    world.bid(0, auction, 1000)
    close = shift(auction, timedelta(minutes=10))
    with raises(Code.LATE):
        world.bid(1, auction, 900)
    auction.refresh_from_db()
    assert (auction.status, auction.ended_at) == (AuctionStatus.ENDED, close)
    with raises(Code.LATE):
        world.bid(1, auction, 900)
    assert list(AuctionAudit.objects.filter(kind="ENDED").values_list("auction", flat=True)) == [auction.pk]


def test_who_has_no_seat_is_not_let_in(world):
    auction = world.live()
    world.add_supplier("Without a seat")
    with raises(CoreErrorCode.NOT_FOUND):
        world.bid(3, auction, 1000)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        admission.place_bid(world.suppliers[0].__class__(), Try(auction.pk), D(1))


def test_a_bid_for_a_supplier_is_marked_and_has_a_reason(world):
    auction = world.live()
    seat = world.seat(0, auction).pk
    with raises(Code.REASON_REQUIRED):
        admission.place_bid(world.buyer, Try(auction.pk, seat_id=seat), D(1000))
    admission.place_bid(world.buyer, Try(auction.pk, seat_id=seat, reason="No line at the site"), D(1000))
    bid = Bid.objects.get()
    assert (bid.kind, bid.seat_id, bid.made_by_id) == ("surrogate", seat, world.buyer.user_id)
    with raises(CoreErrorCode.NOT_FOUND):
        admission.place_bid(world.suppliers[1], Try(auction.pk, seat_id=seat, reason="Mine"), D(900))
    world.assert_proven(auction)


def test_proxies_answer_in_the_same_transaction_and_their_limits_are_not_readable(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    made = admission.set_proxy(world.suppliers[1], Try(auction.pk), D(900))
    assert [bid.price for bid in made.follow] == [990]
    admission.set_proxy(world.suppliers[2], Try(auction.pk), D(950))
    assert [bid.price for bid in Bid.objects.order_by("seq")] == [1000, 990, 950, 940]
    stored = ProxyBid.objects.values_list("limit_sealed", flat=True)
    assert len(stored) == 2 and not any("900" in text or "950" in text for text in stored)
    assert not any(b'"900' in bytes(row.body) for row in AuctionAudit.objects.all())
    with raises(Code.PROXY_RAISED):
        admission.set_proxy(world.suppliers[1], Try(auction.pk), D(905))
    admission.remove_proxy(world.suppliers[1], Try(auction.pk))
    assert ProxyBid.objects.count() == 1
    assert [b.seller_id for b in ProxyBid.objects.visible_to(world.buyer)] == []
    world.assert_proven(auction)


def test_limits_are_erased_a_day_after_the_end(world):
    auction = world.live()
    admission.set_proxy(world.suppliers[1], Try(auction.pk), D(900))
    control.end(world.buyer, auction.pk, "Enough")
    assert erase_limits() == 0
    Auction.objects.filter(pk=auction.pk).update(ended_at=clock() - timedelta(hours=25))
    assert erase_limits() == 1


def test_a_late_lead_moves_the_close_and_all_lots_where_the_rules_say_so(world):
    from suppliers.auctions.enums import ExtendLots
    from suppliers.sourcing.models import Lot

    rule = Extension(1, timedelta(minutes=30), timedelta(minutes=20), most=2, lots=ExtendLots.ALL)
    first = world.draft(extension=rule)
    world.lot = Lot.objects.create(event=world.event, buyer=world.buyer_organization, position=2, name_en="Copper")
    second = world.draft(extension=rule)
    for auction in (first, second):
        prepare.publish(world.buyer, auction.pk)
        shift(auction, timedelta(hours=1))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.gate == second.gate == first.pk
    follow_all()
    before = first.close_at
    world.bid(0, first, 1000)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.close_at == second.close_at == before + timedelta(minutes=20)
    assert AuctionAudit.objects.filter(auction=second, kind="EXTENDED").count() == 1


def test_pause_resume_and_what_the_minutes_say(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    control.pause(world.buyer, auction.pk, "Fire alarm")
    with raises(Code.PAUSED):
        world.bid(1, auction, 900)
    with raises(CoreErrorCode.INVALID, field="resume_at"):
        control.resume(world.buyer, auction.pk, clock() + timedelta(seconds=5))
    auction.refresh_from_db()
    close, paused = auction.close_at, auction.paused_at
    at = clock() + timedelta(seconds=90)
    resumed = control.resume(world.buyer, auction.pk, at)
    assert resumed.close_at == close + (at - paused)
    with raises(Code.PAUSED):
        world.bid(1, auction, 900)
    world.assert_proven(auction)


def test_nobody_alive_for_too_long_pauses_it_as_of_the_last_sign_of_life(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    shift(auction, timedelta(minutes=5))
    gone = clock() - timedelta(minutes=1)
    Auction.objects.filter(pk=auction.pk).update(alive_at=gone)
    with raises(Code.PAUSED):
        world.bid(1, auction, 900)
    auction.refresh_from_db()
    assert (auction.status, auction.paused_at) == (AuctionStatus.PAUSED, gone)
    follow_all()
    auction.refresh_from_db()
    assert auction.paused_at == gone


def test_a_room_that_is_shown_is_a_sign_of_life_but_covers_no_outage(world):
    auction = world.live()
    shift(auction, timedelta(minutes=5))
    for ago, alive in ((5, True), (60, False)):
        then = clock() - timedelta(seconds=ago)
        Auction.objects.filter(pk=auction.pk).update(alive_at=then)
        live.look(world.suppliers[0], auction)
        auction.refresh_from_db()
        assert (auction.alive_at > then) is alive


def test_the_clock_is_followed_and_ends_what_nobody_came_for(world):
    auction = world.published(soon=timedelta(hours=1))
    shift(auction, timedelta(hours=1))
    follow_all()
    auction.refresh_from_db()
    assert auction.status == AuctionStatus.LIVE and auction.alive_at is not None
    close = shift(auction, timedelta(minutes=10))
    Auction.objects.filter(pk=auction.pk).update(alive_at=clock())
    follow_all()
    auction.refresh_from_db()
    assert (auction.status, auction.ended_at) == (AuctionStatus.UNSUCCESSFUL, close)


def test_a_slip_is_marked_by_two_persons_and_places_are_made_anew(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    world.bid(1, auction, 100)
    slip = Bid.objects.get(seq=2)
    control.invalidate(world.buyer, slip.pk, "A nought is missing")
    with raises(Code.SECOND_PERSON_REQUIRED):
        control.invalidate(world.buyer, slip.pk, "A nought is missing")
    control.invalidate(world.second, slip.pk, "Seen")
    slip.refresh_from_db()
    assert slip.status == BidStatus.INVALID
    assert world.seat(1, auction).best_price is None
    world.bid(2, auction, 990)
    world.assert_proven(auction)


def test_it_is_voided_by_two_persons(world):
    auction = world.live()
    assert control.void(world.buyer, auction.pk, "Wrong goods").status == AuctionStatus.LIVE
    with raises(Code.SECOND_PERSON_REQUIRED):
        control.void(world.buyer, auction.pk, "Wrong goods")
    assert control.void(world.second, auction.pk, "Yes").status == AuctionStatus.VOIDED
    with raises(Code.ENDED):
        world.bid(0, auction, 1000)
    world.assert_proven(auction)


def test_seats_are_weighed_while_paused_and_all_values_made_anew(world):
    auction = world.live(must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED)
    world.bid(0, auction, 1000)
    world.bid(1, auction, 990)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        prepare.set_seat_value(world.buyer, world.seat(0, auction).pk, Transform(D("1.25"), D(5)))
    control.pause(world.buyer, auction.pk, "New freight")
    prepare.set_seat_value(world.buyer, world.seat(0, auction).pk, Transform(D("1.25"), D(5)))
    auction.refresh_from_db()
    seats = {n: world.seat(n, auction) for n in (0, 1)}
    assert auction.scale == 5_000_000
    assert seats[0].best_value == 805 * 5_000_000 * 10**6 and seats[1].best_value == 990 * 5_000_000 * 10**6
    world.assert_proven(auction)


def test_dutch_and_turns_go_through_the_same_gate(world):
    levels = Levels(D(800), D(15), timedelta(minutes=10), D(900))
    auction = world.live(format=AuctionFormat.DUTCH, levels=levels)
    with raises(Code.LEVEL_CHANGED):
        world.accept(0, auction, 3)
    world.accept(0, auction, 0)
    with raises(Code.ENDED):
        world.accept(1, auction, 0)
    auction.refresh_from_db()
    assert auction.status == AuctionStatus.ENDED
    world.assert_proven(auction)


def test_turns_begin_with_sealed_prices_that_the_buyer_does_not_see_before_the_start(world):
    auction = world.published(
        soon=timedelta(hours=1), format=AuctionFormat.TURN_BASED, must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED
    )
    for number in range(3):
        admission.set_start_price(world.suppliers[number], Try(auction.pk), D(1000 + number))
    admission.set_start_price(world.suppliers[0], Try(auction.pk), D(1005))
    assert not Bid.objects.visible_to(world.buyer).exists()
    assert Bid.objects.visible_to(world.suppliers[0]).count() == 2
    world.assert_proven(auction)
    shift(auction, timedelta(hours=1, minutes=5, seconds=1))
    assert Bid.objects.visible_to(world.buyer).count() == 4
    with raises(Code.NOT_YOUR_TURN):
        world.bid(1, auction, 900)
    assert world.bid(0, auction, 900).bid.level == 0  # 1005 is the highest: the first turn


def test_the_minutes_cannot_be_changed_and_a_forged_state_is_found(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuctionAudit.objects.filter(auction=auction).update(kind="MESSAGE")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuctionAudit.objects.filter(auction=auction).delete()
    Bid.objects.filter(auction=auction).update(price=D(1))
    AuctionSeat.objects.filter(auction=auction, best_seq=1).update(best_price=D(1))
    auction.refresh_from_db()
    proof = prove(world.buyer, auction)
    assert set(proof.differences) == {"bids", f"seat {world.seat(0, auction).label}"}
    Auction.objects.filter(pk=auction.pk).update(audit_head=b"x" * 32, rules=auction.rules | {"tick": "1"})
    auction.refresh_from_db()
    proof = prove(world.buyer, auction)
    assert not proof.head_matches and not proof.rules_match


def test_labels_tell_nothing_and_rules_are_frozen(world):
    auction = world.published(soon=timedelta(hours=1))
    labels = {seat.label for seat in AuctionSeat.objects.filter(auction=auction)}
    assert len(labels) == 3
    with raises(CoreErrorCode.INVALID_TRANSITION):
        prepare.set_rules(world.buyer, auction.pk, prepare.AuctionDraft(world.lot.pk, world.rules()))
    with raises(CoreErrorCode.DUPLICATE):
        prepare.admit_seat(world.buyer, auction.pk, world.participations[0].pk)


def test_rules_that_do_not_hold_together_are_refused_with_their_paths(world):
    with raises(Code.RULES_INVALID, field="rules.must_beat"):
        world.draft(format=AuctionFormat.RANK)
    with raises(Code.RULES_INVALID, field="rules.hard_stop_at"):
        start = clock() + timedelta(hours=1)
        world.draft(start_at=start, close_at=start + timedelta(hours=3), hard_stop_at=start + timedelta(hours=1))
    assert not Auction.objects.exists()


def test_a_stranger_sees_no_auction_no_seat_and_no_bid(world):
    from tests.factories import make_stranger

    auction = world.live()
    world.bid(0, auction, 1000)
    stranger = make_stranger()
    for model in (Auction, AuctionSeat, Bid, AuctionAudit, ProxyBid):
        assert not model.objects.visible_to(stranger).exists()
    assert Bid.objects.visible_to(world.suppliers[1]).count() == 0
    assert AuctionSeat.objects.visible_to(world.suppliers[1]).count() == 1
    assert not AuctionAudit.objects.visible_to(world.suppliers[1]).exists()
