"""From a draft to closed quotes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.core.gate import clock
from marketplace.parties.models import Partnership
from marketplace.parties.onboarding import become
from suppliers.sourcing.closing import close, close_due
from suppliers.sourcing.counting import counted
from suppliers.sourcing.disclose import disclose
from suppliers.sourcing.drafts import ColumnDraft, LotDraft
from suppliers.sourcing.enums import SourcingEventStatus as Status
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.invite import MailDraft, invitation_of, invite, token_of
from suppliers.sourcing.life import cancel, extend, fail, pause, resume, shown_status
from suppliers.sourcing.models import EventInvitation, Notice, Participation, SourcingEvent
from suppliers.sourcing.publish import event_publish, event_reject, event_submit
from suppliers.sourcing.rounds import RoundDraft, round_start
from suppliers.sourcing.taking_part import admit, decline, decline_undo, register
from suppliers.sourcing.write import event_create, event_update
from tests.factories import make_actor, make_organization, make_stranger
from tests.refusals import raises
from tests.statements import count_sql


def test_everything_wrong_with_a_draft_is_said_at_once(world):
    draft = world.draft(
        [world.line(text=""), world.line(0), world.line(ceiling=Decimal(-1))],
        [LotDraft(1, max_winners=0)],
        [ColumnDraft("Price!", label_en="x"), ColumnDraft("pick", label_en="Pick", type="choice")],
        close_at=clock() - timedelta(days=2),
        rounds_max=21,
    )
    with raises(Code.DATES_ORDER) as refused:
        event_create(world.actor, draft)
    found = {(error.code.name, error.field, error.index) for error in refused.errors}
    assert {
        ("REQUIRED", "lines.text", 0),
        ("INVALID", "lines.quantity", 1),
        ("PRICE_INVALID", "lines.ceiling", 2),
        ("INVALID", "lots.max_winners", 0),
        ("COLUMN_INVALID", "columns.code", 0),
        ("COLUMN_INVALID", "columns.validation", 1),
        ("INVALID", "rounds_max", None),
    } <= found
    assert not SourcingEvent.objects.exists()


def test_a_thousand_lines_cost_as_many_statements_as_one(world):
    event_create(world.actor, world.draft(1))
    with count_sql() as few:
        event_create(world.actor, world.draft(1))
    with count_sql() as many:
        event_create(world.actor, world.draft(1000))
    assert many.count <= few.count + 1  # bulk_create in two batches


def test_what_is_published_is_frozen_and_hashed(world):
    event = world.created()
    event_submit(world.actor, event.pk)
    event_reject(world.second, event.pk, "Too early")
    event_submit(world.actor, event.pk)
    done = event_publish(world.second, event.pk)
    assert done.status == Status.QUOTING and len(done.rules_hash) == 64 and done.rounds.get().no == 1
    with raises(CoreErrorCode.INVALID_TRANSITION):
        event_update(world.actor, event.pk, world.draft(1))


def test_publishing_needs_lines_time_suppliers_and_an_open_trade(world):
    now = clock()
    dates = {"close_at": now + timedelta(hours=5), "answer_until": now, "ask_until": now}
    empty = event_create(world.actor, world.draft(0, **dates))
    with raises(Code.NO_LINES, field="lines") as refused:
        event_publish(world.actor, empty.pk)
    assert {error.field for error in refused.errors} == {"lines", "close_at", "participations"}
    event = world.created()
    Partnership.objects.filter(pk=world.partnerships[0].pk).update(status="suspended")
    with raises(Code.SUPPLIER_BARRED):
        event_publish(world.actor, event.pk)
    with raises(Code.SUPPLIER_BARRED, field="sellers", index=0):
        invite(world.actor, event.pk, [world.partnerships[0].upstream_id])


def test_codes_of_participants_are_drawn_by_lot_and_given_once(world):
    event = world.created()
    codes = list(Participation.objects.filter(event=event).values_list("code", flat=True))
    assert len(set(codes)) == 3
    invite(world.actor, event.pk, [one.upstream_id for one in world.partnerships])
    assert event.participations.count() == 3


def test_a_link_by_mail_lets_one_organization_in_once(world):
    event = world.created()
    invite(world.actor, event.pk, mails=[MailDraft("new@factory.example", "Mr New", "en")])
    event_publish(world.actor, event.pk)
    token = token_of(EventInvitation.objects.get())
    newcomer = make_actor(make_organization("Factory"), "seller_owner")
    assert invitation_of(token).event_id == event.pk
    with raises(CoreErrorCode.NOT_FOUND):
        register(newcomer, event.pk)
    assert register(newcomer, event.pk, token).status == "admitted"
    with raises(Code.INVITATION_USED):
        register(make_stranger(), event.pk, token)
    with raises(CoreErrorCode.DUPLICATE, index=0):
        invite(world.actor, event.pk, mails=[MailDraft("NEW@factory.example")])


def test_an_open_event_admits_suppliers_and_lets_others_wait_for_a_person(world):
    event = world.created(suppliers=0, reach="open", register_until=clock() + timedelta(days=3))
    event_publish(world.actor, event.pk)
    assert Notice.objects.filter(event=event, status="published").count() == 1
    assert register(world.sellers[0], event.pk).status == "admitted"
    row = register(make_stranger(), event.pk)
    assert row.status == "registered"
    assert admit(world.actor, row.pk).status == "admitted"
    world.pass_time(event, days=4)
    with raises(Code.REGISTRATION_CLOSED):
        register(world.sellers[1], event.pk)
    become("seller", world.buyer)
    with raises(Code.SUPPLIER_BARRED):
        register(make_actor(world.buyer, "seller_owner"), event.pk)


def test_declining_can_be_undone_until_close(world):
    event = world.event()
    row = world.part(0, event)
    with raises(Code.REASON_REQUIRED):
        decline(world.sellers[0], row.pk, " ")
    assert decline(world.sellers[0], row.pk, "No capacity").status == "declined"
    with raises(Code.NOT_ADMITTED):
        world.quotes(0, event, 1, 2)
    assert decline_undo(world.sellers[0], row.pk).status == "admitted"
    world.pass_time(event, days=8)
    with raises(Code.QUOTES_CLOSED):
        decline(world.sellers[0], row.pk, "No capacity")


def test_the_deadline_moves_later_before_it_has_passed_and_never_else(world):
    event = world.event()
    for moment in (event.close_at, event.close_at - timedelta(hours=1)):
        with raises(Code.CLOSE_IMMOVABLE):
            extend(world.actor, event.pk, moment, "More time")
    later = event.close_at + timedelta(days=3)
    assert extend(world.actor, event.pk, later, "More time").opening_at == later
    assert event.rounds.get().close_at == later
    world.pass_time(event, days=11)
    with raises(Code.CLOSE_IMMOVABLE):
        extend(world.actor, event.pk, clock() + timedelta(days=9), "More time")


def test_a_pause_takes_no_quotes_and_gives_its_time_back(world):
    event = world.event(open_at=clock() - timedelta(hours=9))
    pause(world.actor, event.pk, "Drawings are wrong")
    with raises(Code.PAUSED):
        world.quotes(0, event, 1, 2)
    SourcingEvent.objects.filter(pk=event.pk).update(paused_at=clock() - timedelta(hours=2))
    again = resume(world.actor, event.pk)
    assert timedelta(hours=2) <= again.close_at - event.close_at < timedelta(hours=2, minutes=1)
    assert again.open_at == event.open_at  # it had passed
    assert event.rounds.get().close_at == again.close_at
    world.quotes(0, event, 1, 2)


def test_quotes_close_at_their_instant_whenever_the_job_runs(world):
    event = world.event()
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    assert shown_status(event, clock()) == Status.QUOTES_CLOSED
    with raises(Code.QUOTES_CLOSED):
        world.quotes(1, event, 9, 6)
    assert close_due() == 1 and close_due() == 0
    closed = close(event.pk)
    assert (closed.status, closed.closed_at) == (Status.QUOTES_CLOSED, closed.close_at)
    with raises(Code.CLOSE_IMMOVABLE):
        extend(world.actor, event.pk, clock() + timedelta(days=9), "Too few quotes")
    assert fail(world.actor, event.pk, "Too few quotes").status == Status.UNSUCCESSFUL


def test_an_event_is_cancelled_before_and_fails_after_its_close(world):
    event = world.event()
    with raises(CoreErrorCode.INVALID_TRANSITION):
        fail(world.actor, event.pk, "No need")
    assert cancel(world.actor, event.pk, "No need").status == Status.CANCELLED
    with raises(Code.QUOTES_CLOSED):
        world.quotes(0, event, 1, 2)


def test_hidden_quotes_are_opened_in_time_by_a_second_person(world):
    event = world.event()
    sent = world.quotes(0, event, 10, 7)
    with raises(Code.OPENING_EARLY):
        disclose(world.second, event.pk)
    world.pass_time(event, days=7, minutes=30)
    with raises(Code.OPENING_EARLY):
        disclose(world.second, event.pk)
    world.pass_time(event, hours=1)
    with raises(Code.SECOND_PERSON):
        disclose(world.actor, event.pk)
    assert disclose(world.second, event.pk).status == Status.OPENED
    sent.quote.refresh_from_db()
    assert sent.quote.disclosed_at and sent.quote.status == "opened"
    assert world.part(0, event).status == "submitted" and world.part(1, event).status == "admitted"


def test_another_round_starts_from_the_shortlisted_and_prices_only_fall(world):
    event = world.event(rounds_max=2)
    for who, price in enumerate((10, 9, 8)):
        world.quotes(who, event, price, price)
    world.pass_time(event, days=8)
    disclose(world.second, event.pk)
    now = clock()
    chosen = [world.part(who, event).pk for who in (0, 1)]
    dates = (now - timedelta(seconds=1), now + timedelta(days=2), now + timedelta(days=2))
    round_start(world.actor, event.pk, RoundDraft(*dates, chosen))
    with raises(Code.NOT_ADMITTED):
        world.quotes(2, event, 7, 7)
    with raises(Code.NOT_IMPROVING, field="lines.price", index=1):
        world.quotes(0, event, 9, 11)
    world.quotes(0, event, 9, 10)
    now_counted = counted(event.pk, 2)
    assert {pk: one.round_no for pk, one in now_counted.items()} == {chosen[0]: 2, chosen[1]: 1}
    world.pass_time(event, days=3)
    disclose(world.second, event.pk)
    with raises(CoreErrorCode.INVALID):
        round_start(world.actor, event.pk, RoundDraft(*(one + timedelta(days=9) for one in dates), chosen))


@pytest.mark.parametrize("verb", [event_submit, event_publish])
def test_another_buyer_does_not_find_the_event(world, verb):
    event = world.created()
    with raises(CoreErrorCode.NOT_FOUND):
        verb(make_stranger(), event.pk)


def test_sources_in_force_for_every_line_are_asked_at_publish(world):
    from datetime import date

    from marketplace.catalog.models import Category, Product, Variant
    from ordercenter.contracts.models import SourceList

    category = Category.objects.create(organization=world.buyer, code="PANS", name_en="Pans")
    category.ancestors = [category.pk]
    category.save()
    product = Product.objects.create(organization=world.buyer, name_en="Pan", slug="pan", category=category)
    fields = {"organization": world.buyer, "product": product}
    pans = [Variant.objects.create(sku=f"PAN-{n}", **fields) for n in (1, 2)]
    a, b, c = (one.upstream for one in world.partnerships)
    row = {"organization": world.buyer, "valid_from": date(2020, 1, 1)}
    SourceList.objects.create(seller=a, category=category, **row)
    SourceList.objects.create(seller=b, variant=pans[0], **row)
    SourceList.objects.create(seller=c, category=category, **row)
    SourceList.objects.create(seller=c, variant=pans[1], use="barred", **row)
    lines = [world.line(variant_id=pan.pk) for pan in pans]
    event = world.created(lines, suppliers=0, reach="source_list")
    event_publish(world.actor, event.pk)
    assert [one.seller_id for one in event.participations.all()] == [a.pk]
    with raises(Code.NO_LINES, field="reach"):
        event_publish(world.actor, world.created(suppliers=0, reach="source_list").pk)
