"""How a quote comes in: through the gate, stamped by the database, one version after the other (sourcing §3.6, §1)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.canonical import canonical
from marketplace.core.errors import DomainError, not_found
from marketplace.core.gate import Gate, receiving
from marketplace.core.numbering import next_numbers
from ordercenter.quotes.enums import QuoteStatus, VersionKind
from ordercenter.quotes.models import Quote, QuotePayload, QuoteVersion
from suppliers.sourcing import hooks
from suppliers.sourcing.checking import Asked
from suppliers.sourcing.contents import write_lines
from suppliers.sourcing.enums import Confidentiality, ParticipationStatus, SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.life import TAKING
from suppliers.sourcing.may import may_in
from suppliers.sourcing.models import Participation, Round, RoundQuote, SourcingEvent
from suppliers.sourcing.offers import QuoteContent, parts_of

TAG = b"entrepot.quote.v1\n"
QUOTING = (ParticipationStatus.ADMITTED, ParticipationStatus.SUBMITTED)
AFTER = (
    SourcingEventStatus.QUOTES_CLOSED, SourcingEventStatus.OPENED, SourcingEventStatus.COMPARING,
    SourcingEventStatus.AWARDED, SourcingEventStatus.COMPLETED, SourcingEventStatus.UNSUCCESSFUL,
    SourcingEventStatus.CANCELLED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passed:
    """A supplier that is through the gate: everything is locked, and the instant is stamped."""

    at: datetime
    event: SourcingEvent
    round: Round
    participation: Participation
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version that came in. `parts`: by (lot, envelope) the canonical content of a SUBMIT; it is nowhere in the
    database for a sealed quote before a hook has sealed it. `of`: the SUBMIT that a CONFIRM or WITHDRAW repeats."""

    passed: Passed
    version: QuoteVersion
    parts: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict, repr=False)
    of: QuoteVersion | None = None


def participation_of(seller_id: int | None, participation_id: int, field: str = "participation") -> Participation:
    """The supplier's own participation, read without a lock; raises NOT_FOUND."""
    row = Participation.objects.filter(pk=participation_id, seller=seller_id).first()
    if row is None:
        raise not_found(field)
    return row


def pass_gate(participation: Participation, surrogate: bool = False) -> Passed:
    """Stamp the caller, wait for its turn, lock what it changes; raises what keeps anybody from quoting now.

    `surrogate`: the buyer enters a written quote for a supplier, which has answered nothing here.
    NOT_OPEN, QUOTES_CLOSED, PAUSED, NOT_ADMITTED, ADDENDUM_UNSEEN, SUPPLIER_BARRED. Call it first in a transaction.
    """
    at = receiving(Gate.SOURCING_EVENT, participation.event_id)
    event = SourcingEvent.objects.select_for_update(no_key=True).get(pk=participation.event_id)
    check_time(event, at)
    row = Participation.objects.select_related("seller").get(pk=participation.pk)
    if row.status not in ((*QUOTING, ParticipationStatus.INVITED) if surrogate else QUOTING):
        raise DomainError(Code.NOT_ADMITTED, _("Take part first, and wait to be admitted."), "participation")
    if row.event_version_seen < event.event_version and not surrogate:
        raise DomainError(Code.ADDENDUM_UNSEEN, _("Read and acknowledge the newest addendum first."), "participation")
    if row.partnership_id is not None:
        for refusal in may_in(event, {row.seller_id: row.seller.name}):
            raise refusal
    running = event.rounds.filter(closed_at=None).order_by("-no").first()
    if running is None:
        raise DomainError(Code.QUOTES_CLOSED, _("Quotes are closed."), "participation")
    if running.participants.exists() and not running.participants.filter(pk=row.pk).exists():
        raise DomainError(Code.NOT_ADMITTED, _("This round is for others."), "participation")
    quote = Quote.objects.filter(round_quote__round=running, round_quote__participation=row).first()
    return Passed(at, event, running, row, quote)


def check_time(event: SourcingEvent, at: datetime) -> None:
    """A quote is in time iff open_at <= at < close_at; raises PAUSED, QUOTES_CLOSED, NOT_OPEN.

    The deadline moves only before it has passed, and only by whoever holds the gate alone: so what is late now stays
    late, and nobody has to wait for the closing to be told.
    """
    if event.status == SourcingEventStatus.PAUSED:
        raise DomainError(Code.PAUSED, _("The event is paused: no quotes are taken."), "participation")
    if event.status in AFTER or (event.status in TAKING and at >= event.close_at):
        raise DomainError(Code.QUOTES_CLOSED, _("Quotes are closed."), "participation")
    if event.status not in TAKING or at < event.open_at:
        raise DomainError(Code.NOT_OPEN, _("Quotes are not open yet."), "participation")


def quote_of(passed: Passed, actor: Actor, currency: str) -> Quote:
    """The quote of this participation in the running round, made if it is not there."""
    if passed.quote is not None:
        return passed.quote
    row = passed.participation
    sides = {"seller_id": row.seller_id, "buyer_id": row.buyer_id}
    number = next_numbers(row.seller_id, "quote", "QT")[0]
    quote = Quote.objects.create(number=number, currency=currency, **sides)
    RoundQuote.objects.create(participation=row, round=passed.round, quote=quote, **sides)
    return quote


def new_version(
    passed: Passed, quote: Quote, actor: Actor, kind: VersionKind, of: QuoteVersion | None = None, **values: Any
) -> QuoteVersion:
    """The next version, with the next place in the round. Rows only; the content comes after."""
    passed.round.last_seq += 1
    passed.round.save(update_fields=["last_seq"])
    last = quote.versions.order_by("-no").first()
    return QuoteVersion.objects.create(
        seller_id=quote.seller_id,
        buyer_id=quote.buyer_id,
        quote=quote,
        no=last.no + 1 if last else 1,
        kind=kind,
        of=of,
        event_version=passed.event.event_version,
        received_at=passed.at,
        seq=passed.round.last_seq,
        **{"sent_by": actor.user, **values},
    )


def keep_content(passed: Passed, version: QuoteVersion, offer: QuoteContent, asked: Asked) -> dict[str, Any]:
    """Keep what was sent as its confidentiality says, and answer the receipt.

    OPEN and HIDDEN: plain parts with their commitments, and lines. SEALED: only the hooks keep anything.
    """
    head = {
        "event": passed.event.number,
        "round": passed.round.no,
        "supplier": passed.participation.code,
        "version": version.no,
    }
    parts = parts_of(offer, head, asked.lot_of, asked.columns, passed.event.two_envelopes)
    if passed.event.confidentiality != Confidentiality.SEALED:
        _keep_plain(version, parts)
        write_lines([(version, offer)], asked)
    if passed.event.confidentiality == Confidentiality.OPEN:
        return {}
    return hooks.arrived(Arrival(passed, version, parts))


def _keep_plain(version: QuoteVersion, parts: Mapping[tuple[int, str], Mapping[str, Any]]) -> None:
    rows = []
    for (lot, envelope), part in parts.items():
        content, nonce = canonical(part), os.urandom(32)
        rows.append(
            QuotePayload(
                seller_id=version.seller_id,
                buyer_id=version.buyer_id,
                version=version,
                lot=lot,
                envelope=envelope,
                content=content,
                nonce=nonce,
                commitment=sha256(TAG + nonce + content).hexdigest(),
            )
        )
    QuotePayload.objects.bulk_create(rows)


def after_submit(passed: Passed, quote: Quote, currency: str) -> None:
    """The quote stands; an open one is the buyer's to read at once, with the name of who sent it."""
    quote.status, quote.currency, quote.draft, quote.draft_saved_at = QuoteStatus.SUBMITTED, currency, None, None
    if passed.event.confidentiality == Confidentiality.OPEN:
        quote.disclosed_at = quote.disclosed_at or passed.at
        Participation.objects.filter(pk=passed.participation.pk).update(status=ParticipationStatus.SUBMITTED)
    quote.save()
