"""Send a quote, say that it still holds, take it back; and keep what is not sent yet (sourcing §3.5, §3.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.gate import clock
from ordercenter.quotes.enums import QuoteStatus, VersionKind
from ordercenter.quotes.models import Quote, QuoteVersion
from suppliers.sourcing import hooks
from suppliers.sourcing.arriving import (
    Arrival,
    Passed,
    after_submit,
    check_time,
    keep_content,
    new_version,
    participation_of,
    pass_gate,
    quote_of,
)
from suppliers.sourcing.checking import Asked, offer_problems
from suppliers.sourcing.contents import plain_offer
from suppliers.sourcing.counting import counted
from suppliers.sourcing.enums import Confidentiality
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import QUOTE as QUOTE_AGGREGATE
from suppliers.sourcing.models import Participation, Round, RoundQuote, SourcingEvent
from suppliers.sourcing.offers import QuoteContent, offer_json, read_offer
from suppliers.sourcing.sealing import Unreadable, symmetric_open, symmetric_seal

SUBMIT = "quotes.submit"


@dataclass(frozen=True, slots=True)
class Sent:
    """A version that was accepted, and the receipt its sender keeps (empty for open quotes)."""

    quote: Quote
    version: QuoteVersion
    receipt: Mapping[str, Any] = field(default_factory=dict, repr=False)


def quote_save(actor: Actor, participation_id: int, offer: QuoteContent) -> Quote:
    """Keep a draft, right or wrong; encrypted by the application, readable by its own side only. Nothing is sent.

    Raises NOT_FOUND, NOT_ADMITTED, NOT_OPEN, QUOTES_CLOSED, PAUSED.
    """
    actor.require(SUBMIT)
    row = participation_of(actor.organization_id, participation_id)
    with transaction.atomic():
        event = SourcingEvent.objects.select_for_update(no_key=True).get(pk=row.event_id)
        check_time(event, now := clock())
        running = event.rounds.get(closed_at=None)
        found = Quote.objects.filter(round_quote__round=running, round_quote__participation=row).first()
        quote = quote_of(Passed(now, event, running, row, found), actor, offer.currency)
        quote.draft = sealed_draft(quote.pk, offer)
        quote.draft_saved_at = now
        quote.save(update_fields=["draft", "draft_saved_at"])
    return quote


def quote_submit(actor: Actor, participation_id: int, offer: QuoteContent) -> Sent:
    """Send a quote, or replace the one sent before; accepted means it is counted or superseded by its owner.

    Raises all problems at once by line and column (PRICE_INVALID, ABOVE_CEILING, PRICE_PRECISION, TIER_SHAPE,
    LOT_INCOMPLETE, VALUE_INVALID, NOT_IMPROVING, RATE_MISSING), or what keeps anybody from quoting: QUOTES_CLOSED,
    NOT_OPEN, PAUSED, NOT_ADMITTED, ADDENDUM_UNSEEN, SUPPLIER_BARRED.
    """
    actor.require(SUBMIT)
    row = participation_of(actor.organization_id, participation_id)
    with transaction.atomic():
        return send(actor, pass_gate(row), offer)


def send(actor: Actor, passed: Passed, offer: QuoteContent, **values: Any) -> Sent:
    """Write a version behind the gate. `values` go to the version (surrogate, who approved it)."""
    asked = Asked.of(passed.event)
    raise_all(offer_problems(asked, offer, earlier_offer(passed)))
    quote = quote_of(passed, actor, offer.currency)
    version = new_version(passed, quote, actor, VersionKind.SUBMIT, **values)
    receipt = keep_content(passed, version, offer, asked)
    after_submit(passed, quote, offer.currency)
    _record(actor, passed, quote, version)
    return Sent(quote, version, receipt)


def quote_confirm(actor: Actor, participation_id: int) -> Sent:
    """Say that the quote sent before answers the event as it is after the addendum. Raises as submitting, NOT_OPEN."""
    return _repeat(actor, participation_id, VersionKind.CONFIRM)


def quote_withdraw(actor: Actor, participation_id: int) -> Sent:
    """Take a quote back before close: it will never be opened."""
    return _repeat(actor, participation_id, VersionKind.WITHDRAW)


def _repeat(actor: Actor, participation_id: int, kind: VersionKind) -> Sent:
    actor.require(SUBMIT)
    row = participation_of(actor.organization_id, participation_id)
    with transaction.atomic():
        passed = pass_gate(row)
        quote = passed.quote
        last = QuoteVersion.objects.filter(quote=quote).order_by("-no").first() if quote else None
        if quote is None or last is None or last.kind == VersionKind.WITHDRAW:
            text = _("There is no quote of this round to confirm or to withdraw.")
            raise DomainError(Code.NOT_OPEN, text, "participation")
        of = last.of or last
        if kind == VersionKind.CONFIRM:
            _still_fits(passed, of)
        version = new_version(passed, quote, actor, kind, of)
        quote.status = QuoteStatus.WITHDRAWN if kind == VersionKind.WITHDRAW else QuoteStatus.SUBMITTED
        quote.save(update_fields=["status"])
        hidden = passed.event.confidentiality != Confidentiality.OPEN
        receipt = hooks.arrived(Arrival(passed, version, of=of)) if hidden else {}
        _record(actor, passed, quote, version)
    return Sent(quote, version, receipt)


def _still_fits(passed: Passed, of: QuoteVersion) -> None:
    """What an addendum changed may have made the old content wrong; a sealed one nobody can look at."""
    offer = plain_offer(of.pk)
    if offer is not None:
        raise_all(offer_problems(Asked.of(passed.event), offer, earlier_offer(passed)))


def earlier_offer(passed: Passed) -> QuoteContent | None:
    """What the round before must be improved on; None where nothing has to be."""
    if not passed.round.improving_only or passed.round.no == 1:
        return None
    before = counted(passed.event.pk, passed.round.no - 1).get(passed.participation.pk)
    return opened_offer(before.version_id) if before else None


def opened_offer(version_id: int) -> QuoteContent | None:
    """The content of a version of an earlier round: its plain parts, or the lines that its opening wrote."""
    found = plain_offer(version_id)
    if found is not None:
        return found
    version = QuoteVersion.objects.select_related("quote").prefetch_related("lines__tiers").get(pk=version_id)
    lines = [
        {
            "line": line.position,
            **({} if line.price is None else {"price": str(line.price)}),
            "tiers": [
                {"above": str(one.above), "up_to": one.up_to and str(one.up_to), "price": str(one.price)}
                for one in sorted(line.tiers.all(), key=lambda tier: tier.above)
            ],
            "values": line.values,
        }
        for line in version.lines.all()
    ]
    return read_offer([{"currency": version.quote.currency, "lines": lines}]) if lines else None


@dataclass(frozen=True, slots=True)
class Form:
    """What an own form shows, and when that was saved as a draft."""

    offer: QuoteContent
    saved_at: datetime | None


def form_of(participation: Participation) -> Form | None:
    """The form of the last round; None while it is empty, and before the event is published."""
    round_ = participation.event.rounds.order_by("-no").first()
    offer = current_offer(participation, round_) if round_ else None
    if offer is None:
        return None
    link = RoundQuote.objects.select_related("quote").filter(participation=participation, round=round_).first()
    return Form(offer, link.quote.draft_saved_at if link else None)


def current_offer(participation: Participation, round_: Round) -> QuoteContent | None:
    """What its own form shows: the draft, else what was sent last in this round, else in the round before.

    Never the content of a sealed quote: its sender has it in the receipt.
    """
    link = RoundQuote.objects.select_related("quote").filter(participation=participation, round=round_).first()
    if link is not None:
        drafted = opened_draft(link.quote)
        if drafted is not None:
            return drafted
        sent = link.quote.versions.filter(kind=VersionKind.SUBMIT).order_by("-no").first()
        if sent is not None:
            return plain_offer(sent.pk)
    if round_.no > 1:
        before = counted(round_.event_id, round_.no - 1).get(participation.pk)
        return opened_offer(before.version_id) if before else None
    return None


def sealed_draft(quote_id: int, offer: QuoteContent) -> bytes:
    """A draft as it lies in the database."""
    return symmetric_seal(_draft_key(), json.dumps(offer_json(offer)).encode(), _about(quote_id))


def opened_draft(quote: Quote) -> QuoteContent | None:
    """The draft; None where there is none, or where the program's secret key is no longer the one it was."""
    if not quote.draft:
        return None
    try:
        return read_offer([json.loads(symmetric_open(_draft_key(), bytes(quote.draft), _about(quote.pk)))])
    except Unreadable:
        return None


def _draft_key() -> bytes:
    return salted_hmac("suppliers.sourcing.draft", "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()


def _about(quote_id: int) -> bytes:
    return f"quote draft {quote_id}".encode()


def _record(actor: Actor, passed: Passed, quote: Quote, version: QuoteVersion) -> None:
    """Before the opening only the supplier's own side hears that there is a quote at all."""
    hears: tuple[int, ...] = (quote.seller_id,)
    if passed.event.confidentiality == Confidentiality.OPEN:
        hears = (quote.seller_id, quote.buyer_id)
    told = {"event": passed.event.pk, "number": quote.number, "version": version.no, "kind": version.kind}
    told["at"] = version.received_at.isoformat()
    record(actor, DomainEvent("sourcing.quote_received", QUOTE_AGGREGATE, quote.pk, hears, told))
