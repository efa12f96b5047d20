"""Everything that promotions need to know about some baskets, read in one statement (promotions §5, §7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers, texts
from ordercenter.promotions.engine.rules import Rule, rule_of
from ordercenter.promotions.engine.scale import quantity
from ordercenter.promotions.terms import PromotionAsk

READ = """
WITH live AS MATERIALIZED (
    SELECT id, coalesce(root_id, id) AS root, organization_id, configuration, uom_id, valid_from, valid_to,
        approved_at, ended_at, effect
    FROM promotions_promotion
    WHERE organization_id = ANY (%(sellers)s::bigint[]) AND status = 'effective'
        AND valid_from <= %(until)s::timestamptz AND valid_to > %(since)s::timestamptz
        AND approved_at <= %(until)s::timestamptz AND (ended_at IS NULL OR ended_at > %(since)s::timestamptz)
)
SELECT 'rule', organization_id, id, configuration::text,
    jsonb_build_array(extract(epoch FROM greatest(valid_from, approved_at)),
        extract(epoch FROM least(valid_to, coalesce(ended_at, 'infinity'))))::text
FROM live
UNION ALL
SELECT 'cap', cap.organization_id, cap.id, NULL, jsonb_build_array(cap.promotion_id, cap.partnership_id,
    cap.template_id, cap.each, cap.measure, cap.variant_id, cap.uom_id, cap."limit"::text, cap.reserved::text,
    cap.used::text)::text
FROM promotions_promotioncap AS cap
WHERE cap.organization_id = ANY (%(sellers)s::bigint[])
    AND (cap.partnership_id IS NULL OR cap.partnership_id = ANY (%(partners)s::bigint[]))
    AND cap.promotion_id = ANY (SELECT root FROM live UNION ALL SELECT unnest(%(roots)s::bigint[]))
UNION ALL
SELECT 'coupon', organization_id, id, code, jsonb_build_array(promotion_id, partnership_id,
    extract(epoch FROM valid_from), extract(epoch FROM valid_to), "limit", used, status)::text
FROM promotions_coupon
WHERE organization_id = ANY (%(sellers)s::bigint[]) AND code = ANY (%(codes)s::text[])
UNION ALL
SELECT 'settings', organization_id, max_coupons, strategy, NULL
FROM promotions_promotionsettings WHERE organization_id = ANY (%(sellers)s::bigint[])
UNION ALL
SELECT 'discount', organization_id, 0, currency, max_line_discount::text
FROM pricing_pricingsettings WHERE organization_id = ANY (%(sellers)s::bigint[])
UNION ALL
SELECT 'buyer', partnership.downstream_id, partnership.id, NULL,
    jsonb_build_array(coalesce(to_jsonb(grouping.ancestors), '[]'), partnership.grade_id)::text
FROM parties_partnership AS partnership
LEFT JOIN parties_partnergroup AS grouping ON grouping.id = partnership.group_id
WHERE partnership.id = ANY (%(partners)s::bigint[])
UNION ALL
SELECT 'pack', variant_id, uom_id, NULL, factor::text FROM catalog_pack
WHERE variant_id = ANY (%(variants)s::bigint[]) AND uom_id IN (SELECT uom_id FROM live
    UNION ALL SELECT unnest(%(uoms)s::bigint[]))
UNION ALL
SELECT 'pack', pack.variant_id, pack.uom_id, NULL, pack.factor::text
FROM live JOIN promotions_giftpool AS pool ON pool.promotion_id = live.id
JOIN promotions_giftpoolitem AS item ON item.pool_id = pool.id
JOIN catalog_pack AS pack ON pack.variant_id = item.variant_id AND pack.uom_id = item.uom_id
WHERE live.effect IN ('gift', 'add_on')
UNION ALL
SELECT 'held', order_id, cap_id, NULL, jsonb_build_array(sum(reserved)::text, sum(used)::text)::text
FROM promotions_promotioncapmove WHERE order_id = ANY (%(orders)s::bigint[]) GROUP BY order_id, cap_id
UNION ALL
SELECT 'use', order_id, coupon_id, NULL, NULL
FROM promotions_couponuse WHERE order_id = ANY (%(orders)s::bigint[]) AND status <> 'unused'
"""


@dataclass(slots=True)
class CapRow:
    """A cap as read or locked. `limit`, `reserved`, `used` in its own measure."""

    id: int
    root: int
    partnership_id: int | None
    template_id: int | None
    each: bool
    measure: str
    variant_id: int | None
    uom_id: int | None
    limit: Decimal
    reserved: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be reserved."""
        return self.limit - self.reserved - self.used


@dataclass(slots=True)
class CouponRow:
    """A coupon as read or locked."""

    id: int
    organization_id: int
    code: str
    root: int
    partnership_id: int | None
    valid_from: float
    valid_to: float
    limit: int
    used: int
    status: str


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule with the seconds between which it is in force."""

    rule: Rule
    organization_id: int
    since: float
    until: float


@dataclass(slots=True)
class Book:
    """The rows of the statement, by what they are about."""

    rules: list[LiveRule] = field(default_factory=list)
    caps: dict[int, list[CapRow]] = field(default_factory=dict)
    coupons: dict[tuple[int, str], CouponRow] = field(default_factory=dict)
    settings: dict[int, tuple[str, int]] = field(default_factory=dict)
    max_line_discount: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    buyers: dict[int, tuple[int, tuple[int, ...], int | None]] = field(default_factory=dict)
    packs: dict[tuple[int, int], int] = field(default_factory=dict)
    held: dict[tuple[int, int], tuple[Decimal, Decimal]] = field(default_factory=dict)
    coupon_uses: set[tuple[int, int]] = field(default_factory=set)

    def in_force(self, basket: PromotionAsk) -> list[Rule]:
        """The seller's rules at the basket's instant; snapshots stand in for the versions of the same promotion."""
        at = basket.at.timestamp()
        kept = [rule_of(json.dumps(dict(one))) for one in basket.kept]
        roots = {rule.root for rule in kept}
        found = [
            live.rule
            for live in self.rules
            if live.organization_id == basket.seller_id
            and live.since <= at < live.until
            and live.rule.root not in roots
        ]
        return found + kept

    def caps_of(self, root: int, partnership_id: int) -> list[CapRow]:
        """The caps that hold for one partner; where the limit of each has no row yet, its template."""
        rows = self.caps.get(root, ())
        own = {row.template_id for row in rows if row.partnership_id == partnership_id and row.template_id}
        return [
            row for row in rows if row.partnership_id in (None, partnership_id) and not (row.each and row.id in own)
        ]


def read_book(baskets: Sequence[PromotionAsk], extra: Sequence[Rule] = ()) -> Book:
    """Read all that the baskets of any number of buyers and sellers need; one statement. `extra`: rules to be tried."""
    kept = [rule_of(json.dumps(dict(one))) for basket in baskets for one in basket.kept] + list(extra)
    instants = [basket.at for basket in baskets]
    values: dict[str, Any] = {
        "sellers": numbers({basket.seller_id for basket in baskets}),
        "partners": numbers({basket.partnership_id for basket in baskets}),
        "since": min(instants),
        "until": max(instants),
        "roots": numbers({rule.root for rule in kept}),
        "uoms": numbers({rule.uom for rule in kept if rule.uom}),
        "codes": texts({code_of(code) for basket in baskets for code in basket.coupons}),
        "variants": numbers(
            {line.scope.variant_id for basket in baskets for line in basket.lines} | set(_gift_variants(extra))
        ),
        "orders": numbers({basket.order_id for basket in baskets if basket.order_id}),
    }
    if extra:
        values["uoms"] = numbers({uom for rule in kept for uom in _uoms(rule)})
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        return _book(cursor.fetchall())


def _gift_variants(rules: Iterable[Rule]) -> list[int]:
    return [item.variant_id for rule in rules for pool in rule.pools for item in pool.items]


def _uoms(rule: Rule) -> list[int]:
    return [*([rule.uom] if rule.uom else []), *(item.uom_id for pool in rule.pools for item in pool.items)]


def code_of(typed: str) -> str:
    """A coupon's code from what was typed."""
    return typed.strip().upper()


def _book(rows: Iterable[tuple[Any, ...]]) -> Book:
    book = Book()
    for kind, owner, key, text, document in rows:
        _FILL[kind](book, owner, key, text, document)
    return book


def _fill_rule(book: Book, owner: int, key: int, text: str, document: str) -> None:
    since, until = (_second(one) for one in json.loads(document))
    book.rules.append(LiveRule(rule_of(text), owner, since, until))


def _second(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float(str(value).replace("Infinity", "inf"))


def _fill_cap(book: Book, owner: int, key: int, text: str, document: str) -> None:
    root, partner, template, each, measure, variant, uom, *figures = json.loads(document)
    limit, reserved, used = map(Decimal, figures)
    row = CapRow(key, root, partner, template, each, measure, variant, uom, limit, reserved, used)
    book.caps.setdefault(root, []).append(row)


def _fill_coupon(book: Book, owner: int, key: int, text: str, document: str) -> None:
    root, partner, since, until, limit, used, status = json.loads(document)
    book.coupons[owner, text] = CouponRow(
        key, owner, text, root, partner, _second(since), _second(until), limit, used, status
    )


def _fill_settings(book: Book, owner: int, key: int, text: str, document: str) -> None:
    book.settings[owner] = (text, key)


def _fill_discount(book: Book, owner: int, key: int, text: str, document: str) -> None:
    book.max_line_discount[owner, text] = Decimal(document)


def _fill_buyer(book: Book, owner: int, key: int, text: str, document: str) -> None:
    groups, grade = json.loads(document)
    book.buyers[key] = (owner, tuple(groups), grade)


def _fill_pack(book: Book, owner: int, key: int, text: str, document: str) -> None:
    book.packs[owner, key] = quantity(document)


def _fill_held(book: Book, owner: int, key: int, text: str, document: str) -> None:
    reserved, used = map(Decimal, json.loads(document))
    book.held[owner, key] = (reserved, used)


def _fill_use(book: Book, owner: int, key: int, text: str, document: str) -> None:
    book.coupon_uses.add((owner, key))


_FILL = {
    "rule": _fill_rule,
    "cap": _fill_cap,
    "coupon": _fill_coupon,
    "settings": _fill_settings,
    "discount": _fill_discount,
    "buyer": _fill_buyer,
    "pack": _fill_pack,
    "held": _fill_held,
    "use": _fill_use,
}
