"""Why this price: verdicts, what a buyer sees of them, and what will change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import PriceScope
from ordercenter.pricing.explain import explain
from ordercenter.pricing.models import TierScope, UomFallback
from ordercenter.pricing.trace import TraceReason
from tests.statements import count_sql

NOW = timezone.now() + timedelta(days=1)
BEFORE, AFTER = NOW - timedelta(days=2), NOW + timedelta(days=2)


def explained(world, variant, quantity=1, uom="PCS", actor=None, **fields):
    (trace,) = explain(actor or world.actor, world.seller, [world.request(variant, quantity, uom, **fields)], at=NOW)
    return trace


def verdicts(trace) -> list[str]:
    return [entry.reason.name if entry.reason else "WON" for entry in trace.lists]


def row_verdicts(entry) -> dict[Decimal, str]:
    return {row.amount: row.reason.name if row.reason else "WON" for row in entry.rows}


def test_a_list_out_of_the_chain_says_why(world):
    variant = world.variant()
    lists = {code: world.price_list(code) for code in ("own", "paused", "soon", "over", "usd", "all")}
    for number, price_list in enumerate(lists.values()):
        world.rows(price_list, variant, ("PCS", 0, 10 + number))
        world.assign(price_list, partnership=world.buyer if price_list.code == "own" else None, priority=number + 1)
    world.assign(lists["own"], priority=7)
    changes = {
        "paused": {"status": PolicyStatus.PAUSED},
        "soon": {"valid_from": AFTER},
        "over": {"valid_to": BEFORE},
        "usd": {"currency": "USD"},
    }
    for code, fields in changes.items():
        type(lists[code]).objects.filter(pk=lists[code].pk).update(**fields)
    trace = explained(world, variant)
    assert verdicts(trace) == [
        "WON", "LIST_NOT_EFFECTIVE", "LIST_NOT_STARTED", "LIST_ENDED", "OTHER_CURRENCY", "BLOCKED", "DUPLICATE_LIST",
    ]  # fmt: skip
    assert [entry.rank for entry in trace.lists] == [1, None, None, None, None, 2, None]
    world.buyer.price_scope = PriceScope.OWN
    world.buyer.save()
    assert verdicts(explained(world, variant))[-2:] == ["OUT_OF_SCOPE", "OUT_OF_SCOPE"]


def test_each_row_of_a_list_has_its_verdict(world):
    variant = world.variant(BOX=12)
    price_list = world.everyone(
        variant,
        ("PCS", 0, 1),
        ("PCS", 10, 2),
        ("PCS", 10, 3, BEFORE),
        ("PCS", 20, 4, BEFORE, NOW),
        ("PCS", 20, 5, AFTER),
        ("PCS", 100, 6),
        ("BOX", 0, 7),
    )
    (entry,) = explained(world, variant, 50).lists
    assert entry.list_id == price_list.pk
    assert row_verdicts(entry) == {
        1: "LOWER_TIER", 2: "SUPERSEDED", 3: "WON", 4: "ROW_ENDED", 5: "ROW_NOT_STARTED", 6: "TIER_NOT_REACHED",
        7: "OTHER_UOM",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "NO_ROW"),
        ([("BOX", 0, 7)], "OTHER_UOM"),
        ([("PCS", 0, 7, AFTER)], "ROW_NOT_STARTED"),
        ([("PCS", 0, 7, BEFORE, NOW)], "ROW_ENDED"),
        ([("PCS", 10, 7), ("BOX", 0, 7)], "TIER_NOT_REACHED"),
    ],
)
def test_a_list_without_a_candidate_says_what_came_nearest(world, rows, reason):
    variant = world.variant(BOX=12)
    world.everyone(variant, *rows)
    trace = explained(world, variant)
    assert verdicts(trace) == [reason]
    assert trace.result.error.name == "NO_PRICE"


def test_a_box_priced_from_pieces_says_which_pieces(world):
    variant = world.variant(BOX=12)
    world.everyone(
        variant,
        ("PCS", 0, 1),
        ("PCS", 20, 2),
        ("BOX", 9, 7),
        uom_fallback=UomFallback.BASE,
        tier_scope=TierScope.VARIANT,
    )
    (entry,) = explained(world, variant, 2, "BOX").lists
    assert row_verdicts(entry) == {1: "LOWER_TIER", 2: "WON", 7: "TIER_NOT_REACHED"}


def three(world, strategy="priority", merges=(True, True, False, True)):
    """Lists for everyone in this order: 10 at 0; 10 at 0; 8 at 0; 9 at 5."""
    variant = world.variant()
    world.settle(strategy=strategy)
    for number, (row, merge) in enumerate(zip([(0, 10), (0, 10), (0, 8), (5, 9)], merges, strict=True)):
        price_list = world.price_list()
        world.rows(price_list, variant, ("PCS", *row))
        world.assign(price_list, priority=number + 1, merge=merge)
    return variant


def test_merging_lists_lose_by_tier_or_rank_and_others_do_not_merge(world):
    variant = three(world)
    assert verdicts(explained(world, variant, 5)) == ["LOWER_TIER", "LOWER_TIER", "NOT_MERGING", "WON"]
    assert verdicts(explained(world, variant, 1)) == ["WON", "LOWER_RANK", "NOT_MERGING", "TIER_NOT_REACHED"]


def test_by_the_lowest_price_the_others_are_higher_or_further_down(world):
    variant = three(world, "minimum")
    assert verdicts(explained(world, variant, 5)) == ["HIGHER_PRICE", "HIGHER_PRICE", "WON", "HIGHER_PRICE"]


def test_an_agreed_price_stands_above_every_list(world):
    variant = three(world)
    trace = explained(world, variant, 5, agreed_price=Decimal("7.5"))
    assert verdicts(trace) == ["AGREED"] * 4
    assert (trace.result.unit_price, trace.result.list_price) == (Decimal("7.5"), 9)
    assert trace.result.snapshot["agreed"] is True


def test_the_buyer_sees_its_chain_and_nothing_else(world):
    variant = world.variant()
    other = world.partnership()
    for audience in ({"partnership": other}, {"partnership": world.buyer}, {}):
        price_list = world.price_list()
        world.rows(price_list, variant, ("PCS", 0, 5))
        world.assign(price_list, **audience)
    hidden = world.price_list(status=PolicyStatus.DRAFT)
    world.assign(hidden)
    buyer = Actor(organization=world.buyer.downstream)
    assert [entry.rank for entry in explained(world, variant, actor=buyer).lists] == [1, 2]
    assert len(explained(world, variant).lists) == 3


def test_what_will_change_is_told_with_its_instant(world):
    variant = world.variant()
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    world.everyone(
        variant, ("PCS", 0, 10), ("PCS", 0, 9, soon, late), ("PCS", 50, 7, AFTER), ("PCS", 0, 8, BEFORE, NOW)
    )
    trace = explained(world, variant)
    assert [(row.amount, row.valid_from) for row in trace.upcoming] == [(9, soon), (10, late)]


def test_explaining_many_lines_takes_two_statements(world):
    variants = [world.variant() for _number in range(9)]
    price_list = world.price_list()
    world.assign(price_list)
    for variant in variants:
        world.rows(price_list, variant, ("PCS", 0, 5), ("PCS", 0, 4, AFTER))
    requests = [world.request(variant, 1) for variant in variants]
    for part in (requests[:1], requests):
        with count_sql() as counter:
            traces = explain(world.actor, world.seller, part, at=NOW)
        assert counter.count == 2
        assert [trace.result.unit_price for trace in traces] == [5] * len(part)
        assert [len(trace.upcoming) for trace in traces] == [1] * len(part)


def test_every_reason_is_said_in_both_languages():
    assert len({str(reason.label) for reason in TraceReason}) == len(TraceReason)
