"""Write payments down: money that has come by bank, and money that is asked for at a provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record_all
from marketplace.core.numbering import numbers_for
from marketplace.parties.models import Partnership, PaymentMethod
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.arrive import arrive
from ordercenter.payments.enums import PaymentProvider, PaymentStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Payment, PaymentTarget

PREFIX = "PAY"
LENGTHS = {"reference": 255, "provider_reference": 255, "note": 500}


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A payment to be. `currency` '': the partnership's. `open_items`: what it is meant for, none: the oldest first.

    `order_id`: the order it is meant for, whose later invoices it clears, too; the caller has looked at it.
    `key`: the caller's own, so that the same payment is written once however often it is sent.
    """

    partnership_id: int
    amount: Decimal
    currency: str = ""
    reference: str = ""
    provider_reference: str = ""
    value_date: date | None = None
    open_items: Sequence[int] = ()
    method: str = PaymentMethod.BANK_TRANSFER
    provider: str = PaymentProvider.BANK
    note: str = ""
    key: str = ""
    order_id: int | None = None


def payment_record(actor: Actor, draft: PaymentDraft) -> Payment:
    """Write down money that has come; see `payment_record_all`."""
    return payment_record_all(actor, [draft])[0]


def payment_record_all(actor: Actor, drafts: Sequence[PaymentDraft]) -> list[Payment]:
    """Write down money of one's buyers that is here: posted and cleared at once, all or none.

    A draft whose key is known answers the payment that is there. A constant number of statements for any number.
    Raises all problems at once, each with its index: NOT_FOUND (partner, open item), INVALID, AMOUNT_PRECISION,
    CURRENCY_MISMATCH (an open item in another currency), DUPLICATE (the bank's reference is there already).
    """
    actor.require("payments.manage")
    return write_payments(actor, drafts, PaymentStatus.SUCCEEDED)


def write_payments(actor: Actor, drafts: Sequence[PaymentDraft], status: PaymentStatus) -> list[Payment]:
    """New payments in a status; SUCCEEDED ones are in the ledger when this returns. The caller has asked who may."""
    known = _known(drafts)
    fresh = [(index, draft) for index, draft in enumerate(drafts) if not draft.key or draft.key not in known]
    partners = _partners(actor, [draft for _index, draft in fresh])
    raise_all(_problems(actor, fresh, partners))
    with transaction.atomic():
        now = database_now()
        rows = [_row(actor, draft, partners[draft.partnership_id], status) for _index, draft in fresh]
        for row, number in zip(rows, numbers_for("payment", [(row.seller_id, PREFIX) for row in rows]), strict=True):
            row.number = number
            row.arrived_at = now if status == PaymentStatus.SUCCEEDED else None
        Payment.objects.bulk_create(rows)
        PaymentTarget.objects.bulk_create(
            PaymentTarget(payment=row, open_item_id=item, position=position)
            for row, (_index, draft) in zip(rows, fresh, strict=True)
            for position, item in enumerate(draft.open_items)
        )
        record_all(actor, [payment_event("payment.created", row) for row in rows])
        if status == PaymentStatus.SUCCEEDED:
            arrive(rows)
    made = {index: row for (index, _draft), row in zip(fresh, rows, strict=True)}
    return [made[index] if index in made else known[draft.key] for index, draft in enumerate(drafts)]


def _known(drafts: Sequence[PaymentDraft]) -> dict[str, Payment]:
    keys = {draft.key for draft in drafts if draft.key}
    return {row.key: row for row in Payment.objects.filter(key__in=keys)} if keys else {}


def _partners(actor: Actor, drafts: Sequence[PaymentDraft]) -> dict[int, Partnership]:
    """Partnerships in which the actor's organization sells or buys."""
    rows = Partnership.objects.visible_to(actor).filter(pk__in={draft.partnership_id for draft in drafts})
    return {row.pk: row for row in rows.select_related("upstream")}


def _row(actor: Actor, draft: PaymentDraft, where: Partnership, status: PaymentStatus) -> Payment:
    return Payment(
        seller=where.upstream,
        buyer_id=where.downstream_id,
        partnership=where,
        key=draft.key or uuid4().hex,
        provider=draft.provider,
        method=draft.method,
        currency=draft.currency or where.currency,
        amount=draft.amount,
        status=status,
        reference=draft.reference.strip(),
        provider_reference=draft.provider_reference.strip(),
        value_date=draft.value_date,
        note=draft.note.strip(),
        order_id=draft.order_id,
        created_by_id=actor.user_id,
    )


def _problems(
    actor: Actor, drafts: Sequence[tuple[int, PaymentDraft]], partners: Mapping[int, Partnership]
) -> Iterator[DomainError]:
    items = _items([draft for _index, draft in drafts])
    taken = _taken([draft for _index, draft in drafts])
    many = len(drafts) > 1
    for number, draft in drafts:
        index = number if many else None
        where = partners.get(draft.partnership_id)
        if where is None:
            yield not_found("partnership", index)
            continue
        currency = draft.currency or where.currency
        if problem := amount_problem(draft.amount, currency, index=index):
            yield DomainError(
                PaymentErrorCode.__members__.get(problem.code, problem.code), problem.message, "amount", index
            )
        for name, limit in LENGTHS.items():
            if len(getattr(draft, name)) > limit:
                text = _("At most %(limit)s characters.") % {"limit": limit}
                yield DomainError(CoreErrorCode.INVALID, text, name, index)
        if (where.upstream_id, draft.provider, draft.provider_reference.strip()) in taken:
            text = _("A payment with this reference of the bank is there already.")
            yield DomainError(CoreErrorCode.DUPLICATE, text, "provider_reference", index)
        for pk in draft.open_items:
            item = items.get(pk)
            if item is None or item.partnership_id != where.pk:
                yield not_found("open_items", index)
            elif item.currency != currency:
                text = _("%(number)s is owed in another currency.") % {"number": item.number}
                yield DomainError(PaymentErrorCode.CURRENCY_MISMATCH, text, "open_items", index)


def _items(drafts: Sequence[PaymentDraft]) -> dict[int, OpenItem]:
    wanted = {pk for draft in drafts for pk in draft.open_items}
    return {item.pk: item for item in OpenItem.objects.filter(pk__in=wanted)} if wanted else {}


def _taken(drafts: Sequence[PaymentDraft]) -> set[tuple[int, str, str]]:
    wanted = {draft.provider_reference.strip() for draft in drafts} - {""}
    rows = Payment.objects.filter(provider_reference__in=wanted) if wanted else Payment.objects.none()
    return set(rows.values_list("seller_id", "provider", "provider_reference"))
