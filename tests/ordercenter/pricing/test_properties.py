"""The invariants of pricing §9 over data made by chance, and the SQL against the slow reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Brand, Category, Product
from marketplace.core.actor import Actor
from marketplace.parties.models import PartnerGrade, PartnerGroup, PriceScope
from ordercenter.pricing.explain import explain
from ordercenter.pricing.imports import run
from ordercenter.pricing.imports.apply import apply
from ordercenter.pricing.imports.revert import price_import_revert
from ordercenter.pricing.models import (
    ImportMode,
    PriceImport,
    PriceList,
    PriceRow,
    PricingSettings,
    TierScope,
    UomFallback,
)  # fmt: skip
from ordercenter.pricing.terms import PriceRequest
from tests.ordercenter.pricing.reference import Reference
from tests.ordercenter.pricing.test_rows import now
from tests.ordercenter.pricing.world import World

START = datetime(2026, 6, 1, tzinfo=UTC)
CHANCE = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
UOMS = ("PCS", "BOX", "CTN")


class Chance(World):
    """A seller with six variants, four buyers and eight lists, all of it from one seed."""

    def __init__(self, seed: int, scopes: tuple[str, ...] = tuple(TierScope)) -> None:
        super().__init__()
        self.random = random = Random(seed)
        root = self.group("root")
        groups = [root, self.group("leaf", root), None]
        grades = [self.grade("A"), None]
        self.buyer.price_scope = PriceScope.OWN
        self.buyer.save()
        self.buyers = [self.buyer] + [
            self.partnership(group=random.choice(groups), grade=random.choice(grades)) for _number in range(3)
        ]
        first = self.variant(BOX=12, CTN=144)
        self.variants = [first, self.variant(first.product, BOX=6, CTN=Decimal("7.5"))]
        self.variants += [self.variant(BOX=10, CTN=40) for _number in range(2)]
        audiences: list[dict[str, Any]] = [{}, {}, {"group": groups[0]}, {"group": groups[1]}, {"grade": grades[0]}]
        audiences += [{"partnership": buyer} for buyer in self.buyers]
        self.lists = [
            self.price_list(uom_fallback=random.choice(list(UomFallback)), tier_scope=random.choice(scopes))
            for _number in range(8)
        ]
        for price_list in self.lists:
            self._fill(price_list)
            for audience in random.sample(audiences, 2):
                self.assign(price_list, random.randint(1, 3), random.random() < 0.6, **audience)

    def _fill(self, price_list: Any) -> None:
        random = self.random
        for variant in self.variants:
            slots = {(random.choice(UOMS), random.choice((0, 5, 20)), day) for day in random.sample(range(-9, 9), 5)}
            rows = [
                (uom, least, Decimal(random.randint(1, 400)) / 4, START + timedelta(days=day), self._end(day))
                for uom, least, day in sorted(slots)
            ]
            self.rows(price_list, variant, *rows)

    def _end(self, day: int) -> datetime:
        return START + timedelta(days=day + self.random.choice((1, 4, 400)))

    def some_policies(self, count: int = 12) -> None:
        """Policies over all kinds of goods, buyers, steps and windows; some lists are fixed."""
        random = self.random
        top, below = (
            Category.objects.create(organization=self.seller, code=code, name_en=code) for code in ("top", "below")
        )
        Category.objects.filter(pk=top.pk).update(ancestors=[top.pk])
        Category.objects.filter(pk=below.pk).update(ancestors=[top.pk, below.pk], depth=1)
        brand = Brand.objects.create(organization=self.seller, code="brand", name_en="Brand")
        for variant in self.variants:
            chosen = random.choice((top, below, None))
            Product.objects.filter(pk=variant.product_id).update(category=chosen, brand=random.choice((brand, None)))
        goods: list[dict[str, Any]] = [{}, {"category": top}, {"category": below}, {"brand": brand}]
        goods += [{"variant": variant} for variant in self.variants[:2]] + [{"product": self.variants[0].product}]
        audiences: list[dict[str, Any]] = [
            {},
            {},
            {"grade": PartnerGrade.objects.filter(organization=self.seller).first()},
        ]
        audiences += [{"group": group} for group in PartnerGroup.objects.filter(organization=self.seller)]
        audiences += [{"partnership": buyer} for buyer in self.buyers[:2]]
        for _number in range(count):
            self.policy(
                (random.choice(("percent", "amount")), self._value(), random.randint(1, 3), random.choice(goods)),
                ("percent", random.randint(-40, 40), random.randint(1, 9), random.choice(goods), random.randint(1, 3)),
                ("floor_amount", Decimal(random.randint(0, 4000)) / 100, None, random.choice(goods)),
                ("floor_percent", Decimal(random.randint(5000, 12000)) / 100, None, random.choice(goods)),
                status=random.choice(("effective", "effective", "effective", "paused")),
                valid_from=START + timedelta(days=random.randint(-20, 3)),
                valid_to=START + timedelta(days=random.randint(4, 30)),
                **random.choice(audiences),
            )
        PriceList.objects.filter(pk__in=[one.pk for one in random.sample(self.lists, 2)]).update(fixed=True)

    def _value(self) -> Decimal:
        return Decimal(self.random.randint(-999, 999)) / 100

    def some_requests(self, count: int) -> list[PriceRequest]:
        random = self.random
        return [
            self.request(
                random.choice(self.variants), random.randint(1, 40), random.choice(UOMS),
                key=number, partnership_id=random.choice(self.buyers).pk, basket=random.randint(1, 2),
            )
            for number in range(count)
        ]  # fmt: skip


@pytest.fixture
def chance(db):
    """Makes a world of a seed and forgets it again, so that each example starts from nothing."""

    def within(seed: int, test: Any, **fields: Any) -> None:
        with transaction.atomic():
            test(Chance(seed, **fields))
            transaction.set_rollback(True)

    return within


SEEDS = st.integers(0, 10**9)


@CHANCE
@given(seed=SEEDS, minimum=st.booleans())
def test_the_statement_agrees_with_the_reference(chance, seed, minimum):
    def test(world: Chance) -> None:
        if minimum:
            world.settle(strategy="minimum")
        for day in world.random.sample(range(-10, 12), 3):
            at = START + timedelta(days=day)
            requests = world.some_requests(25)
            found = [result.unit_price for result in world.ask(requests, at)]
            assert found == Reference(at).prices(requests)

    chance(seed, test)


@CHANCE
@given(seed=SEEDS)
def test_the_statement_with_policies_agrees_with_the_reference(chance, seed):
    def test(world: Chance) -> None:
        world.some_policies()
        for day in world.random.sample(range(-5, 8), 2):
            at = START + timedelta(days=day)
            requests = world.some_requests(25)
            found = [result.unit_price for result in world.ask(requests, at)]
            assert found == Reference(at).prices(requests)

    chance(seed, test)


@CHANCE
@given(seed=SEEDS)
def test_no_price_is_below_its_floor_unless_fixed_or_agreed(chance, seed):  # invariant 4
    def test(world: Chance) -> None:
        world.some_policies()
        fixed = set(PriceList.objects.filter(fixed=True).values_list("pk", flat=True))
        agreed = [
            replace(request, agreed_price=Decimal(world.random.randint(0, 900)) / 10)
            for request in world.some_requests(10)
        ]
        for result in world.ask([*world.some_requests(30), *agreed], START):
            if result.unit_price is None or result.floor is None:
                continue
            below = result.unit_price < result.floor
            assert result.below_floor == below and (not below or result.agreed or result.list_id in fixed)
            assert result.floor_price == min(result.floor, result.unit_price)

    chance(seed, test)


@CHANCE
@given(seed=SEEDS)
def test_lines_priced_together_cost_what_each_costs_alone_in_any_order(chance, seed):  # invariant 1
    def test(world: Chance) -> None:
        world.some_policies(4)
        requests = world.some_requests(20)
        together = {result.key: result.unit_price for result in world.ask(requests, START)}
        alone = {request.key: world.ask([request], START)[0].unit_price for request in requests}
        world.random.shuffle(requests)
        shuffled = {result.key: result.unit_price for result in world.ask(requests, START)}
        assert together == alone == shuffled

    chance(seed, test, scopes=(TierScope.LINE,))


@CHANCE
@given(seed=SEEDS)
def test_no_list_is_below_the_lowest_price_and_priority_is_not_either(chance, seed):  # invariant 2
    def test(world: Chance) -> None:
        requests = world.some_requests(20)
        by_priority = world.ask(requests, START)
        world.settle(strategy="minimum")
        lowest = world.ask(requests, START)
        for one, other in zip(lowest, by_priority, strict=True):
            assert (one.unit_price is None) == (other.unit_price is None)
            assert one.unit_price is None or one.unit_price <= other.unit_price
        PricingSettings.objects.all().delete()
        for price_list in world.lists:  # each list by itself offers nothing lower
            others = [row for row in world.lists if row != price_list]
            type(price_list).objects.filter(pk__in=[row.pk for row in others]).update(status="paused")
            for one, offered in zip(lowest, world.ask(requests, START), strict=True):
                assert offered.unit_price is None or one.unit_price <= offered.unit_price
            type(price_list).objects.update(status="effective")

    chance(seed, test)


@CHANCE
@given(seed=SEEDS)
def test_a_price_is_the_amount_of_one_row_or_that_times_the_factor(chance, seed):  # invariant 3
    def test(world: Chance) -> None:
        rows = PriceRow.objects.in_bulk()
        requests = world.some_requests(30)
        for request, result in zip(requests, world.ask(requests, START), strict=True):
            if result.unit_price is not None:
                row = rows[result.row_id]
                factor = 1 if row.uom_id == request.uom_id else result.factor
                assert result.unit_price == result.list_price == round(row.amount * factor, 4)
                assert (row.amount, row.uom_id, row.price_list_id) == (result.amount, result.row_uom_id, result.list_id)
                assert row.valid_from <= START < row.valid_to

    chance(seed, test)


@CHANCE
@given(seed=SEEDS)
def test_explained_ordered_and_frozen_prices_are_one(chance, seed):  # invariants 5 and 9
    def test(world: Chance) -> None:
        world.some_policies(6)
        buyer = world.random.choice(world.buyers)
        requests = [request for request in world.some_requests(30) if request.partnership_id == buyer.pk]
        results = world.ask(requests, START)
        traces = explain(Actor(organization=buyer.downstream), world.seller, requests, START)
        chain = [line.price_list_id for line in Reference(START).chain(buyer)]
        for result, trace in zip(results, traces, strict=True):
            assert trace.result == result
            assert result.snapshot["unit_price"] == (None if result.error else f"{result.unit_price:f}")
            assert [entry.list_id for entry in trace.lists] == chain
            steps = [term for term in trace.terms if term.after is not None]
            assert [term.after for term in steps] == [step.after for step in result.steps if not step.is_floor]
            assert not any(term.kind.is_floor for term in trace.terms)
            won = [entry.list_id for entry in trace.lists if entry.reason is None]
            assert won == ([result.list_id] if result.list_id else [])
            assert [row.row_id for entry in trace.lists for row in entry.rows if row.reason is None] == (
                [result.row_id] if result.row_id else []
            )

    chance(seed, test)


@settings(CHANCE, max_examples=12)
@given(seed=SEEDS, mode=st.sampled_from(ImportMode))
def test_an_import_taken_back_leaves_every_slot_as_it_was(chance, seed, mode):  # invariant 8
    def test(world: Chance) -> None:
        random, price_list = world.random, world.lists[0]
        rows = {}
        for _number in range(8):
            uom, least, day = random.choice(UOMS), random.choice((0, 7)), random.randint(-5, 5)
            begins = now() + timedelta(days=day)
            ends = begins + timedelta(days=random.randint(1, 9))
            rows[uom, least, day] = (uom, least, random.randint(1, 90), begins, ends)
        world.rows(price_list, world.variants[0], *rows.values())
        sheet = [
            (number, {"SKU": variant.sku, "Unit": uom, "Min quantity": least, "Price": random.randint(1, 99)})
            for number, (variant, uom, least) in enumerate(
                {(random.choice(world.variants), random.choice(UOMS), random.choice((0, 7, 20))) for _n in range(6)}, 2
            )
        ]
        instants = [now() + timedelta(seconds=1), *(now() + timedelta(days=day, hours=1) for day in range(15))]
        before = [_in_force(price_list, at) for at in instants]
        started = PriceImport.objects.create(organization=world.seller, price_list=price_list, file_name="x", mode=mode)
        run.stage_sheet(started, ["SKU", "Unit", "Min quantity", "Price"], sheet)
        run.make_preview(started)
        apply(world.actor, started.pk)
        assert mode == ImportMode.MERGE or len(_in_force(price_list, instants[0])) == len(sheet)
        price_import_revert(world.actor, started.pk)
        assert [_in_force(price_list, at) for at in instants] == before

    chance(seed, test)


def _in_force(price_list: Any, at: datetime) -> dict[tuple[int, int, Decimal], Decimal]:
    rows = PriceRow.objects.filter(price_list=price_list, valid_from__lte=at, valid_to__gt=at).order_by("valid_from")
    return {(row.variant_id, row.uom_id, row.min_quantity): row.amount for row in rows}
