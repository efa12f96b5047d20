"""The life of lists and policies, settings, and agreed prices."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from marketplace.core.errors import CoreErrorCode, raise_all
from marketplace.core.instants import FOREVER
from marketplace.core.models import OutboxEvent, PolicyStatus
from ordercenter.pricing.agreed import agreed_price_problems
from ordercenter.pricing.drafts import AssignmentDraft, AudienceDraft, PriceListDraft, PricePolicyDraft
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import (
    price_list_copy,
    price_list_create,
    price_list_pause,
    price_list_submit,
    price_list_update,
    price_list_void,
    status_at,
)
from ordercenter.pricing.models import PricePolicy, PricePolicyLine, PriceRow
from ordercenter.pricing.policies import price_policy_create, price_policy_submit, price_policy_update
from ordercenter.pricing.settings import settings_of, settings_update
from ordercenter.pricing.terms import PricingTerms
from tests.ordercenter.pricing.test_rows import now, write
from tests.refusals import raises

EVERYONE = AudienceDraft(everyone=True)


def draft(code: str = "L", **fields) -> PriceListDraft:
    return PriceListDraft(**{"code": code, "name_en": code, "audience": EVERYONE} | fields)


def test_a_list_answers_from_its_submission_until_it_is_paused(world):
    variant = world.variant()
    created = price_list_create(world.actor, draft())
    write(world, created, variant, "9")
    assert world.price(variant, 1) == "NO_PRICE"
    price_list_submit(world.actor, created.pk)
    assert world.price(variant, 1) == 9
    price_list_pause(world.actor, created.pk)
    assert world.price(variant, 1) == "NO_PRICE"
    price_list_submit(world.actor, created.pk)
    voided = price_list_void(world.actor, created.pk)
    assert (voided.status, voided.version) == (PolicyStatus.VOIDED, 5)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        price_list_submit(world.actor, created.pk)
    kinds = list(OutboxEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[:3] == ["pricing.list_created", "pricing.rows_written", "pricing.list_submitted"]


def test_a_list_to_come_is_scheduled_and_open_to_any_instant(world):
    variant = world.variant()
    begins = now() + timedelta(days=2)
    created = price_list_create(world.actor, draft(valid_from=begins))
    found = price_list_submit(world.actor, created.pk)
    assert status_at(found, now()) == PolicyStatus.SCHEDULED
    assert status_at(found, begins) == PolicyStatus.EFFECTIVE
    write(world, created, variant, "9", begins - timedelta(days=900))
    assert [world.price(variant, 1), world.price(variant, 1, at=begins)] == ["NO_PRICE", 9]


def test_all_that_is_wrong_with_a_list_is_told_at_once(world):
    price_list_create(world.actor, draft("TAKEN"))
    wrong = draft("TAKEN", name_en="", currency="cny", valid_from=now(), valid_to=now(), priority=0)
    with raises(CoreErrorCode.DUPLICATE, field="code") as refusal:
        price_list_create(world.actor, wrong)
    assert [error.field for error in refusal.errors] == ["code", "name", "currency", "valid_to", "audience.priority"]
    with raises(CoreErrorCode.INVALID, field="code"):
        price_list_create(world.actor, draft("x" * 65))
    with raises(CoreErrorCode.REQUIRED, field="code"):
        price_list_create(world.actor, draft(" "))
    other = type(world)("Other")
    with raises(CoreErrorCode.NOT_FOUND, field="audience.partnership"):
        price_list_create(world.actor, draft("B", audience=AudienceDraft(partnership_id=other.buyer.pk)))


def test_the_lists_own_form_changes_its_assignment(world):
    created = price_list_create(world.actor, draft(priority=3))
    price_list_update(world.actor, created.pk, PriceListDraft(audience=AudienceDraft(partnership_id=world.buyer.pk)))
    price_list_update(world.actor, created.pk, PriceListDraft(priority=9, merge=True))
    line = PricePolicyLine.objects.get()
    assert (line.partnership_id, line.priority, line.merge) == (world.buyer.pk, 9, True)
    assert PricePolicy.objects.get().partnership_id == world.buyer.pk


def test_the_assignment_of_a_list_goes_with_it_to_its_new_code(world):
    variant = world.variant()
    created = price_list_create(world.actor, draft())
    write(world, created, variant, "9")
    price_list_submit(world.actor, created.pk)
    other = AudienceDraft(partnership_id=world.partnership().pk)
    price_list_update(world.actor, created.pk, PriceListDraft(code="NEW", audience=other))
    assert PricePolicyLine.objects.get().policy.code == "NEW"
    assert world.price(variant, 1) == "NO_PRICE"  # whom it held for before gets it no more
    price_policy_create(world.actor, PricePolicyDraft(code="TAKEN", audience=EVERYONE))
    with raises(CoreErrorCode.DUPLICATE, field="code"):
        price_list_update(world.actor, created.pk, PriceListDraft(code="TAKEN"))


def test_a_scheduled_list_that_is_moved_to_now_is_in_force_and_its_past_closed(world):
    variant = world.variant()
    created = price_list_create(world.actor, draft(valid_from=now() + timedelta(days=9)))
    write(world, created, variant, "7")
    price_list_submit(world.actor, created.pk)
    price_list_update(world.actor, created.pk, PriceListDraft(valid_from=now() - timedelta(days=1)))
    write(world, created, variant, "6")
    assert [row.amount for row in PriceRow.objects.order_by("valid_from")] == [7, 6]
    with raises(PricingErrorCode.PRICE_BACKDATED):
        write(world, created, variant, "5", now() - timedelta(seconds=1))


def test_the_end_of_a_list_is_not_moved_into_the_past(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, 10))
    with raises(PricingErrorCode.PAST_IS_CLOSED, field="valid_to"):
        price_list_update(world.actor, price_list.pk, PriceListDraft(valid_to=now() - timedelta(seconds=1)))
    with raises(CoreErrorCode.INVALID, field="currency"):
        price_list_update(world.actor, price_list.pk, PriceListDraft(currency="USD"))
    changed = price_list_update(world.actor, price_list.pk, PriceListDraft(valid_to=now()))
    assert (changed.version, world.price(variant, 1)) == (1, "NO_PRICE")


def test_the_beginning_of_a_list_that_has_been_in_force_stays(world):
    variant = world.variant()
    begins = now() - timedelta(days=9)
    price_list = world.everyone(variant, ("PCS", 0, 10), valid_from=begins)
    for moved in (begins - timedelta(days=1), begins + timedelta(days=1), now() + timedelta(days=1)):
        with raises(PricingErrorCode.PAST_IS_CLOSED, field="valid_from"):
            price_list_update(world.actor, price_list.pk, PriceListDraft(valid_from=moved))
    assert world.price(variant, 1, at=begins - timedelta(seconds=1)) == "NO_PRICE"
    assert world.price(variant, 1, at=begins) == 10
    # Saying it again, as a form does, changes nothing; nor is one closed that was paused before it began.
    price_list_update(world.actor, price_list.pk, PriceListDraft(valid_from=begins, name_en="Renamed"))
    price_list_pause(world.actor, price_list.pk)
    with raises(PricingErrorCode.PAST_IS_CLOSED, field="valid_from"):
        price_list_update(world.actor, price_list.pk, PriceListDraft(valid_from=now() + timedelta(days=1)))
    scheduled = price_list_create(world.actor, draft("SOON", valid_from=now() + timedelta(days=9)))
    price_list_submit(world.actor, scheduled.pk)
    price_list_update(world.actor, scheduled.pk, PriceListDraft(valid_from=now() + timedelta(days=2)))


def test_a_copy_has_the_prices_in_force_and_to_come(world):
    variant = world.variant()
    soon = now() + timedelta(days=1)
    rows = [("PCS", 0, 10), ("PCS", 0, 9, soon), ("PCS", 5, 8, now() - timedelta(days=2), now())]
    source = world.everyone(variant, *rows, tier_scope="variant")
    copy = price_list_copy(world.actor, source.pk, PriceListDraft(code="COPY"))
    assert (copy.status, copy.tier_scope, copy.name, copy.row_count) == ("draft", "variant", source.name, 2)
    copied = PriceRow.objects.filter(price_list=copy).order_by("valid_from")
    assert [(row.amount, row.valid_to) for row in copied] == [(10, FOREVER), (9, FOREVER)]
    with raises(CoreErrorCode.DUPLICATE):
        price_list_copy(world.actor, source.pk, PriceListDraft(code="COPY"))
    own = AudienceDraft(partnership_id=world.buyer.pk)
    assigned = price_list_copy(world.actor, source.pk, PriceListDraft(code="OWN", audience=own, priority=2))
    line = PricePolicyLine.objects.get(price_list=assigned)
    assert (line.partnership_id, line.priority) == (world.buyer.pk, 2)


def test_a_policy_moves_its_lines_with_it(world):
    variant = world.variant()
    price_list = world.price_list()
    world.rows(price_list, variant, ("PCS", 0, 10))
    lines = [AssignmentDraft(price_list.pk)]
    policy = price_policy_create(world.actor, PricePolicyDraft(code="P", audience=EVERYONE, lines=lines))
    assert world.price(variant, 1) == "NO_PRICE"
    price_policy_submit(world.actor, policy.pk)
    assert world.price(variant, 1) == 10
    other = AudienceDraft(partnership_id=world.partnership().pk)
    price_policy_update(world.actor, policy.pk, PricePolicyDraft(audience=other))
    assert world.price(variant, 1) == "NO_PRICE"
    ends = now() + timedelta(days=1)
    price_policy_update(world.actor, policy.pk, PricePolicyDraft(audience=EVERYONE, valid_to=ends))
    assert [world.price(variant, 1), world.price(variant, 1, at=ends)] == [10, "NO_PRICE"]
    assert PricePolicyLine.objects.get().valid_to == ends


def test_without_permission_nothing_is_written(world):
    person = world.person("prices.view")
    price_list = world.price_list()
    for refused in (
        lambda: price_list_create(person, draft()),
        lambda: price_list_pause(person, price_list.pk),
        lambda: write(type("W", (), {"actor": person}), price_list, world.variant(), "1"),
        lambda: settings_update(person, "CNY", tax_included=False),
    ):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            refused()


def test_settings_hold_from_their_commit(world):
    assert settings_of(world.seller.pk, "CNY") == PricingTerms("CNY")
    settings_update(world.actor, "CNY", tax_included=False, strategy="minimum")
    assert settings_of(world.seller.pk, "CNY") == PricingTerms("CNY", tax_included=False, strategy="minimum")
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10))
    (result,) = world.ask([world.request(variant, 1)])
    assert (result.tax_included, result.currency) == (False, "CNY")
    for field, value in (("strategy", "x"), ("max_line_discount", Decimal(101)), ("draft_freeze_hours", -1)):
        with raises(CoreErrorCode.INVALID, field=field):
            settings_update(world.actor, "CNY", **{field: value})


def test_an_agreed_price_is_entered_by_the_sellers_people_with_a_reason(world):
    allowed = world.person("prices.agree")
    prices = [None, Decimal("9.5")]
    assert not list(agreed_price_problems(allowed, world.seller.pk, prices, "Yearly talks"))
    assert not list(agreed_price_problems(world.dealer(), world.seller.pk, [None], ""))
    refusals = [
        (allowed, prices, " ", PricingErrorCode.REASON_REQUIRED),
        (allowed, [Decimal(-1)], "x", PricingErrorCode.PRICE_NEGATIVE),
        (allowed, [Decimal("0.00001")], "x", PricingErrorCode.PRICE_PRECISION),
        (world.person("prices.view"), prices, "x", CoreErrorCode.PERMISSION_DENIED),
        (world.dealer(), prices, "x", CoreErrorCode.NOT_FOUND),
    ]
    for actor, entered, reason, code in refusals:
        with raises(code):
            raise_all(agreed_price_problems(actor, world.seller.pk, entered, reason))


@pytest.mark.parametrize(
    ("quantity", "uom", "code"),
    [
        (0, "PCS", "QUANTITY_INVALID"),
        (-1, "PCS", "QUANTITY_INVALID"),
        ("NaN", "PCS", "QUANTITY_INVALID"),
        ("1E+999999", "PCS", "QUANTITY_INVALID"),
        (10**12, "PCS", "QUANTITY_INVALID"),
        ("1.5", "PCS", "QUANTITY_PRECISION"),
        ("1E-99999", "PCS", "QUANTITY_PRECISION"),
        (1, "BOX", "UNKNOWN_UOM"),
        (1, "KG", "UNKNOWN_UOM"),
    ],
)
def test_what_cannot_be_priced_says_why_and_the_others_are_priced(world, quantity, uom, code):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10))
    bad, good = world.ask([world.request(variant, quantity, uom), world.request(variant, 1)])
    assert (bad.error.name, bad.unit_price, good.unit_price) == (code, None, 10)
    assert bad.problem("quantity", 3, "SKU-1").index == 3


def test_orders_priced_in_one_call_do_not_add_up_with_each_other(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10), ("PCS", 50, 9), tier_scope="variant")
    requests = [world.request(variant, 30, basket=basket) for basket in ("a", "a", "b")]
    assert [result.unit_price for result in world.ask(requests)] == [9, 9, 10]


def test_lines_may_be_priced_at_instants_of_their_own(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10), ("PCS", 0, 9, now()))
    requests = [world.request(variant, 1), world.request(variant, 1, at=now() - timedelta(days=1))]
    assert [result.unit_price for result in world.ask(requests)] == [9, 10]


def test_a_seller_may_price_by_the_day_of_delivery(world):
    variant = world.variant()
    zone = ZoneInfo("Asia/Shanghai")  # the seller's
    midnight = datetime(2031, 5, 1, tzinfo=zone)
    world.everyone(variant, ("PCS", 0, 10), ("PCS", 0, 9, midnight))
    wished = [date(2031, 4, 30), date(2031, 5, 1), None]
    assert [world.price(variant, 1, delivery=day) for day in wished] == [10, 10, 10]
    settings_update(world.actor, "CNY", price_date="delivery")
    assert [world.price(variant, 1, delivery=day) for day in wished] == [10, 9, 10]
    assert world.price(variant, 1, delivery=wished[1], at=midnight - timedelta(microseconds=1)) == 10
