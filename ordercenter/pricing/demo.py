"""Prices of the demo enterprise: a list for everyone with tiers and packs, one for a grade, a group, a partner, a
campaign, a price to come, a draft, the list by which a dealer sells on; policies with a floor, and an adjustment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Pack, Variant
from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Organization, PartnerGrade, PartnerGroup, Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.pricing.adjustments import AdjustmentDraft, Raise, price_adjustment_create
from ordercenter.pricing.drafts import AudienceDraft, PriceEntry, PriceListDraft, PricePolicyDraft, TermDraft
from ordercenter.pricing.lists import price_list_create, price_list_submit
from ordercenter.pricing.models import (
    PolicyLineKind,
    PriceAdjustment,
    PriceList,
    PricePolicy,
    PricingSettings,
    TierScope,
    UomFallback,
)
from ordercenter.pricing.policies import price_policy_create, price_policy_submit
from ordercenter.pricing.rows import price_rows_write
from ordercenter.pricing.settings import settings_update

PART = 2000
PRICES = {
    "pans": 129, "pots": 199, "knives": 89, "boards": 59, "bowls": 12, "cutlery": 9, "bottles": 79, "cups": 29,
    "lunch": 49, "mops": 45, "bins": 39, "boxes": 25, "shelves": 119, "towels": 19, "kettles": 139, "lamps": 99,
}  # fmt: skip
OTHERWISE = 36
TIERS = ((0, "1"), (50, "0.96"), (200, "0.90"))
PACKS = {"BOX": "0.98", "CTN": "0.94"}

Goods = list[tuple[Variant, dict[str, Decimal]]]
Entries = Iterable[PriceEntry]


@demo_step(30, _("Prices"))
def prices(_size: Size) -> Iterator[tuple[int, int]]:
    """Make the lists that are missing; one that is there is left as it is."""
    seller = demo_organization("xinghe")
    actor = demo_actor("xinghe", "pricing")
    if not PricingSettings.objects.filter(organization=seller).exists():
        settings_update(actor, seller.currency, tax_included=True)
    goods = _goods(Variant.objects.filter(organization=seller))
    makers = (_standard, _grade, _group, _partner, _campaign, _draft, _policies, _adjustment)
    for done, make in enumerate(makers):
        yield done, len(makers) + 1
        make(actor, seller, goods)
    yield len(makers), len(makers) + 1
    _resale(goods)
    yield len(makers) + 1, len(makers) + 1


def base_price(variant: Variant) -> Decimal:
    """What a piece of a variant costs in the demo, by what kind of thing it is; the same on every run."""
    category = variant.product.category
    whole = PRICES.get(category.code if category else "", OTHERWISE)
    share = 100 + 7 * (variant.product_id % 5) + 12 * variant.position
    return (Decimal(whole * share) / 100).quantize(Decimal("0.1")) - Decimal("0.1")


def _standard(actor: Actor, seller: Organization, goods: Goods) -> None:
    """For everyone: tiers per piece over all lines of a SKU, boxes and cartons at prices of their own."""

    def entries() -> Entries:
        for variant, packs in goods:
            for uom, factor in packs.items():
                if factor == 1:
                    yield from (_entry(variant, uom, Decimal(less), least) for least, less in TIERS)
                elif uom in PACKS:
                    yield _entry(variant, uom, factor * Decimal(PACKS[uom]))

    draft = _names("STANDARD", "标准价格表", "Standard prices", "标准价", "List price", AudienceDraft(everyone=True))
    how: dict[str, Any] = {"uom_fallback": UomFallback.BASE, "tier_scope": TierScope.VARIANT}
    made = _made(actor, seller, draft, entries, merge=True, **how)
    if made:
        dearer = [_entry(variant, _base(packs), Decimal("1.05")) for variant, packs in goods[::6]]
        price_rows_write(actor, made.pk, dearer, next_month(seller))


def _grade(actor: Actor, seller: Organization, goods: Goods) -> None:
    """For grade A: less for half of the goods. Large quantities get the standard list's tier, as the two are merged."""
    audience = AudienceDraft(grade_id=PartnerGrade.objects.get(organization=seller, code="A").pk)
    draft = _names("GRADE-A", "A 级经销商价格表", "Prices of grade A", "A 级价", "Grade A", audience)
    _made(actor, seller, draft, lambda: _tiers(goods[::2], ((0, "0.95"), (50, "0.93"))), merge=True)


def _group(actor: Actor, seller: Organization, goods: Goods) -> None:
    """For dealers abroad: cartons only."""
    group = PartnerGroup.objects.get(organization=seller, code="EXPORT")
    draft = _names("EXPORT", "出口价格表", "Export prices", "出口价", "Export", AudienceDraft(group_id=group.pk))

    def entries() -> Entries:
        for variant, packs in goods:
            if "CTN" in packs:
                yield _entry(variant, "CTN", packs["CTN"] * Decimal("0.88"))

    _made(actor, seller, draft, entries, merge=True)


def _partner(actor: Actor, seller: Organization, goods: Goods) -> None:
    """For one dealer: a few goods at prices that stand above all others."""
    partnership = Partnership.objects.get(upstream=seller, downstream__code="yunqi")
    audience = AudienceDraft(partnership_id=partnership.pk)
    draft = _names("YUNQI", "云栖专属价格表", "Prices for Yunqi", "专属价", "Your own prices", audience)
    _made(actor, seller, draft, lambda: _tiers(goods[:12], ((0, "0.90"), (100, "0.86"))), fixed=True)


def _campaign(actor: Actor, seller: Organization, goods: Goods) -> None:
    """For everyone, for some weeks."""
    now = timezone.now()
    draft = _names("SEASON", "季末价格表", "End of season", "季末特惠", "End of season", AudienceDraft(everyone=True))
    window: dict[str, Any] = {"valid_from": now - timedelta(days=10), "valid_to": now + timedelta(days=30)}
    tiers = ((0, "0.93"), (50, "0.91"), (200, "0.88"))
    _made(actor, seller, draft, lambda: _tiers(goods[5::9], tiers), priority=50, **window)


def _draft(actor: Actor, seller: Organization, goods: Goods) -> None:
    """Not submitted yet: answers nobody."""
    group = PartnerGroup.objects.get(organization=seller, code="WEST")
    draft = _names("WEST-NEXT", "西区新价格表（草稿）", "West, next year", "", "", AudienceDraft(group_id=group.pk))
    _made(actor, seller, draft, lambda: _tiers(goods[:20], ((0, "0.97"),)), submit=False)


def _policies(actor: Actor, seller: Organization, goods: Goods) -> None:
    """Terms of grade B: less on all, less still on one product, never below a floor; and a draft for everyone."""
    grade = PartnerGrade.objects.get(organization=seller, code="B").pk
    product = ProductScope(product_id=goods[0][0].product_id)
    percent, floor = PolicyLineKind.PERCENT, PolicyLineKind.FLOOR_PERCENT
    terms = (
        TermDraft(percent, Decimal(-1), 1),
        TermDraft(percent, Decimal(-8), 1, product),
        TermDraft(PolicyLineKind.AMOUNT, Decimal("-0.5"), 2, product),
        TermDraft(floor, Decimal(95)),
    )
    _policy(actor, seller, "GRADE-B", "B 级经销商价格政策", "Terms of grade B", AudienceDraft(grade_id=grade), terms)
    draft = (TermDraft(percent, Decimal("2.5"), 3), TermDraft(floor, Decimal(90)))
    everyone = AudienceDraft(everyone=True)
    _policy(actor, seller, "SPRING", "春季调价（草稿）", "Spring rise", everyone, draft, submit=False)


def _policy(
    actor: Actor,
    seller: Organization,
    code: str,
    name_zh: str,
    name_en: str,
    audience: AudienceDraft,
    terms: tuple[TermDraft, ...],
    submit: bool = True,
) -> None:
    if PricePolicy.objects.filter(organization=seller, code=code).exists():
        return
    made = price_policy_create(actor, PricePolicyDraft(code, name_zh, name_en, audience=audience, terms=terms))
    if submit:
        price_policy_submit(actor, made.pk)


def _adjustment(actor: Actor, seller: Organization, goods: Goods) -> None:
    """A rise of the standard list from next month on, for some goods, that waits for its approval."""
    if PriceAdjustment.objects.filter(organization=seller).exists():
        return
    found = PriceList.objects.get(organization=seller, code="STANDARD")
    prefix = goods[-1][0].sku[:3]
    change = Raise(percent=Decimal(4), round_to=Decimal("0.1"), search=prefix)
    draft = AdjustmentDraft(next_month(seller), "原材料涨价 / Raw materials", change=change)
    price_adjustment_create(actor, found.pk, draft)


def _resale(goods: Goods) -> None:
    """The list by which a dealer sells the same goods on to its own dealer."""
    dealer = demo_organization("yunqi")
    actor = demo_actor("yunqi")
    draft = _names("RESALE", "下级经销价格表", "Resale prices", "经销价", "Dealer price", AudienceDraft(everyone=True))
    offered = set(Variant.objects.visible_to(actor).values_list("pk", flat=True))
    sold_on = [(variant, packs) for variant, packs in goods if variant.pk in offered]
    _made(actor, dealer, draft, lambda: _tiers(sold_on, ((0, "1.08"), (50, "1.05"))), uom_fallback=UomFallback.BASE)


def next_month(seller: Organization) -> datetime:
    """The first instant of the next month in the seller's zone."""
    today = timezone.now().astimezone(ZoneInfo(seller.time_zone))
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _goods(variants: Iterable[Variant]) -> Goods:
    rows = list(variants.select_related("product__category").order_by("product", "position", "pk"))  # type: ignore[attr-defined]
    packs: dict[int, dict[str, Decimal]] = {variant.pk: {} for variant in rows}
    for pack in Pack.objects.filter(variant__in=rows).select_related("uom").order_by("factor"):
        packs[pack.variant_id][pack.uom.code] = pack.factor
    return [(variant, packs[variant.pk]) for variant in rows if packs[variant.pk]]


def _base(packs: dict[str, Decimal]) -> str:
    return next(uom for uom, factor in packs.items() if factor == 1)


def _tiers(goods: Goods, tiers: Iterable[tuple[int, str]]) -> Entries:
    return [_entry(variant, _base(packs), Decimal(less), least) for variant, packs in goods for least, less in tiers]


def _entry(variant: Variant, uom: str, times: Decimal, least: int = 0) -> PriceEntry:
    amount = (base_price(variant) * times).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return PriceEntry(uom, amount, variant.pk, min_quantity=Decimal(least))


def _names(
    code: str, name_zh: str, name_en: str, label_zh: str, label_en: str, audience: AudienceDraft
) -> dict[str, object]:
    named = {"code": code, "name_zh": name_zh, "name_en": name_en, "audience": audience}
    return {**named, "public_label_zh": label_zh, "public_label_en": label_en}


def _made(
    actor: Actor,
    owner: Organization,
    names: dict[str, object],
    entries: Callable[[], Entries],
    submit: bool = True,
    **fields: object,
) -> PriceList | None:
    """A list with its prices, put in effect; None where it is there already."""
    if PriceList.objects.filter(organization=owner, code=names["code"]).exists():
        return None
    made = price_list_create(actor, PriceListDraft(**names, **fields))  # type: ignore[arg-type]
    rows = list(entries())
    for start in range(0, len(rows), PART):
        price_rows_write(actor, made.pk, rows[start : start + PART])
    return price_list_submit(actor, made.pk) if submit else made
