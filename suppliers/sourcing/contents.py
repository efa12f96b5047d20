"""The content of a version: kept as canonical parts, and as lines once it may be read."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ordercenter.quotes.models import QuoteLine, QuotePayload, QuoteTier, QuoteVersion
from suppliers.sourcing.checking import Asked
from suppliers.sourcing.offers import QuoteContent, read_offer


def write_lines(versions: Iterable[tuple[QuoteVersion, QuoteContent]], asked: Asked) -> list[QuoteLine]:
    """The lines and tiers of these versions, in two statements whatever their number."""
    pairs = [(version, line, asked.lines[line.line]) for version, offer in versions for line in offer.lines]
    rows = QuoteLine.objects.bulk_create(
        QuoteLine(
            seller_id=version.seller_id,
            buyer_id=version.buyer_id,
            version=version,
            source_line=wanted.pk,
            position=line.line,
            variant_id=wanted.variant_id,
            text=wanted.text,
            uom_id=wanted.uom_id,
            quantity=wanted.quantity,
            price=line.price_at(wanted.quantity),
            tax_rate=line.tax_rate,
            lead_days=line.lead_days,
            valid_until=line.valid_until,
            values={code: text for code, text in line.values.items() if text.strip()},
        )
        for version, line, wanted in pairs
    )
    QuoteTier.objects.bulk_create(
        QuoteTier(
            seller_id=row.seller_id,
            buyer_id=row.buyer_id,
            line=row,
            above=tier.above,
            up_to=tier.up_to,
            price=tier.price,
        )
        for row, (_version, line, _wanted) in zip(rows, pairs, strict=True)
        for tier in line.tiers
    )
    return rows


def plain_offer(version_id: int) -> QuoteContent | None:
    """The offer of a version whose parts are plain; None for a sealed one, or one whose content is gone."""
    rows = list(QuotePayload.objects.filter(version=version_id).order_by("lot", "envelope"))
    if not rows or any(row.sealed for row in rows):
        return None
    return read_offer(json.loads(bytes(row.content)) for row in rows)
