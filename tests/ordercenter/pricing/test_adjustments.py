"""Price adjustments: what they write, from when, what they lay over, and that voiding leaves what was before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import DocumentStatus, OutboxEvent
from ordercenter.pricing.adjusting import overlays_of
from ordercenter.pricing.adjustments import (
    AdjustmentDraft,
    Raise,
    price_adjustment_create,
    price_adjustment_submit,
    price_adjustment_update,
    price_adjustment_void,
)
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceAdjustment, PriceAdjustmentLine, PriceRow
from tests.ordercenter.pricing.test_rows import now
from tests.refusals import raises


def soon(days: float = 1):
    return now() + timedelta(days=days)


def entry(variant, amount, **fields):
    return PriceEntry("PCS", Decimal(str(amount)), variant.pk, **fields)


@pytest.fixture
def goods(world):
    variant = world.variant(BOX=12)
    price_list = world.everyone(variant, ("PCS", 0, "10"), ("PCS", 100, "9"))
    return variant, price_list


def made(world, price_list, *lines, **fields) -> PriceAdjustment:
    return price_adjustment_create(world.actor, price_list.pk, AdjustmentDraft(lines=lines, **fields))


def test_an_adjustment_changes_nothing_before_its_instant_and_wins_from_it(world, goods):
    variant, price_list = goods
    begins = soon()
    draft = made(world, price_list, entry(variant, 11), effective_at=begins, reason="Copper")
    assert (draft.status, draft.number[:3], draft.line_count) == (DocumentStatus.DRAFT, "PA-", 1)
    assert PriceAdjustmentLine.objects.get().old == 10 and PriceRow.objects.count() == 2
    price_adjustment_submit(world.actor, draft.pk)
    before, at = begins - timedelta(microseconds=1), begins
    assert [world.price(variant, 1, at=one) for one in (None, before, at)] == [10, 10, 11]
    with raises(CoreErrorCode.INVALID_TRANSITION):
        price_adjustment_submit(world.actor, draft.pk)
    kinds = list(OutboxEvent.objects.filter(aggregate="price_adjustment").values_list("kind", flat=True))
    assert kinds == ["pricing.adjustment_created", "pricing.adjustment_submitted"]


def test_approved_after_its_instant_it_holds_from_the_approval(world, goods):
    variant, price_list = goods
    draft = made(world, price_list, entry(variant, 11), effective_at=soon())
    PriceAdjustment.objects.filter(pk=draft.pk).update(effective_at=now() - timedelta(days=3))
    submitted = price_adjustment_submit(world.actor, draft.pk)
    assert submitted.begins_at == now()
    assert [world.price(variant, 1), world.price(variant, 1, at=now() - timedelta(days=1))] == [11, 10]


def test_without_an_instant_it_holds_at_once(world, goods):
    variant, price_list = goods
    price_adjustment_submit(world.actor, made(world, price_list, entry(variant, 11)).pk)
    assert world.price(variant, 1) == 11


def test_voiding_removes_what_is_not_yet_in_force_and_brings_back_what_it_replaced(world, goods):
    variant, price_list = goods
    begins = soon()
    world.rows(price_list, variant, ("PCS", 0, "10.5", begins))
    draft = made(
        world, price_list, entry(variant, 11), entry(variant, 8, min_quantity=Decimal(100)), effective_at=begins
    )
    price_adjustment_submit(world.actor, draft.pk)
    assert [world.price(variant, 1, at=begins), world.price(variant, 100, at=begins)] == [11, 8]
    price_adjustment_void(world.actor, draft.pk)
    assert [world.price(variant, 1, at=begins), world.price(variant, 100, at=begins)] == [Decimal("10.5"), 9]
    price_list.refresh_from_db()
    assert price_list.row_count == PriceRow.objects.count() == 3
    with raises(CoreErrorCode.INVALID_TRANSITION):
        price_adjustment_void(world.actor, draft.pk)


def test_voiding_leaves_a_price_that_somebody_wrote_over_it(world, goods):
    variant, price_list = goods
    begins = soon()
    first = made(world, price_list, entry(variant, 11), effective_at=begins)
    price_adjustment_submit(world.actor, first.pk)
    second = made(world, price_list, entry(variant, 12), effective_at=begins)
    price_adjustment_submit(world.actor, second.pk)
    price_adjustment_void(world.actor, first.pk)
    assert world.price(variant, 1, at=begins) == 12


def test_one_whose_prices_hold_is_not_voided(world, goods):
    variant, price_list = goods
    draft = made(world, price_list, entry(variant, 11))
    price_adjustment_submit(world.actor, draft.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        price_adjustment_void(world.actor, draft.pk)
    assert world.price(variant, 1) == 11


def test_a_change_inside_a_temporary_window_wins_from_its_start_and_is_warned_of(world, goods):
    variant, price_list = goods
    ends = soon(10)
    world.rows(price_list, variant, ("PCS", 0, "7", now() - timedelta(days=1), ends))
    draft = made(world, price_list, entry(variant, 11), effective_at=soon(5))
    (overlay,) = overlays_of(draft)
    assert (overlay.position, overlay.temporary, overlay.ends) == (0, 7, ends)
    price_adjustment_update(
        world.actor, draft.pk, AdjustmentDraft(effective_at=soon(5), lines=(entry(variant, 11, valid_from=ends),))
    )
    draft.refresh_from_db()
    assert not overlays_of(draft)  # "from its end"
    price_adjustment_submit(world.actor, draft.pk)
    assert [world.price(variant, 1, at=at) for at in (soon(6), ends)] == [7, 11]


def test_a_line_that_ends_lets_the_price_before_it_return(world, goods):
    variant, price_list = goods
    draft = made(world, price_list, entry(variant, 8, valid_to=soon(3)), effective_at=soon(1))
    price_adjustment_submit(world.actor, draft.pk)
    assert [world.price(variant, 1, at=soon(days)) for days in (0.5, 2, 4)] == [10, 8, 10]


def test_one_that_would_end_before_it_begins_is_refused_when_it_is_approved_late(world, goods):
    variant, price_list = goods
    draft = made(world, price_list, entry(variant, 8, valid_to=soon(3)), effective_at=soon(1))
    PriceAdjustmentLine.objects.update(valid_to=now() - timedelta(days=1))
    PriceAdjustment.objects.update(effective_at=now() - timedelta(days=2))
    with raises(PricingErrorCode.WINDOW_EMPTY, field="valid_to", index=0):
        price_adjustment_submit(world.actor, draft.pk)
    assert world.price(variant, 1) == 10


def test_prices_in_force_are_raised_alike_and_rounded(world, goods):
    variant, price_list = goods
    other = world.variant()
    world.rows(price_list, variant, ("BOX", 0, "115"))
    world.rows(price_list, other, ("PCS", 0, "3"))
    change = Raise(percent=Decimal("3.3"), amount=Decimal("0.1"), round_to=Decimal("0.5"), search=variant.sku)
    draft = price_adjustment_create(world.actor, price_list.pk, AdjustmentDraft(change=change))
    found = PriceAdjustmentLine.objects.order_by("uom__code", "min_quantity").values_list("uom__code", "old", "new")
    assert [tuple(map(str, row)) for row in found] == [
        ("BOX", "115.0000", "120.0000"), ("PCS", "10.0000", "10.5000"), ("PCS", "9.0000", "9.5000"),
    ]  # fmt: skip
    price_adjustment_submit(world.actor, draft.pk)
    assert [world.price(variant, 1), world.price(variant, 1, "BOX"), world.price(other, 1)] == [Decimal("10.5"), 120, 3]


def test_bad_input_is_refused_with_the_line_and_nothing_is_written(world, goods):
    variant, price_list = goods
    with raises(CoreErrorCode.REQUIRED, field="lines"):
        made(world, price_list)
    with raises(PricingErrorCode.PRICE_BACKDATED, field="effective_at"):
        made(world, price_list, entry(variant, 1), effective_at=now() - timedelta(hours=1))
    with raises(PricingErrorCode.PRICE_NEGATIVE, index=1):
        made(world, price_list, entry(variant, 1), entry(world.variant(), -1))
    with raises(PricingErrorCode.DUPLICATE_SLOT, index=1):
        made(world, price_list, entry(variant, 1), entry(variant, 2))
    with raises(CoreErrorCode.INVALID, field="change"):
        change = AdjustmentDraft(change=Raise(percent=Decimal(5), search="NO SUCH SKU"))
        price_adjustment_create(world.actor, price_list.pk, change)
    with raises(CoreErrorCode.NOT_FOUND):
        made(type(world)("Other"), price_list, entry(variant, 1))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        price_adjustment_create(world.person("prices.view"), price_list.pk, AdjustmentDraft())
    assert not PriceAdjustment.objects.exists()


def test_approving_takes_as_many_statements_for_many_lines_as_for_one(world):
    variants = [world.variant() for _number in range(30)]
    price_list = world.everyone(variants[0], ("PCS", 0, "10"))
    counts = []
    for chosen in (variants[:1], variants):
        draft = made(world, price_list, *(entry(one, 11 + len(chosen)) for one in chosen))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            price_adjustment_submit(world.actor, draft.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
