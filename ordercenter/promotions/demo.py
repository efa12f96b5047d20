"""Promotions of the demo enterprise: one of each kind that people ask for, coupons, caps, one to come and a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Category, Pack, Variant
from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Organization, PartnerGrade, PartnerGroup
from marketplace.runtime.demo import Size, demo_step
from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.coupons import coupons_generate
from ordercenter.promotions.drafts import (
    AudienceRowDraft,
    CapDraft,
    ComponentDraft,
    CouponsDraft,
    PoolDraft,
    PoolItemDraft,
    PromotionDraft,
    ScopeRowDraft,
    TierDraft,
)
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.write import promotion_create, promotion_submit

Maker = Callable[[Actor, Organization], PromotionDraft | None]


@demo_step(32, _("Promotions"))
def promotions(_size: Size) -> Iterator[tuple[int, int]]:
    """Make the promotions that are missing; one that is there is left as it is."""
    seller = demo_organization("xinghe")
    actor = demo_actor("xinghe", "pricing")
    known = set(Promotion.objects.filter(organization=seller).values_list("code", flat=True))
    for done, (code, make, submit) in enumerate(MAKERS):
        yield done, len(MAKERS)
        draft = make(actor, seller) if code not in known else None
        if draft is None:
            continue
        made = promotion_create(actor, PromotionDraft({**draft.values, "code": code}, *_parts(draft)))
        if submit:
            promotion_submit(actor, made.pk)
        AFTER.get(code, lambda actor, made: None)(actor, made)
    yield len(MAKERS), len(MAKERS)


def _parts(draft: PromotionDraft) -> tuple[Any, ...]:
    return (
        draft.audience, draft.scope, draft.tiers, draft.components, draft.pool, draft.pool is not None, draft.funding
    )  # fmt: skip


def _names(name_zh: str, name_en: str, label_zh: str = "", label_en: str = "", **fields: Any) -> dict[str, Any]:
    named = {"name_zh": name_zh, "name_en": name_en, "label_zh": label_zh or name_zh, "label_en": label_en or name_en}
    return named | fields


def _window(back: int, ahead: int) -> dict[str, Any]:
    now = timezone.now()
    return {"valid_from": now - timedelta(days=back), "valid_to": now + timedelta(days=ahead)}


def _every(_actor: Actor, _seller: Organization) -> PromotionDraft:
    """满减: 80 off each full 1,000, three times at most."""
    values = _names("秋季满 1000 减 80", "80 off every full 1,000", effect="threshold_off", level="order", priority=200)
    values |= {"value": Decimal(80), "every": Decimal(1000), "max_times": 3, "hint_percent": 30} | _window(20, 40)
    return PromotionDraft(values | {"best_group": "autumn"})


def _tiered(_actor: Actor, seller: Organization) -> PromotionDraft:
    """Tiered percent off for grade A, in one group with the other: the better one stays."""
    grade = PartnerGrade.objects.filter(organization=seller, code="A").first()
    values = _names("A 级阶梯折扣", "Grade A: the more, the less", effect="threshold_off", level="order", priority=200)
    values |= {"best_group": "autumn"} | _window(20, 100)
    tiers = [TierDraft(Decimal(at), "percent", Decimal(off)) for at, off in ((2000, 3), (5000, 6), (10000, 9))]
    return PromotionDraft(values, [AudienceRowDraft(grade_id=grade.pk)] if grade else None, tiers=tiers)


def _ten_plus_one(_actor: Actor, seller: Organization) -> PromotionDraft | None:
    """Buy 10 get 1 on one category."""
    scope = _category(seller, "bowls", "cups", "cutlery")
    values = _names("碗杯十送一", "Bowls and cups: buy 10, get 1", effect="gift", level="line", stacking="stackable")
    return PromotionDraft(values | {"buy": Decimal(10), "get": Decimal(1)} | _window(30, 60), scope=scope)


def _percent(_actor: Actor, seller: Organization) -> PromotionDraft | None:
    """Percent off a category, for some days more."""
    values = _names("锅具周 92 折", "Pans and pots week: 8% off", effect="percent_off", level="line", value=Decimal(8))
    return PromotionDraft(values | _window(3, 4), scope=_category(seller, "pans", "pots"))


def _set(_actor: Actor, seller: Organization) -> PromotionDraft | None:
    """A combination: one of each costs less together."""
    first, second = (_category(seller, code) for code in ("knives", "boards"))
    if not first or not second:
        return None
    values = _names("刀板组合省 20", "Knife and board: 20 off a set", effect="fixed_price", level="order")
    values |= {"reward": "amount", "value": Decimal(20), "priority": 100, "stacking": "stackable"} | _window(10, 80)
    parts = [ComponentDraft(Decimal(1), rows[0].scope) for rows in (first, second)]
    return PromotionDraft(values, components=parts)


def _gifts(_actor: Actor, seller: Organization) -> PromotionDraft | None:
    """A gift pool: one of three from 3,000 on."""
    items = _pool(seller, ("towels", "cups", "bottles"))
    values = _names("满 3000 送好礼", "A gift from 3,000", effect="gift", level="order", minimum=Decimal(3000))
    values |= {"hint_percent": 30} | _window(15, 45)
    return PromotionDraft(values, pool=PoolDraft(items, choose=1, on_short="skip")) if items else None


def _add_on(_actor: Actor, seller: Organization) -> PromotionDraft | None:
    """Add-on price: a kettle for less."""
    items = [PoolItemDraft(one.variant_id, one.uom_id, price=Decimal(59)) for one in _pool(seller, ("kettles",))]
    values = _names(
        "满 500 加 59 元换购", "Add-on for 59 from 500", effect="add_on", level="order", minimum=Decimal(500)
    )
    return PromotionDraft(values | _window(15, 45), pool=PoolDraft(items)) if items else None


def _coupon(_actor: Actor, _seller: Organization) -> PromotionDraft:
    """A coupon for new and old friends, limited in all and to one use each."""
    values = _names(
        "老客回馈券", "Thank-you coupon", effect="amount_off", level="order", value=Decimal(50), priority=300
    )
    values |= {"minimum": Decimal(500), "coupon_required": True, "stacking": "stackable"} | _window(5, 85)
    return PromotionDraft(values)


def _freight(_actor: Actor, _seller: Organization) -> PromotionDraft:
    """Free freight from 800 on."""
    values = _names("满 800 免运费", "Free freight from 800", effect="free_freight", level="freight")
    return PromotionDraft(values | {"minimum": Decimal(800)} | _window(60, 300))


def _to_come(_actor: Actor, seller: Organization) -> PromotionDraft:
    """For a group, not begun yet."""
    group = PartnerGroup.objects.filter(organization=seller, code="WEST").first()
    values = _names("年终西区专享", "Year's end, West only", effect="percent_off", level="order", value=Decimal(5))
    audience = [AudienceRowDraft(group_id=group.pk)] if group else None
    return PromotionDraft(values | _window(-10, 40), audience)


def _draft(_actor: Actor, seller: Organization) -> PromotionDraft:
    """Not in effect: to be tried and simulated."""
    values = _names(
        "全场 95 折（草稿）", "Everything 5% off (draft)", effect="percent_off", level="line", value=Decimal(5)
    )
    return PromotionDraft(values | {"stacking": "exclusive"} | _window(0, 30), scope=None)


def _after_coupon(actor: Actor, made: Promotion) -> None:
    promotion_cap_write(actor, made.pk, CapDraft("uses", Decimal(200)))
    promotion_cap_write(actor, made.pk, CapDraft("uses", Decimal(1), each=True))
    coupons_generate(actor, made.pk, CouponsDraft(code="THANKS50", limit=200))
    coupons_generate(actor, made.pk, CouponsDraft(count=24, prefix="VIP-"))


def _after_every(actor: Actor, made: Promotion) -> None:
    promotion_cap_write(actor, made.pk, CapDraft("amount", Decimal(20000)))


MAKERS: Sequence[tuple[str, Maker, bool]] = (
    ("EVERY-1000", _every, True),
    ("TIERS-A", _tiered, True),
    ("TEN-PLUS-ONE", _ten_plus_one, True),
    ("PANS-WEEK", _percent, True),
    ("KNIFE-BOARD", _set, True),
    ("GIFT-3000", _gifts, True),
    ("ADD-ON-59", _add_on, True),
    ("THANKS", _coupon, True),
    ("FREIGHT-800", _freight, True),
    ("YEAR-END-WEST", _to_come, True),
    ("ALL-5", _draft, False),
)
AFTER: dict[str, Callable[[Actor, Promotion], None]] = {"THANKS": _after_coupon, "EVERY-1000": _after_every}


def _category(seller: Organization, *codes: str) -> list[ScopeRowDraft]:
    rows = Category.objects.filter(organization=seller, code__in=codes).order_by("code")
    return [ScopeRowDraft(ProductScope(category_id=key)) for key in rows.values_list("pk", flat=True)]


def _pool(seller: Organization, codes: Sequence[str]) -> list[PoolItemDraft]:
    found = []
    for code in codes:
        variants = Variant.objects.filter(organization=seller, product__category__code=code, listings__isnull=False)
        variant = variants.order_by("pk").first()
        pack = variant and Pack.objects.filter(variant=variant, is_base=True).first()
        if pack:
            found.append(PoolItemDraft(pack.variant_id, pack.uom_id))
    return found
