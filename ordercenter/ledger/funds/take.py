"""Lock the fund accounts of partners, and say what they pay of documents (credit-and-ledger §6).

    book = lock_funds([partnership_id, ...])                # level 2; before promotions and stock are locked
    cut = reductions(book, asks)                            # lines after promotions
    paid = payments(book, asks_with_tax)                    # the same asks with `payable` on each line
    raise_all(problem for taken in (*cut, *paid) for problem in taken.problems)
    reserve_all(actor, [FundReserve(order_id, seller_id, buyer_id, (*taken.takes, ...), line_ids), ...])

`read_funds` gives the same book without locks: for what is shown and not yet promised.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.catalog.scope import ProductScope
from marketplace.core.arrays import numbers
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.shares import rules_for, take_stage
from ordercenter.ledger.funds.terms import (
    FundAsk,
    FundBook,
    FundLine,
    FundRule,
    FundTake,
    GrantState,
    Taken,
)

__all__ = [
    "FundAsk",
    "FundBook",
    "FundLine",
    "FundTake",
    "Taken",
    "lock_funds",
    "payments",
    "read_funds",
    "reductions",
    "rules_for",
]

#: All accounts of the partners, not only those of funds: whoever pays or invoices locks them in this one order, too.
LOCK = """
SELECT id FROM ledger_ledgeraccount WHERE partnership_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

#: What is neither used nor promised of the grants of each partner, ended ones too.
GRANTS = """
SELECT a.partnership_id, a.currency, a.kind, g.id, a.id, g.remaining - g.reserved, g.valid_from, g.usable_to,
       g.use_rule_id, g.variant_ids
FROM ledger_ledgeraccount a JOIN funds_fundgrant g ON g.account_id = a.id AND g.remaining > 0
WHERE a.partnership_id = ANY(%(partnerships)s::bigint[]) AND g.remaining > g.reserved
"""

#: Of each partner the rules of its narrowest audience by kind, and those that its grants name.
RULES = """
WITH asked AS MATERIALIZED (
    SELECT p.id, p.upstream_id, p.grade_id, grouped.ancestors AS groups
    FROM parties_partnership p LEFT JOIN parties_partnergroup grouped ON grouped.id = p.group_id
    WHERE p.id = ANY(%(partnerships)s::bigint[])
), fitting AS MATERIALIZED (
    SELECT asked.id AS asked_id, r.id, r.kind,
        CASE WHEN r.partnership_id IS NOT NULL THEN 1000000
             WHEN r.group_id IS NOT NULL THEN 1000 + array_position(asked.groups, r.group_id)
             WHEN r.grade_id IS NOT NULL THEN 1 ELSE 0 END AS depth
    FROM asked JOIN funds_funduserule r ON r.organization_id = asked.upstream_id AND r.is_active
    WHERE r.partnership_id = asked.id OR r.group_id = ANY(asked.groups) OR r.grade_id = asked.grade_id
       OR num_nonnulls(r.partnership_id, r.group_id, r.grade_id) = 0
), general AS (
    SELECT asked_id, id FROM fitting f
    WHERE depth = (SELECT max(depth) FROM fitting o WHERE o.asked_id = f.asked_id AND o.kind = f.kind)
), named AS (
    SELECT DISTINCT g.partnership_id AS asked_id, g.use_rule_id AS id FROM funds_fundgrant g
    WHERE g.partnership_id = ANY(%(partnerships)s::bigint[]) AND g.remaining > g.reserved
      AND g.use_rule_id IS NOT NULL
), wanted AS (
    SELECT asked_id, id, true AS is_general FROM general
    UNION ALL SELECT asked_id, id, false FROM named n
    WHERE NOT EXISTS (SELECT FROM general WHERE general.asked_id = n.asked_id AND general.id = n.id)
)
SELECT wanted.asked_id, r.id, r.kind, r.priority, r.mode, r.treatment, r.max_percent, r.min_order, r.with_promotions,
       r.currency, wanted.is_general, scopes.document
FROM wanted JOIN funds_funduserule r ON r.id = wanted.id AND r.is_active
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(s.excludes, s.variant_id, s.product_id, s.category_id, s.brand_id)) AS document
    FROM funds_funduserulescope s WHERE s.rule_id = r.id
) scopes ON true
"""


def lock_funds(partnership_ids: Iterable[int]) -> FundBook:
    """Lock the ledger accounts of these partners and read what their funds hold; three statements.

    With the accounts their grants stand still: whoever moves a grant locks its account before.
    """
    wanted = sorted(set(partnership_ids))
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [numbers(wanted)])
    return read_funds(wanted)


def read_funds(partnership_ids: Iterable[int]) -> FundBook:
    """What the funds of these partners hold now; two statements, one where they hold nothing."""
    values = {"partnerships": numbers(sorted(set(partnership_ids)))}
    book = FundBook()
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, values)
        for partnership_id, currency, kind, *columns, variants in cursor.fetchall():
            grants = book.grants.setdefault((partnership_id, currency, FundKind(kind)), [])
            grants.append(GrantState(*columns, frozenset(variants)))  # type: ignore[call-arg]
        if book.grants:
            cursor.execute(RULES, values)
            for row in cursor.fetchall():
                book.rules[row[0]] = (*book.rules.get(row[0], ()), _rule(row[1:]))
    for grants in book.grants.values():
        grants.sort(key=lambda grant: grant.place)
    return book


def _rule(row: tuple[Any, ...]) -> FundRule:
    pk, kind, priority, mode, treatment, percent, least, promoted, currency, is_general, document = row
    scopes = json.loads(document) if isinstance(document, str) else document or []
    return FundRule(
        pk,
        FundKind(kind),
        priority,
        FundMode(mode),
        FundTreatment(treatment),
        Decimal(percent),
        Decimal(least),
        promoted,
        currency,
        tuple(ProductScope(*ids) for excludes, *ids in scopes if not excludes),
        tuple(ProductScope(*ids) for excludes, *ids in scopes if excludes),
        is_general,
    )


def reductions(book: FundBook, asks: Sequence[FundAsk]) -> list[Taken]:
    """What funds that lower the price take of each document, in the order of the asks; on `unpaid` of each line."""
    return [take_stage(book, ask, FundTreatment.PRICE_REDUCTION) for ask in asks]


def payments(book: FundBook, asks: Sequence[FundAsk]) -> list[Taken]:
    """What funds pay of each document with tax, after `reductions` of the same book; on `payable` of each line."""
    return [take_stage(book, ask, FundTreatment.PAYMENT) for ask in asks]
