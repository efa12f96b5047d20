"""Stock of the demo enterprise: two warehouses with most goods, some of them low or out, and a dealer's own place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from zlib import crc32

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.parties.demo import demo_actor
from marketplace.parties.models import PartnerGrade
from marketplace.runtime.demo import Size, demo_step
from ordercenter.stock.entries import Paper, StockLine, change_condition, receive_stock
from ordercenter.stock.keeping import Safety, write_safety_stock, write_settings
from ordercenter.stock.models import (
    SafetyStock,
    StockBalance,
    StockCondition,
    StockShow,
    StockVisibility,
    SupplyPlan,
    Warehouse,
)
from ordercenter.stock.supply_plans import Supply, write_supply_plans
from ordercenter.stock.visibility import VisibilityRule, write_visibility
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse

WAREHOUSES = (
    WarehouseDraft("SH", "上海仓", "Shanghai warehouse", priority=10),
    WarehouseDraft("GZ", "广州仓", "Guangzhou warehouse", priority=20),
)
DEALERS_PLACE = WarehouseDraft("HZ", "杭州仓", "Hangzhou warehouse", priority=10)
SAFETY = Decimal(6)
CHUNK = 5000
FEW = 10
DAYS = (4, 11, 18, -2)


@demo_step(40, _("Stock"))
def stock(size: Size) -> Iterator[tuple[int, int]]:
    """Fill the warehouses with what is not there yet, and say who may see how much of it."""
    seller = demo_actor("xinghe", "warehouse")
    for place in WAREHOUSES:
        yield from _fill(seller, _warehouse(seller, place), place.code)
    _withhold(seller)
    _show(seller)
    _set_aside(seller)
    _expect(seller)
    dealer = demo_actor("yunqi")
    write_settings(dealer, None, _warehouse(dealer, DEALERS_PLACE).pk)


def _warehouse(actor: Actor, draft: WarehouseDraft) -> Warehouse:
    found = Warehouse.objects.filter(organization=actor.organization, code=draft.code).first()
    return found or write_warehouse(actor, draft)


def _fill(actor: Actor, warehouse: Warehouse, code: str) -> Iterator[tuple[int, int]]:
    there = StockBalance.objects.filter(warehouse=warehouse).values("variant")
    variants = Variant.objects.filter(organization=actor.organization).exclude(pk__in=there).order_by("pk")
    lines = [
        StockLine(pk, Decimal(quantity))
        for pk, sku in variants.values_list("pk", "sku")
        if (quantity := quantity_of(sku, code))
    ]
    for start in range(0, len(lines), CHUNK):
        yield start, len(lines)
        receive_stock(actor, warehouse, lines[start : start + CHUNK], Paper(reference=f"PO-{code}-2026"))
    yield len(lines), len(lines)


def quantity_of(sku: str, place: str) -> int:
    """The same for an article each time: mostly plenty; of some a few, of some nothing in any place."""
    luck = crc32(sku.encode()) % 100
    if luck < 6:
        return 0
    if luck < 14:
        return luck % 4 + 1 if place == "SH" else 0
    spread = crc32(f"{sku}/{place}".encode())
    return 0 if spread % 9 == 0 and place != "SH" else 24 * (spread % 40 + 1)


def _withhold(actor: Actor) -> None:
    """Safety stock of the articles that go fastest."""
    if SafetyStock.objects.filter(organization=actor.organization).exists():
        return
    full = StockBalance.objects.filter(organization=actor.organization, on_hand__gte=100, warehouse__code="SH")
    pairs = full.order_by("variant__sku").values_list("warehouse_id", "variant_id")[:8]
    write_safety_stock(actor, [Safety(place, variant, SAFETY) for place, variant in pairs])


def _show(actor: Actor) -> None:
    """Everybody sees bands, the best partners see figures; a sub-dealer learns yes or no from the dealer above it."""
    if StockVisibility.objects.filter(organization=actor.organization).exists():
        return
    best = PartnerGrade.objects.filter(organization=actor.organization).order_by("position", "pk").first()
    rules = [VisibilityRule(StockShow.BAND)]
    if best:
        rules.append(VisibilityRule(StockShow.EXACT, grade_id=best.pk))
    write_visibility(actor, rules)
    write_visibility(demo_actor("yunqi"), [VisibilityRule(StockShow.YES_NO)])


def _set_aside(actor: Actor) -> None:
    """Two pieces that came back broken."""
    own = StockBalance.objects.filter(organization=actor.organization)
    if own.filter(condition=StockCondition.DEFECTIVE).exists():
        return
    full = own.filter(on_hand__gte=100, allocated=0).order_by("variant__sku").first()
    if full:
        paper = Paper(reason="运输破损 Broken on the way")
        change_condition(actor, full.pk, Decimal(2), StockCondition.DEFECTIVE, paper)


def _expect(actor: Actor) -> None:
    """What is short comes within weeks; one delivery is late."""
    if SupplyPlan.objects.filter(organization=actor.organization).exists():
        return
    place = Warehouse.objects.get(organization=actor.organization, code="SH")
    today = today_of(actor.organization)
    short = [(pk, sku) for pk, sku in _variants(actor) if quantity_of(sku, "SH") < FEW]
    plans = [
        Supply(place.pk, pk, today + timedelta(DAYS[n % len(DAYS)]), Decimal(120), f"PO-SH-{n + 1:03}")
        for n, (pk, _sku) in enumerate(short[:12])
    ]
    write_supply_plans(actor, plans)


def _variants(actor: Actor) -> list[tuple[int, str]]:
    own = Variant.objects.visible_to(actor).filter(organization=actor.organization)
    return list(own.order_by("sku").values_list("pk", "sku"))
