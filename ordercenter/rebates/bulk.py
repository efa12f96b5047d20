"""All sources of a policy at once, in SQL: who and what it is for as conditions, periods as truncated days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.rebates.compute.periods import Period, bounds
from ordercenter.rebates.enums import RebateBasis, RebatePeriod
from ordercenter.rebates.live import LivePolicy, Whom
from ordercenter.rebates.sources import DOCUMENTS, column_of, statement

UNITS = {
    RebatePeriod.WEEK: "week",
    RebatePeriod.MONTH: "month",
    RebatePeriod.QUARTER: "quarter",
    RebatePeriod.YEAR: "year",
}


#: By (line, partnership, first day of the period): amount and quantity.
Totals = dict[tuple[int, int, date], tuple[Decimal, Decimal]]


def instant(at: datetime) -> Any:
    """An instant as a parameter; open ends as PostgreSQL writes them."""
    return "-infinity" if at == BEGINNING else "infinity" if at == FOREVER else at.isoformat()


def whom_condition(rows: list[Whom], name: str, values: dict[str, Any]) -> str:
    """Rows of an audience as a condition on ps (partnership) and pg (its group)."""
    if any(not (row.partnership_id or row.group_id or row.grade_id) for row in rows):
        return "true"
    values[f"{name}_partners"] = [row.partnership_id for row in rows if row.partnership_id]
    values[f"{name}_groups"] = [row.group_id for row in rows if row.group_id]
    values[f"{name}_grades"] = [row.grade_id for row in rows if row.grade_id]
    return f"""(ps.id = ANY(%({name}_partners)s::bigint[])
        OR coalesce(pg.ancestors && %({name}_groups)s::bigint[], false)
        OR coalesce(ps.grade_id = ANY(%({name}_grades)s::bigint[]), false))"""


def goods_condition(rows: list[Any], name: str, values: dict[str, Any]) -> str:
    """Rows of a product scope as a condition on v, p and c (variant, product, category)."""
    if any(row.level == "all" for row in rows):
        return "true"
    for part in ("variant", "product", "category", "brand"):
        values[f"{name}_{part}"] = [getattr(row, f"{part}_id") for row in rows if getattr(row, f"{part}_id")]
    return f"""(v.id = ANY(%({name}_variant)s::bigint[]) OR p.id = ANY(%({name}_product)s::bigint[])
        OR coalesce(c.ancestors && %({name}_category)s::bigint[], false)
        OR coalesce(p.brand_id = ANY(%({name}_brand)s::bigint[]), false))"""


def is_for(policy: LivePolicy, values: dict[str, Any], windowed: bool = True) -> str:
    """The condition that a source s is eligible for a policy."""
    name = f"p{policy.id}"
    values[f"{name}_currency"] = policy.row.currency
    parts = [f"s.currency = %({name}_currency)s", whom_condition(policy.include, f"{name}_in", values)]
    if policy.exclude:
        parts.append("NOT " + whom_condition(policy.exclude, f"{name}_out", values))
    if policy.goods:
        parts.append(goods_condition(policy.goods, f"{name}_goods", values))
    if policy.no_goods:
        parts.append("NOT " + goods_condition(policy.no_goods, f"{name}_others", values))
    if windowed:
        values[f"{name}_from"], values[f"{name}_to"] = instant(policy.row.valid_from), instant(policy.row.valid_to)
        parts.append(f"s.at >= %({name}_from)s::timestamptz AND s.at < %({name}_to)s::timestamptz")
    return "(" + " AND ".join(part for part in parts if part != "true") + ")"


def period_column(policy: LivePolicy, values: dict[str, Any]) -> str:
    """The first day of a source's period, from its day."""
    if policy.row.period == RebatePeriod.WHOLE_TERM:
        values["term"] = policy.period_of_day(date(2000, 1, 1)).start
        return "%(term)s::date"
    return f"date_trunc('{UNITS[RebatePeriod(policy.row.period)]}', s.at AT TIME ZONE %(zone)s)::date"


def sources_query(
    policy: LivePolicy, orders: str, values: dict[str, Any], also: str = "false", but: str = "", windowed: bool = True
) -> str:
    """Sources of a policy: kind, id, partnership, period, day, instant, order, variant, amount and base quantity.

    `orders`: condition on o; `also`: lets in what is not eligible (any more); `but`: keeps out what is.
    """
    values["zone"] = policy.zone
    eligible = is_for(policy, values, windowed)
    return f"""
    SELECT s.kind, s.id, s.partnership_id, {period_column(policy, values)} AS period_from,
           (s.at AT TIME ZONE %(zone)s)::date AS day, s.at, s.order_id, s.variant_id, s.base_quantity,
           s.{column_of(policy.row)} AS amount
      FROM ({statement(RebateBasis(policy.row.basis), orders, [column_of(policy.row)])}) AS s
      JOIN catalog_variant v ON v.id = s.variant_id
      JOIN catalog_product p ON p.id = v.product_id
      LEFT JOIN catalog_category c ON c.id = p.category_id
      JOIN parties_partnership ps ON ps.id = s.partnership_id
      LEFT JOIN parties_partnergroup pg ON pg.id = ps.group_id
     WHERE ({eligible}{but}) OR {also}
    """


def totals(policy: LivePolicy, period: Period, windowed: bool = False, with_policy: LivePolicy | None = None) -> Totals:
    """What counts in some days: amount, and quantity in the line's uom. `with_policy`: of that what this counts, too.

    Read from documents, nothing is accrued: for baselines of another year, and for trying a policy out.
    """
    if RebateBasis(policy.row.basis) not in DOCUMENTS:
        return {}
    start, end = bounds(period, policy.zone)
    values: dict[str, Any] = {"seller": policy.row.organization_id, "start": instant(start), "end": instant(end)}
    but = "" if with_policy is None else " AND " + is_for(with_policy, values, windowed)
    text = sources_query(policy, "o.seller_id = %(seller)s", values, but=but, windowed=windowed)
    found: Totals = {}
    for line in policy.lines:
        values["uom"] = line.uom_id
        rows = f"""
        SELECT partnership_id, period_from, sum(amount),
               sum(CASE WHEN %(uom)s::bigint IS NULL THEN base_quantity ELSE coalesce(base_quantity / k.factor, 0) END)
          FROM ({text}) AS source
          LEFT JOIN catalog_pack k ON k.variant_id = source.variant_id AND k.uom_id = %(uom)s::bigint
         WHERE day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date
           AND day < (%(end)s::timestamptz AT TIME ZONE %(zone)s)::date
         GROUP BY partnership_id, period_from"""
        with connection.cursor() as cursor:
            cursor.execute(rows, values)
            for partnership, first, amount, quantity in cursor.fetchall():
                found[line.id, partnership, first] = (amount, quantity)
    return found
