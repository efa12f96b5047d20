"""Quotes: what is refused, what counts, who reads it."""

import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.gate import Gate, clock, draining
from marketplace.parties.models import Partnership
from ordercenter.quotes.models import Quote, QuoteLine, QuotePayload, QuoteTier, QuoteVersion
from suppliers.sourcing.addenda import AddendumDraft, publish_addendum
from suppliers.sourcing.arriving import TAG
from suppliers.sourcing.checking import tier_problems
from suppliers.sourcing.clarify import answer, ask, pseudonym_of
from suppliers.sourcing.counting import counted
from suppliers.sourcing.disclose import disclose
from suppliers.sourcing.drafts import ColumnDraft, LotDraft
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.models import Clarification, RoundQuote, SourcingEvent
from suppliers.sourcing.offers import OfferLine, OfferTier, offer_json, offer_of, read_offer
from suppliers.sourcing.submit import (
    current_offer,
    quote_confirm,
    quote_save,
    quote_submit,
    quote_withdraw,
)
from suppliers.sourcing.taking_part import acknowledge
from tests.factories import make_stranger
from tests.refusals import raises
from tests.statements import count_sql
from tests.threads import at_once

SHEET = [
    ColumnDraft("origin", label_en="Origin", mandatory=True),
    ColumnDraft("grade", label_en="Grade", type="choice", validation={"choices": ["A", "B"]}),
    ColumnDraft("weight", label_en="Weight", type="number", validation={"min": "1", "max": "9.5"}),
    ColumnDraft("made", label_en="Made", type="date", validation={"min": "2026-01-01"}),
    ColumnDraft("code", label_en="Code", validation={"regex": "[A-Z]{2}"}),
    ColumnDraft("freight", label_en="Freight", type="money"),
]
MODELS = (Quote, QuoteVersion, QuoteLine, QuoteTier, QuotePayload, RoundQuote)


def test_everything_wrong_is_said_by_line_and_column(world):
    event = world.event([world.line(ceiling=Decimal(9)), world.line(), world.line()], None, SHEET)
    values = {"grade": "C", "weight": "9.6", "made": "2025-12-31", "code": "x", "freight": "a", "other": "1"}
    offer = offer_of("CNY", [
        OfferLine(1, Decimal("9.0001"), values=values),
        OfferLine(2, Decimal("0.00001"), Decimal(101), -1, values={"origin": "CN"}),
        OfferLine(3, lead_days=5),
        OfferLine(4, Decimal(1)),
    ])  # fmt: skip
    with raises(Code.ABOVE_CEILING, field="lines.price", index=0) as refused:
        quote_submit(world.sellers[0], world.part(0, event).pk, offer)
    found = {(error.code.name, str(error.field).removeprefix("lines."), error.index) for error in refused.errors}
    assert {("VALUE_INVALID", name, 0) for name in (*values, "origin")} <= found
    assert {
        ("PRICE_PRECISION", "price", 1), ("VALUE_INVALID", "tax_rate", 1), ("VALUE_INVALID", "lead_days", 1),
        ("PRICE_INVALID", "price", 2), ("NOT_FOUND", "line", 3),
    } <= found  # fmt: skip
    assert not Quote.objects.exists()


def test_a_whole_lot_needs_all_its_lines_and_keeps_below_its_ceiling(world):
    lots = [LotDraft(1, award_mode="whole", ceiling=Decimal(1500))]
    event = world.event(2, lots)
    with raises(Code.LOT_INCOMPLETE, index=1):
        world.quotes(0, event, 10)
    with raises(Code.ABOVE_CEILING, field="lots", index=0):
        world.quotes(0, event, 10, "5.01")
    world.quotes(0, event, 10, 5)


def test_a_quote_in_another_currency_needs_its_frozen_rate(world):
    event = world.event([world.line(ceiling=Decimal(9))], rates={"USD": "7.1830"})
    with raises(Code.RATE_MISSING):
        world.quotes(0, event, 1, currency="EUR")
    with raises(Code.ABOVE_CEILING):
        world.quotes(0, event, "1.26", currency="USD")
    assert world.quotes(0, event, "1.25", currency="USD").quote.currency == "USD"


def test_tiers_of_the_spec_decide_the_price(world):
    tiers = tuple(OfferTier(Decimal(a), b and Decimal(b), Decimal(p))
                  for a, b, p in ((0, 100, "10.00"), (100, 500, "9.50"), (500, None, "9.00")))  # fmt: skip
    line = OfferLine(1, tiers=tiers)
    wanted = {"100": "10.00", "100.001": "9.50", "500": "9.50", "500.001": "9.00"}
    assert {q: str(line.price_at(Decimal(q))) for q in wanted} == wanted
    event = world.event([world.line(500)])
    sent = quote_submit(world.sellers[0], world.part(0, event).pk, offer_of("CNY", [line]))
    row = sent.version.lines.get()
    assert row.price == Decimal("9.5") and row.tiers.count() == 3


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6, unique=True), st.integers(-2, 3), st.booleans())
@settings(max_examples=60, deadline=None)
def test_only_tiers_without_hole_or_overlap_pass(bounds, shift, open_end):
    """Property: moved bounds or a closed end are refused, the straight ladder is not."""
    ups = [Decimal(one) for one in sorted(bounds)]
    aboves = [Decimal(0), *ups[:-1]]
    tiers = [OfferTier(a, b, Decimal(1)) for a, b in zip(aboves, ups, strict=True)]
    if open_end:
        tiers.append(OfferTier(ups[-1], None, Decimal(1)))
    assert bool(list(tier_problems(tiers))) is not open_end
    moved = [OfferTier(one.above + shift, one.up_to, one.price) for one in tiers[-1:]]
    assert bool(list(tier_problems([*tiers[:-1], *moved]))) is (shift != 0 or not open_end)


def test_versions_are_appended_and_the_last_one_counts(world):
    event = world.event()
    part = world.part(0, event)
    first = world.quotes(0, event, 10, 7)
    second = world.quotes(0, event, 9, 7)
    assert (first.version.no, second.version.no, second.version.seq) == (1, 2, 2)
    assert counted(event.pk, 1)[part.pk].version_id == second.version.pk
    quote_withdraw(world.sellers[0], part.pk)
    assert counted(event.pk, 1) == {}
    with raises(Code.NOT_OPEN):
        quote_confirm(world.sellers[0], part.pk)
    third = world.quotes(0, event, 8, 7)
    assert third.version.no == 4 and counted(event.pk, 1)[part.pk].version_id == third.version.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        QuoteVersion.objects.filter(pk=first.version.pk).update(seq=9)


def test_a_material_addendum_voids_quotes_until_they_are_confirmed(world):
    event = world.event()
    sent = world.quotes(0, event, 10, 7)
    world.quotes(1, event, 9, 6)
    part = world.part(0, event)
    publish_addendum(world.actor, event.pk, AddendumDraft("A better drawing"))
    with raises(Code.ADDENDUM_UNSEEN):
        world.quotes(0, event, 9, 7)
    assert len(counted(event.pk, 1)) == 2
    publish_addendum(world.actor, event.pk, AddendumDraft("More pans", lines={1: {"quantity": Decimal(150)}}))
    assert counted(event.pk, 1) == {}
    with raises(CoreErrorCode.CONFLICT):
        acknowledge(world.sellers[0], part.pk, 2)
    acknowledge(world.sellers[0], part.pk, 3)
    confirmed = quote_confirm(world.sellers[0], part.pk)
    assert confirmed.version.of_id == sent.version.pk
    assert {pk: one.version_id for pk, one in counted(event.pk, 1).items()} == {part.pk: sent.version.pk}


def test_a_material_addendum_near_the_deadline_must_move_it(world):
    event = world.event()
    world.pass_time(event, days=6)
    draft = AddendumDraft("More pans", material=True)
    with raises(Code.CLOSE_IMMOVABLE):
        publish_addendum(world.actor, event.pk, draft)
    later = clock() + timedelta(hours=49)
    changed = AddendumDraft("More pans", material=True, head={"close_at": later})
    made = publish_addendum(world.actor, event.pk, changed)
    event.refresh_from_db()
    assert (event.close_at, event.event_version, made.event_version) == (later, 2, 2)


def test_drafts_are_the_suppliers_own_and_encrypted(world):
    event = world.event()
    part = world.part(0, event)
    quote = quote_save(world.sellers[0], part.pk, world.offer("123.4567", None))
    with connection.cursor() as cursor:
        cursor.execute("SELECT quotes_quote::text FROM quotes_quote")
        assert "123.4567" not in cursor.fetchone()[0] and b"123.4567" not in bytes(quote.draft)
    shown = current_offer(part, event.rounds.get())
    assert shown is not None and shown.lines[0].price == Decimal("123.4567")
    world.quotes(0, event, 10, 7)
    quote.refresh_from_db()
    assert quote.draft is None and current_offer(part, event.rounds.get()).lines[0].price == 10


def test_strangers_rivals_and_the_buyer_before_opening_see_nothing(world):
    event = world.event()
    tiers = (OfferTier(Decimal(0), None, Decimal(10)),)
    world.quotes(0, event, 10, 7, tiers=tiers)
    rival, stranger = world.sellers[1], make_stranger()
    for model in MODELS:
        seen = {who: model.objects.visible_to(actor).count() for who, actor in (
            ("own", world.sellers[0]), ("rival", rival), ("stranger", stranger), ("buyer", world.actor))}  # fmt: skip
        assert seen.pop("own") > 0 and set(seen.values()) == {0}, model.__name__
    assert world.part(0, event).status == world.part(1, event).status == "admitted"
    assert not SourcingEvent.objects.visible_to(stranger).exists()
    world.quotes(1, event, 11, 8)
    quote_withdraw(rival, world.part(1, event).pk)
    world.pass_time(event, days=8)
    disclose(world.second, event.pk)
    for model in MODELS:
        assert model.objects.visible_to(world.actor).filter(seller=world.partnerships[0].upstream).exists()
        assert not model.objects.visible_to(world.actor).filter(seller=rival.organization).exists()
        assert not model.objects.visible_to(rival).filter(seller=world.partnerships[0].upstream).exists()


def test_open_quotes_are_read_at_once(world):
    event = world.event(confidentiality="open")
    world.quotes(0, event, 10, 7)
    assert QuoteLine.objects.visible_to(world.actor).count() == 2
    assert world.part(0, event).status == "submitted"


def test_hidden_quotes_keep_what_their_commitment_stands_for(world):
    event = world.event()
    world.quotes(0, event, 10, 7)
    row = QuotePayload.objects.get()
    assert sha256(TAG + bytes(row.nonce) + bytes(row.content)).hexdigest() == row.commitment
    part = json.loads(bytes(row.content))
    assert part["lines"][0] == {"line": 1, "price": "10.0000"} and part["event"] == event.number


def test_a_barred_supplier_cannot_quote(world):
    event = world.event()
    Partnership.objects.filter(pk=world.partnerships[0].pk).update(status="suspended")
    with raises(Code.SUPPLIER_BARRED):
        world.quotes(0, event, 10, 7)


def test_a_quote_before_the_opening_instant_is_not_open(world):
    event = world.event(open_at=clock() + timedelta(days=1))
    with raises(Code.NOT_OPEN):
        world.quotes(0, event, 10, 7)


def test_five_hundred_lines_cost_as_many_statements_as_two(world):
    event = world.event(500)
    with count_sql() as few:
        world.quotes(0, event, 10, 7)
    with count_sql() as many:
        world.quotes(1, event, *([10] * 500))
    assert many.count <= few.count


def test_questions_are_answered_to_all_and_nobody_knows_who_asked(world):
    event = world.event()
    row = ask(world.sellers[0], world.part(0, event).pk, "Which alloy?")
    assert row.pseudonym == pseudonym_of(event, world.part(0, event).pk) and len(row.pseudonym) == 8
    assert not Clarification.objects.visible_to(world.sellers[1]).exists()
    answer(world.actor, event.pk, [(row.pk, "3003")], publish=False)
    assert not Clarification.objects.visible_to(world.sellers[1]).exists()
    answer(world.actor, event.pk, [], publish=True)
    assert Clarification.objects.visible_to(world.sellers[1]).get().answer == "3003"
    assert not Clarification.objects.visible_to(make_stranger()).exists()
    with raises(CoreErrorCode.CONFLICT, index=0):
        answer(world.actor, event.pk, [(row.pk, "5052")])
    late = ask(world.sellers[1], world.part(1, event).pk, "Which colour?")
    world.pass_time(event, days=5, hours=1)
    with raises(Code.QUESTIONS_CLOSED):
        ask(world.sellers[0], world.part(0, event).pk, "Too late?")
    with raises(Code.ADDENDUM_NEEDED):
        answer(world.actor, event.pk, [(late.pk, "Red")])


VALUES = st.dictionaries(st.sampled_from(["origin", "code"]), st.text(min_size=1).filter(str.strip), max_size=2)
PRICES = st.decimals("0.0001", "99999", places=4)


@given(st.lists(st.tuples(st.one_of(st.none(), PRICES), st.one_of(st.none(), st.integers(0, 90)), VALUES), max_size=5))
@settings(max_examples=40, deadline=None)
def test_an_offer_comes_back_from_its_json_as_it_was(rows):
    """Property: what is kept as canonical JSON is what was sent."""
    lines = [
        OfferLine(n, price, lead_days=days, valid_until=date(2026, 7, 1), values=values)
        for n, (price, days, values) in enumerate(rows, 1)
    ]
    offer = offer_of("CNY", lines)
    assert read_offer([json.loads(json.dumps(offer_json(offer)))]) == offer


@pytest.mark.django_db(transaction=True)
def test_a_quote_that_was_accepted_counts_whatever_happens_at_the_deadline(transactional_db):
    """Sixteen send while somebody closes: each is counted, or refused; nobody is accepted and then missing."""
    from suppliers.sourcing.closing import close
    from tests.suppliers.sourcing.world import Sourcing

    world = Sourcing()
    event = world.event(1)
    SourcingEvent.objects.filter(pk=event.pk).update(
        ask_until=clock(), answer_until=clock(), close_at=clock() + timedelta(milliseconds=600)
    )

    def act(n):
        if n == 15:
            while close(event.pk).status != "quotes_closed":
                pass
            return None
        try:
            return world.quotes(n % 3, event, 10 + n).version.pk
        except DomainError as error:
            return error.code

    answers = [one for one in at_once(16, act) if one is not None]
    accepted = {one for one in answers if isinstance(one, int)}
    assert set(QuoteVersion.objects.values_list("pk", flat=True)) == accepted
    assert set(answers) - accepted <= {Code.QUOTES_CLOSED}
    event.refresh_from_db()
    assert all(row.received_at < event.close_at for row in QuoteVersion.objects.all())
    seqs = sorted(QuoteVersion.objects.values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    with transaction.atomic():
        draining(Gate.SOURCING_EVENT, event.pk)
