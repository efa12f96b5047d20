"""Goods as a line of a document needs them: names, pack, tax, quantity rule, and whether this buyer may order them.

    goods = load_goods(actor, seller_id, [GoodsRequest(key, partnership_id, variant_id, uom_id=..., at=...), ...])
    raise_all(quantity_problems((i, goods.get(line.key), line.quantity) for i, line in enumerate(lines)))

One SQL statement for any number of lines, partnerships and instants. `find_codes` turns what people type (SKU, barcode,
partner item code) into variants, also one statement.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from marketplace.catalog.assortments import HELD, LISTED, WITHIN
from marketplace.catalog.quantities import QuantityRule
from marketplace.catalog.scope import NOWHERE, ScopeKeys
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.names import localized


@dataclass(frozen=True, slots=True)
class GoodsRequest:
    """A line to be: which variant, in which uom (by id or by code, neither: the default pack), for which buyer, when.

    `partnership_id` None asks for nobody: such goods are never orderable, and only rules for everyone hold.
    `at` None is the transaction's clock.
    """

    key: Hashable
    partnership_id: int | None
    variant_id: int
    uom_id: int | None = None
    uom_code: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PackOfGoods:
    """A uom in which a variant may be ordered; `factor`: base units in one."""

    uom_id: int
    uom_code: str
    exponent: int
    factor: Decimal
    is_base: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Goods:
    """What a document line freezes of a variant, in one uom, for one buyer at one instant.

    `uom_known` is False where the variant has no pack in the uom asked for; the pack is the default one then. `scope`
    is what rules with a product scope are compared with. `tax_rate` holds for this buyer at this instant, and
    `tax_treatment` and `tax_kind` say why it is 0 where it is (values of TaxTreatment and TaxCategoryKind).
    """

    variant_id: int
    product_id: int
    organization_id: int
    sku: str
    product_name_zh: str
    product_name_en: str
    variant_name_zh: str
    variant_name_en: str
    tax_rate: Decimal
    uom_id: int
    uom_code: str
    uom_exponent: int
    factor: Decimal
    base_uom_id: int
    uom_known: bool
    orderable: bool
    rule: QuantityRule
    packs: tuple[PackOfGoods, ...] = ()
    scope: ScopeKeys = NOWHERE
    tax_treatment: str = "standard"
    tax_kind: str = "taxed"

    @property
    def tax_reason(self) -> dict[str, str]:
        """Why a line is not simply taxed, for its snapshot: the buyer's treatment, or the kind of its tax category."""
        if self.tax_treatment != "standard":
            return {"tax": self.tax_treatment}
        return {} if self.tax_kind == "taxed" else {"tax": self.tax_kind}

    @property
    def name_zh(self) -> str:
        """Product and variant together, in Chinese where there is Chinese."""
        name = self.product_name_zh or self.product_name_en
        return f"{name} {self.variant_name_zh}".strip() if self.variant_name_zh else name

    @property
    def name_en(self) -> str:
        """Product and variant together, in English where there is English."""
        name = self.product_name_en or self.product_name_zh
        return f"{name} {self.variant_name_en}".strip() if self.variant_name_en else name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return localized(self.name_zh, self.name_en)


_ASKED = """asked AS (
    SELECT n, variant_id, partnership_id, uom_id, uom_code, coalesce(at, now()) AS at
    FROM unnest(%(variants)s::bigint[], %(partnerships)s::bigint[], %(uoms)s::bigint[], %(codes)s::text[],
        %(ats)s::timestamptz[]) WITH ORDINALITY AS line(variant_id, partnership_id, uom_id, uom_code, at, n)
)"""

_SCOPE = """scope AS (
    SELECT row_number() OVER () AS k, one.partnership_id AS asked_id, one.at, partner.id AS partnership_id,
        %(seller)s::bigint AS seller_id, partner.grade_id, grouped.ancestors AS groups, taxed.treatment
    FROM (SELECT DISTINCT partnership_id, at FROM asked) one
    LEFT JOIN parties_partnership partner
        ON partner.id = one.partnership_id AND partner.upstream_id = %(seller)s::bigint
    LEFT JOIN parties_partnergroup grouped ON grouped.id = partner.group_id
    LEFT JOIN parties_partnertax taxed
        ON taxed.partnership_id = partner.id AND taxed.valid_from <= one.at AND taxed.valid_to > one.at
)"""

# The rate in force at the line's instant: of the seller's own category of that code, else of the product's owner's; the
# product's own rate where it has no category or none of its rates holds (docs/concepts/tax.md, Which rate holds).
_TAX = """LEFT JOIN catalog_taxcategory named ON named.id = product.tax_category_id
LEFT JOIN catalog_taxcategory resold ON resold.organization_id = scope.seller_id AND resold.code = named.code
LEFT JOIN catalog_taxrate taxing ON taxing.category_id = coalesce(resold.id, named.id)
    AND taxing.valid_from <= scope.at AND taxing.valid_to > scope.at"""
TAX_RATE = "CASE WHEN scope.treatment IS NULL THEN coalesce(taxing.rate, product.tax_rate) ELSE 0::numeric(6, 4) END"

# Of the rules that hold for the buyer: the line's own uom before the base uom, then the most specific audience.
RULE = """LEFT JOIN LATERAL (
    SELECT rule.min * measured.factor AS least, rule.step * measured.factor AS step, rule.max * measured.factor AS most
    FROM catalog_orderquantityrule rule
    JOIN catalog_pack measured ON measured.variant_id = rule.variant_id AND measured.uom_id = rule.uom_id
    WHERE rule.variant_id = variant.id AND rule.organization_id = scope.seller_id
        AND (rule.uom_id = pack.uom_id OR measured.is_base)
        AND (rule.partnership_id = scope.partnership_id OR rule.group_id = ANY (scope.groups)
            OR rule.grade_id = scope.grade_id
            OR num_nonnulls(rule.partnership_id, rule.group_id, rule.grade_id) = 0)
    ORDER BY rule.uom_id = pack.uom_id DESC, rule.partnership_id IS NULL,
        array_position(scope.groups, rule.group_id) DESC NULLS LAST, rule.grade_id IS NULL, rule.id
    LIMIT 1
) rule ON true"""

_PACKS = """(SELECT jsonb_agg(jsonb_build_array(every.uom_id, named.code, named.exponent, every.factor::text,
    every.is_base, every.is_default) ORDER BY every.factor, every.uom_id)
    FROM catalog_pack every JOIN catalog_unitofmeasure named ON named.id = every.uom_id
    WHERE every.variant_id = variant.id)"""


def _statement(packs: str) -> str:
    return f"""WITH {_ASKED}, {_SCOPE}, {HELD}
SELECT asked.n, variant.id, product.id, variant.organization_id, variant.sku, product.name_zh, product.name_en,
    variant.name_zh, variant.name_en, {TAX_RATE}, pack.uom_id, unit.code, unit.exponent, pack.factor,
    base.uom_id, pack.is_asked,
    listing.id IS NOT NULL AND scope.partnership_id IS NOT NULL AND variant.status = 'active'
        AND product.status = 'active' AND ({WITHIN}),
    rule.least, rule.step, rule.most, {packs}, product.brand_id, category.ancestors,
    coalesce(scope.treatment, 'standard'), coalesce(resold.kind, named.kind)
FROM asked
JOIN scope ON scope.asked_id IS NOT DISTINCT FROM asked.partnership_id AND scope.at = asked.at
JOIN catalog_variant variant ON variant.id = asked.variant_id
JOIN catalog_product product ON product.id = variant.product_id
LEFT JOIN catalog_category category ON category.id = product.category_id
{_TAX}
JOIN catalog_pack base ON base.variant_id = variant.id AND base.is_base
JOIN LATERAL (
    SELECT own.uom_id, own.factor,
        coalesce(own.uom_id = asked.uom_id, upper(unit.code) = upper(asked.uom_code), true) AS is_asked
    FROM catalog_pack own JOIN catalog_unitofmeasure unit ON unit.id = own.uom_id
    WHERE own.variant_id = variant.id
    ORDER BY is_asked DESC, own.is_default DESC, own.is_base DESC, own.id LIMIT 1
) pack ON true
JOIN catalog_unitofmeasure unit ON unit.id = pack.uom_id
LEFT JOIN catalog_listing listing
    ON listing.variant_id = variant.id AND listing.organization_id = scope.seller_id AND {LISTED}
{RULE}"""


#: Their places in a row of the statement.
OWNER, ORDERABLE = 3, 16

_BARE = _statement("NULL")
_WITH_PACKS = _statement(_PACKS)


def load_goods(
    actor: Actor, seller_id: int, requests: Sequence[GoodsRequest], with_packs: bool = False
) -> dict[Hashable, Goods]:
    """Goods of a seller by the key of their request; a key is missing where there is no such variant for the actor.

    For a variant that is neither offered to the buyer nor the seller's own there is no answer, as for one that does not
    exist; one that is the seller's own and not orderable is there for the seller and, for the buyer, only to be told
    NOT_IN_ASSORTMENT. One statement. `with_packs` also fills `packs` (all uoms of the variant).
    """
    if not requests:
        return {}
    values: dict[str, Any] = {
        "seller": seller_id,
        "variants": numbers(request.variant_id for request in requests),
        "partnerships": numbers(request.partnership_id for request in requests),
        "uoms": numbers(request.uom_id for request in requests),
        "codes": texts(request.uom_code for request in requests),
        "ats": texts(request.at for request in requests),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITH_PACKS if with_packs else _BARE, values)
        rows = cursor.fetchall()
    return {requests[row[0] - 1].key: goods_of(row) for row in rows if row[ORDERABLE] or row[OWNER] == seller_id}


def goods_of(row: tuple[Any, ...]) -> Goods:
    """Goods from a row of the statement."""
    exponent, factor = row[12], row[13]
    scope = ScopeKeys(row[1], row[2], tuple(row[22] or ()), row[21])
    packs = _packs(row[20]) if row[20] else ()
    return Goods(*row[1:17], _rule(factor, exponent, *row[17:20]), packs, scope, row[23], row[24] or "taxed")  # type: ignore[call-arg]


@lru_cache(maxsize=1024)
def _rule(
    factor: Decimal, exponent: int, least: Decimal | None, step: Decimal | None, most: Decimal | None
) -> QuantityRule:
    """The lines of a document share a few rules, and what each has worked out of itself."""
    return QuantityRule(factor, exponent, least or Decimal(0), step, most)


@lru_cache(maxsize=4096)
def _packs(document: str) -> tuple[PackOfGoods, ...]:
    """The goods of a seller come in few sets of packs; a thousand pasted lines share them."""
    return tuple(
        PackOfGoods(uom_id, code, decimals, Decimal(content), is_base, is_default)
        for uom_id, code, decimals, content, is_base, is_default in json.loads(document)
    )


FIND = """
SELECT DISTINCT ON (asked.code) asked.code, hit.variant_id
FROM unnest(%(codes)s::text[]) AS asked(code)
JOIN LATERAL (
    SELECT variant.id AS variant_id, CASE WHEN variant.sku = asked.code THEN 0 ELSE 1 END AS how
    FROM catalog_variant variant JOIN catalog_listing listing ON listing.variant_id = variant.id
    WHERE listing.organization_id = %(seller)s::bigint
        AND variant.sku_key = btrim(lower(normalize(asked.code, NFKC)))
    UNION ALL
    SELECT own.variant_id, 2 FROM catalog_partneritemcode own
    JOIN catalog_listing listing ON listing.variant_id = own.variant_id
    WHERE own.organization_id = %(buyer)s::bigint AND listing.organization_id = %(seller)s::bigint
        AND own.code_key = btrim(lower(normalize(asked.code, NFKC)))
    UNION ALL
    SELECT pack.variant_id, 3 FROM catalog_pack pack
    JOIN catalog_listing listing ON listing.variant_id = pack.variant_id
    WHERE listing.organization_id = %(seller)s::bigint AND pack.barcode <> ''
        AND pack.barcode_key = btrim(lower(normalize(asked.code, NFKC)))
) hit ON true
ORDER BY asked.code, hit.how, hit.variant_id
"""


def find_codes(actor: Actor, seller_id: int, buyer_id: int | None, codes: Iterable[str]) -> dict[str, int]:
    """Variants that a seller has put up, by what people call them: SKU, then the buyer's own code, then barcode.

    NFKC, letter case and outer blanks do not count (orders §9). Codes without a hit are left out. Whether the buyer may
    order what was found is told by `load_goods`. One statement.
    """
    wanted = list(dict.fromkeys(code for code in codes if code and code.strip()))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"codes": wanted, "seller": seller_id, "buyer": buyer_id})
        return dict(cursor.fetchall())
