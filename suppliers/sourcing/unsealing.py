"""What an opening does with the key it has: every counted part out, checked, written, and minuted (sourcing §4.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from marketplace.core.canonical import amount_text, canonical, instant_text
from marketplace.core.money import round_money
from ordercenter.quotes.enums import QuoteStatus
from ordercenter.quotes.models import Quote, QuotePayload, QuoteVersion
from suppliers.sourcing.checking import Asked
from suppliers.sourcing.contents import write_lines
from suppliers.sourcing.counting import Counted, counted
from suppliers.sourcing.enums import Envelope, ParticipationStatus, SourcingEventStatus
from suppliers.sourcing.envelopes import entries_of, part_info
from suppliers.sourcing.merkle import root
from suppliers.sourcing.models import (
    OpenedPart,
    Opening,
    Participation,
    SealedEntry,
    SourcingEvent,
    TechnicalResult,
)
from suppliers.sourcing.offers import QuoteContent, read_offer
from suppliers.sourcing.sealing import Unreadable, unseal


@dataclass(frozen=True, slots=True)
class Found:
    """A counted part: its entry, and what was in it; None where it could not be read."""

    entry: SealedEntry
    content: tuple[bytes, bytes] | None


def open_envelope(event: SourcingEvent, opening: Opening, private: bytes, now: datetime) -> None:
    """Open every counted part of an envelope; in the caller's transaction, in as many statements for two as for many.

    Withdrawn and superseded versions stay shut, and so does the commercial envelope of who failed the technical one.
    A part that cannot be read is listed and goes to a person; the others open.
    """
    standing = _standing(event, opening)
    found = list(_unsealed(event, opening, standing, private))
    OpenedPart.objects.bulk_create(
        OpenedPart(
            seller_id=one.entry.seller_id,
            buyer_id=one.entry.buyer_id,
            entry=one.entry,
            opening=opening,
            nonce=one.content[0],
            part=one.content[1],
        )
        for one in found
        if one.content is not None
    )
    offers: dict[int, QuoteContent] = {}
    whole = {one.participation_id for one in standing.values()} - {
        one.entry.participation_id for one in found if one.content is None
    }
    if opening.envelope == Envelope.COMMERCIAL:
        offers = _written(event, [standing[pk] for pk in sorted(whole)])
        Quote.objects.filter(pk__in=[standing[pk].quote_id for pk in whole]).update(
            disclosed_at=now, status=QuoteStatus.OPENED
        )
        event.status = SourcingEventStatus.OPENED
        event.save(update_fields=["status"])
    Participation.objects.filter(pk__in=standing, status=ParticipationStatus.ADMITTED).update(
        status=ParticipationStatus.SUBMITTED
    )
    opening.opened_at = now
    opening.minutes = _minutes(event, opening, standing, found, offers)
    opening.minutes_hash = sha256(canonical(opening.minutes)).hexdigest()
    opening.save(update_fields=["opened_at", "minutes", "minutes_hash"])


def _standing(event: SourcingEvent, opening: Opening) -> dict[int, Counted]:
    """What counts of this round; a quote kept from the round before was opened then."""
    rows = {pk: one for pk, one in counted(event.pk, opening.round.no).items() if one.round_no == opening.round.no}
    if event.two_envelopes and opening.envelope == Envelope.COMMERCIAL:
        passed = TechnicalResult.objects.filter(decision__round=opening.round, passed=True)
        rows = {pk: rows[pk] for pk in passed.values_list("participation", flat=True) if pk in rows}
    return rows


def _unsealed(event: SourcingEvent, opening: Opening, standing: dict[int, Counted], private: bytes) -> Iterable[Found]:
    versions = [one.version_id for one in standing.values()]
    payloads = {
        (row.version_id, row.lot): row
        for row in QuotePayload.objects.filter(version__in=versions, envelope=opening.envelope, sealed=True)
    }
    entries = SealedEntry.objects.filter(version__in=versions, envelope=opening.envelope)
    for entry in entries.select_related("version", "participation").order_by("seq"):
        payload = payloads.get((entry.version_id, entry.lot))
        info = part_info(
            event, opening.round.no, entry.participation.code, entry.version.no, entry.lot, opening.envelope
        )
        try:
            committed = bytes.fromhex(entry.commitment)
            content = unseal(private, bytes(payload.content), info, committed) if payload else None
        except Unreadable:
            content = None
        yield Found(entry, content)


def _written(event: SourcingEvent, rows: list[Counted]) -> dict[int, QuoteContent]:
    """Write the lines of these quotes from everything that was opened of them; the offers by participation."""
    versions = QuoteVersion.objects.in_bulk([one.version_id for one in rows])
    parts: dict[int, list[Any]] = {}
    opened = OpenedPart.objects.filter(entry__version__in=versions).order_by("entry__lot", "entry__envelope")
    for version_id, part in opened.values_list("entry__version", "part"):
        parts.setdefault(version_id, []).append(json.loads(bytes(part)))
    offers = {one.participation_id: read_offer(parts.get(one.version_id, [])) for one in rows}
    write_lines(((versions[one.version_id], offers[one.participation_id]) for one in rows), Asked.of(event))
    return offers


def _minutes(
    event: SourcingEvent,
    opening: Opening,
    standing: dict[int, Counted],
    found: list[Found],
    offers: dict[int, QuoteContent],
) -> dict[str, Any]:
    """The record of the opening, whose hash the openers sign."""
    entries = entries_of(opening.round, opening.envelope)
    made = root(entries).hex()
    people = opening.shares.select_related("opener__user").order_by("given_at")
    names = dict(Participation.objects.filter(pk__in=standing).values_list("pk", "seller__name"))
    quantities = {line.position: line.quantity for line in event.lines.all()}
    return {
        "event": event.number,
        "round": opening.round.no,
        "envelope": opening.envelope.upper(),
        "opened_at": instant_text(opening.opened_at or opening.started_at),
        "entries": len(entries),
        "root": made,
        "root_published": opening.round.roots.get(opening.envelope, ""),
        "openers": [{"name": one.opener.user.name, "at": instant_text(one.given_at)} for one in people],
        "quotes": [
            {
                "supplier": names[one.entry.participation_id],
                "code": one.entry.participation.code,
                "lot": one.entry.lot,
                "seq": one.entry.seq,
                "version": one.entry.version.no,
                "received_at": instant_text(one.entry.version.received_at),
                "commitment": one.entry.commitment,
                "readable": one.content is not None,
                **_total(one.entry, offers, quantities),
            }
            for one in found
        ],
    }


def _total(entry: SealedEntry, offers: dict[int, QuoteContent], quantities: dict[int, Decimal]) -> dict[str, str]:
    """The sum of R(quantity × price) of a supplier's whole quote, in its own currency; nothing for other envelopes."""
    offer = offers.get(entry.participation_id)
    if offer is None:
        return {}
    total = Decimal(0)
    for line in offer.lines:
        price = line.price_at(quantities[line.line])
        if price is not None:
            total += round_money(quantities[line.line] * price, offer.currency)
    return {"total": amount_text(total, offer.currency), "currency": offer.currency}
