"""Policy lines that change or bound prices: which of them apply, in which order, and where they do not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.catalog.models import Brand, Category
from marketplace.catalog.scope import ProductScope
from marketplace.core.errors import CoreErrorCode, DomainErrors
from ordercenter.pricing.difference import difference_of
from ordercenter.pricing.drafts import AudienceDraft, PricePolicyDraft, TermDraft
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.explain import explain
from ordercenter.pricing.models import PolicyLineKind, PricePolicyLine
from ordercenter.pricing.policies import (
    price_policy_create,
    price_policy_pause,
    price_policy_submit,
    price_policy_update,
)
from ordercenter.pricing.policy_terms import overlaps_of
from tests.refusals import raises


@pytest.fixture
def variant(world):
    made = world.variant(BOX=12)
    world.everyone(made, ("PCS", 0, "100"), uom_fallback="base")
    return made


def test_of_each_step_only_the_most_specific_line_applies(world, variant):
    world.policy(("percent", -5))
    assert world.price(variant, 1) == 95
    world.policy(("percent", -4), grade=None, partnership=world.buyer)
    assert world.price(variant, 1) == 96  # the audience decides, not the size
    world.policy(("percent", -10, 1, {"variant": variant}))
    assert world.price(variant, 1) == 96  # the audience before the goods
    world.policy(("percent", -2, 1, {"product": variant.product}), ("amount", "-1", 2), partnership=world.buyer)
    assert world.price(variant, 1) == 97
    assert world.price(variant, 1, "BOX") == 97 * 12


def test_goods_from_the_narrowest_to_all(world, variant):
    parent = Category.objects.create(organization=world.seller, code="home", name_en="Home")
    child = Category.objects.create(organization=world.seller, code="pans", name_en="Pans", parent=parent)
    Category.objects.filter(pk=parent.pk).update(ancestors=[parent.pk])
    Category.objects.filter(pk=child.pk).update(ancestors=[parent.pk, child.pk], depth=1)
    brand = Brand.objects.create(organization=world.seller, code="b", name_en="B")
    product = variant.product
    product.category, product.brand = child, brand
    product.save()
    scopes = ({}, {"brand": brand}, {"category": parent}, {"category": child}, {"product": product})
    for number, scope in enumerate((*scopes, {"variant": variant}), 1):
        world.policy(("percent", -number, 1, scope))
        assert world.price(variant, 1) == 100 - number


def test_groups_from_the_deepest_up_then_grades_then_everyone(world, variant):
    parent = world.group("EAST")
    child = world.group("SHANGHAI", parent)
    grade = world.grade()
    type(world.buyer).objects.filter(pk=world.buyer.pk).update(group=child, grade=grade)
    for number, audience in enumerate(({}, {"grade": grade}, {"group": parent}, {"group": child}), 1):
        world.policy(("percent", -number), **audience)
        assert world.price(variant, 1) == 100 - number


def test_of_equally_specific_lines_the_lower_priority_applies_and_then_the_older(world, variant):
    world.policy(("percent", -1))
    world.policy(("percent", -2))
    assert world.price(variant, 1) == 99
    world.policy(("percent", -3, 1, {}, 50))
    assert world.price(variant, 1) == 97


def test_a_price_never_falls_below_nothing_at_any_step(world, variant):
    world.policy(("amount", -150, 1), ("amount", 20, 2))
    assert world.price(variant, 1) == 20


def test_a_line_holds_from_its_first_instant_and_not_at_its_last(world, variant):
    now = timezone.now().replace(microsecond=0)
    ends = now + timedelta(days=1)
    world.policy(("percent", -5), valid_from=now, valid_to=ends)
    instants = (now - timedelta(microseconds=1), now, ends - timedelta(microseconds=1), ends)
    assert [world.price(variant, 1, at=at) for at in instants] == [100, 95, 95, 100]


@pytest.mark.parametrize("status", ["draft", "paused", "voided"])
def test_a_policy_that_is_not_in_effect_does_nothing(world, variant, status):
    world.policy(("percent", -5), ("floor_amount", 120), status=status)
    assert world.price(variant, 1) == 100


def test_the_floor_is_the_most_specific_one_not_the_highest(world, variant):
    world.policy(("floor_amount", 98), ("percent", -10))
    assert world.price(variant, 1) == 98
    world.policy(("floor_percent", "92.00001"[:7], None, {"variant": variant}))
    (result,) = world.ask([world.request(variant, 1)])
    assert (result.unit_price, result.floor, result.floor_price) == (92, 92, 92)


def test_a_floor_is_rounded_up_to_four_decimals(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, "0.3333"))
    world.policy(("percent", -50), ("floor_percent", "90"))
    assert world.price(variant, 1) == Decimal("0.3000")  # 0.29997
    (result,) = world.ask([world.request(variant, 1)])
    assert result.floor == Decimal("0.3000") and not result.below_floor


def test_a_fixed_list_takes_no_policy_is_never_raised_and_is_told_to_be_below_the_floor(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, "80"), fixed=True)
    world.policy(("percent", -5), ("floor_amount", 90))
    (result,) = world.ask([world.request(variant, 1)])
    assert (result.unit_price, result.floor, result.floor_price, result.below_floor) == (80, 90, 80, True)


def test_an_agreed_price_takes_no_policy_and_is_told_to_be_below_the_floor(world, variant):
    world.policy(("percent", -5), ("floor_amount", 90))
    low, high = (world.request(variant, 1, agreed_price=Decimal(price)) for price in ("70", "99"))
    results = world.ask([low, high])
    assert [(one.unit_price, one.below_floor, one.floor_price) for one in results] == [(70, True, 70), (99, False, 90)]


def test_an_order_line_keeps_every_step_with_its_value(world, variant):
    percent, floor = world.policy(("percent", "-2.5", 3), ("floor_amount", "1"))
    (result,) = world.ask([world.request(variant, 1)])
    assert [tuple(step.values()) for step in result.snapshot["policy_lines"]] == [
        (percent.pk, percent.policy_id, "percent", 3, "-2.5000", "97.5"),
        (floor.pk, floor.policy_id, "floor_amount", None, "1.0000", None),
    ]
    assert result.snapshot["floor"] == "1.0000"


def reasons(trace):
    return {term.line_id: (term.verdict.name, term.reason and term.reason.name, term.after) for term in trace.terms}


def test_the_explanation_shows_every_step_with_its_running_value_and_what_lost(world, variant):
    (everyone,) = world.policy(("percent", -5))
    first, second = world.policy(("percent", -3), ("amount", "-1.5", 2), partnership=world.buyer)
    low, high = world.policy(("floor_amount", 90), ("floor_amount", 98, None, {"variant": variant}))
    (trace,) = explain(world.actor, world.seller, [world.request(variant, 1)])
    assert reasons(trace) == {
        everyone.pk: ("LOST", "LESS_SPECIFIC", None),
        first.pk: ("APPLIED", None, Decimal(97)),
        second.pk: ("APPLIED", None, Decimal("95.5")),
        high.pk: ("APPLIED", None, Decimal(98)),
        low.pk: ("LOST", "LESS_SPECIFIC", None),
    }
    assert trace.result.unit_price == 98
    (seen,) = explain(world.dealer(), world.seller, [world.request(variant, 1)])
    assert {term.line_id for term in seen.terms} == {everyone.pk, first.pk, second.pk}


def test_the_explanation_of_a_fixed_and_of_an_agreed_price_says_why_no_step_applied(world, variant):
    (line,) = world.policy(("percent", -5))
    agreed = world.request(variant, 1, agreed_price=Decimal(70))
    (trace,) = explain(world.actor, world.seller, [agreed])
    assert reasons(trace) == {line.pk: ("LOST", "AGREED", None)}
    fixed = world.variant()
    world.everyone(fixed, ("PCS", 0, "80"), fixed=True)
    (trace,) = explain(world.actor, world.seller, [world.request(fixed, 1)])
    assert reasons(trace) == {line.pk: ("LOST", "LIST_FIXED", None)}


def draft(*terms, **fields):
    known = {"code": "AUTUMN", "name_en": "Autumn", "audience": AudienceDraft(everyone=True)}
    return PricePolicyDraft(**(known | fields), terms=terms)


def test_a_policy_with_terms_is_written_submitted_paused_and_changed(world, variant):
    boss = world.person("prices.manage")
    made = price_policy_create(boss, draft(TermDraft(PolicyLineKind.PERCENT, Decimal(-5), 1)))
    assert world.price(variant, 1) == 100
    price_policy_submit(boss, made.pk)
    assert world.price(variant, 1) == 95
    kept = PricePolicyLine.objects.get(policy=made)
    floor = TermDraft(PolicyLineKind.FLOOR_AMOUNT, Decimal(97), scope=ProductScope(variant_id=variant.pk))
    same = TermDraft(PolicyLineKind.PERCENT, Decimal(-5), 1)
    price_policy_update(boss, made.pk, PricePolicyDraft(terms=(same, floor)))
    assert world.price(variant, 1) == 97
    assert PricePolicyLine.objects.filter(pk=kept.pk).exists()  # as it was, with the id that orders remember
    price_policy_update(boss, made.pk, PricePolicyDraft(audience=AudienceDraft(partnership_id=world.buyer.pk)))
    assert set(made.lines.values_list("audience_key", flat=True)) == {world.buyer.pk * 8 + 1}
    price_policy_pause(boss, made.pk)
    assert world.price(variant, 1) == 100


def test_every_mistake_of_a_policy_is_told_with_its_line(world):
    other = type(world)("Other")
    terms = (
        TermDraft(PolicyLineKind.PERCENT, Decimal("-100.5"), 1),
        TermDraft(PolicyLineKind.AMOUNT, Decimal("0.00001"), 10),
        TermDraft(PolicyLineKind.FLOOR_AMOUNT, Decimal(-1), 1),
        TermDraft(PolicyLineKind.PERCENT, Decimal(1), 1, ProductScope(variant_id=other.variant().pk)),
        TermDraft(PolicyLineKind.PERCENT, Decimal("NaN"), 1, priority=0),
        TermDraft(PolicyLineKind.LIST, Decimal(1), 1),
        TermDraft(PolicyLineKind.PERCENT, Decimal(1), 1, ProductScope(variant_id=1, brand_id=1)),
    )
    with pytest.raises(DomainErrors) as found:
        price_policy_create(world.person("prices.manage"), draft(*terms))
    told = {(error.index, error.code.name) for error in found.value.errors}
    assert {
        (0, "NUMBER_INVALID"), (1, "PRICE_PRECISION"), (1, "INVALID"), (2, "PRICE_NEGATIVE"), (2, "INVALID"),
        (3, "NOT_FOUND"), (4, "NUMBER_INVALID"), (4, "INVALID"), (5, "INVALID"), (6, "SCOPE_INVALID"),
    } <= told  # fmt: skip
    assert not PricePolicyLine.objects.exists()


def test_a_stranger_and_a_clerk_without_the_permission_write_no_policy(world):
    with raises(CoreErrorCode.PERMISSION_DENIED):
        price_policy_create(world.person("prices.view"), draft())
    with raises(PricingErrorCode.AUDIENCE_INVALID):
        price_policy_create(
            world.person("prices.manage"), draft(audience=AudienceDraft(everyone=True, grade_id=world.grade().pk))
        )


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "percent", "value": -101, "step": 1},
        {"kind": "percent", "value": 5},
        {"kind": "amount", "step": 1},
        {"kind": "floor_amount", "value": -1},
        {"kind": "floor_amount"},
        {"kind": "floor_percent", "value": 5, "step": 2},
        {"kind": "list", "value": 5},
        {"kind": "bonus", "value": 5, "step": 1},
    ],
)
def test_the_database_refuses_a_line_that_is_none(world, columns):
    policy = world.policy()
    policy = world.policy(("percent", 1))[0].policy
    with pytest.raises(IntegrityError), transaction.atomic():
        PricePolicyLine.objects.create(organization=world.seller, policy=policy, **columns)


def test_lines_that_compete_are_told_with_which_of_them_applies(world):
    mine, _floor = world.policy(("percent", -5), ("floor_amount", 1))
    (other,) = world.policy(("amount", -1, 1, {}, 50))
    world.policy(("percent", -5, 2))
    world.policy(("percent", -5), status="draft")
    world.policy(("percent", -5), valid_to=timezone.now() - timedelta(days=1))
    (found,) = overlaps_of([mine.policy_id])[mine.policy_id]
    assert (found.line_id, found.other_id, found.wins) == (mine.pk, other.pk, True)
    (found,) = overlaps_of([other.policy_id])[other.policy_id]
    assert (found.other_id, found.wins) == (mine.pk, False)


def test_a_draft_list_shows_what_it_would_change_before_it_is_in_effect(world, variant):
    other, same = world.variant(), world.variant()
    draft = world.price_list("NEXT", status="draft")
    world.rows(draft, variant, ("PCS", 0, "90"), ("PCS", 50, "80"))
    world.rows(draft, other, ("PCS", 0, "5"))
    world.assign(draft, partnership=world.buyer)
    world.everyone(same, ("PCS", 0, "3"))
    world.rows(draft, same, ("PCS", 0, "3"))
    world.policy(("percent", -10, 1, {"variant": variant}))
    found = difference_of(world.actor, draft)
    assert found.partnership == world.buyer and [one.downstream_id for one in found.partners]
    told = {(one.variant_id, one.quantity): (one.old, one.new, one.percent) for one in found.changes}
    assert told == {
        (variant.pk, 1): (90, 81, -10),
        (variant.pk, 50): (90, 72, -20),
        (other.pk, 1): (None, 5, None),
        (same.pk, 1): (3, 3, 0),
    }
    assert world.price(variant, 1) == 90
    with raises(CoreErrorCode.NOT_FOUND):
        difference_of(world.actor, draft, world.partnership().pk)
