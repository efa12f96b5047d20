"""Caps and coupons under lock, by id: level 3 of the one lock order (promotions §5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from marketplace.core.arrays import numbers
from ordercenter.promotions.book import Book, CapRow

MAKE = """
INSERT INTO promotions_promotioncap (organization_id, promotion_id, partnership_id, template_id, each, measure,
    variant_id, uom_id, "limit", reserved, used, updated_at)
SELECT cap.organization_id, cap.promotion_id, asked.partnership, cap.id, false, cap.measure, cap.variant_id, cap.uom_id,
    cap."limit", 0, 0, now()
FROM unnest(%s::bigint[], %s::bigint[]) AS asked(template, partnership)
JOIN promotions_promotioncap AS cap ON cap.id = asked.template
ORDER BY cap.id, asked.partnership
ON CONFLICT DO NOTHING
"""

LOCK_CAPS = """
SELECT id, promotion_id, partnership_id, template_id, each, measure, variant_id, uom_id, "limit", reserved, used
FROM promotions_promotioncap AS cap
WHERE id = ANY (%s::bigint[]) OR EXISTS (
    SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS asked(template, partnership)
    WHERE cap.template_id = asked.template AND cap.partnership_id = asked.partnership)
ORDER BY id FOR UPDATE
"""

LOCK_COUPONS = """
SELECT id, "limit", used, status FROM promotions_coupon WHERE id = ANY (%s::bigint[]) ORDER BY id FOR UPDATE
"""


def lock_caps(book: Book, wanted: Iterable[tuple[int, int]]) -> None:
    """Lock the caps of (root, partnership) and put into the book what they hold now; 1 statement, 0 without any.

    Where a limit of each partner meets a partner for the first time, one more makes its row.
    """
    pairs = sorted(set(wanted))
    rows = {row.id: (row, partner) for root, partner in pairs for row in book.caps_of(root, partner) if not row.each}
    missing = sorted({(row.id, partner) for root, partner in pairs for row in book.caps_of(root, partner) if row.each})
    if not rows and not missing:
        return
    templates = [numbers(column) for column in zip(*missing, strict=True)] if missing else ["{}", "{}"]
    with connection.cursor() as cursor:
        if missing:
            cursor.execute(MAKE, templates)
        cursor.execute(LOCK_CAPS, [numbers(sorted(rows)), *templates])
        found = [CapRow(*row) for row in cursor.fetchall()]
    for cap in found:
        known = book.caps.setdefault(cap.root, [])
        book.caps[cap.root] = [row for row in known if row.id != cap.id] + [cap]


def lock_coupons(book: Book) -> None:
    """Lock the coupons in the book and put in what is left of them; 1 statement, 0 without any."""
    by_id = {coupon.id: coupon for coupon in book.coupons.values()}
    if not by_id:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCK_COUPONS, [numbers(sorted(by_id))])
        for key, limit, used, status in cursor.fetchall():
            by_id[key].limit, by_id[key].used, by_id[key].status = limit, used, status
