"""A buyer pays through its seller's payment provider: asked for here, paid there, believed when that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.parties.models import Partnership, PaymentMethod
from ordercenter.ledger.funds.kinds import FundTreatment
from ordercenter.ledger.funds.models import FundGrant, FundReservation
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.models import Order
from ordercenter.payments.arrive import SOURCE, is_here
from ordercenter.payments.enums import ARRIVED, PaymentStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Payment, PaymentTarget
from ordercenter.payments.providers import Opened, missing, provider_for, provider_of
from ordercenter.payments.record import PaymentDraft, write_payments
from ordercenter.payments.told import tell

PERMISSION = "payments.pay"
ZERO = Decimal(0)
UNDER_WAY = (PaymentStatus.PENDING, PaymentStatus.FAILED)
DEAD = ("cancelled", "declined", "draft", "pending_approval", "rejected")


@dataclass(frozen=True, slots=True)
class StartDraft:
    """What a buyer wants to pay: open items, an invoice's, or an order, or so much into its prepaid cash with a seller.

    `amount` None: all that is left of the items or the order. One of the four is given.
    """

    partnership_id: int | None = None
    order_id: int | None = None
    invoice_id: int | None = None
    open_items: Sequence[int] = ()
    amount: Decimal | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to pay, and through whom."""

    partnership: Partnership
    currency: str
    amount: Decimal
    provider: str
    order_id: int | None = None
    open_items: tuple[int, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether it is something that is owed, and not money to be kept."""
        return bool(self.order_id or self.open_items)


def due_of(actor: Actor, draft: StartDraft) -> Due:
    """What the actor's organization could pay online; amount 0 where nothing is left.

    Raises NOT_FOUND for an order, item or seller that it does not buy from, PROVIDER_MISSING where the seller has set
    up none, CURRENCY_MISMATCH for items in several.
    """
    if draft.order_id:
        return _of_order(actor, draft.order_id)
    if draft.invoice_id:
        return _of_items(actor, _items_of(actor, draft.invoice_id))
    if draft.open_items:
        return _of_items(actor, tuple(dict.fromkeys(draft.open_items)))
    where = _partnership(actor, pk=draft.partnership_id)
    return Due(where, where.currency, ZERO, _provider(where.upstream_id))


def payment_start(actor: Actor, draft: StartDraft) -> Payment:
    """Write down that the buyer is about to pay; a payment for the very same that is not under way yet is used again.

    More than is owed may be paid, and stays on prepaid cash. Raises NOT_FOUND, CURRENCY_MISMATCH, PROVIDER_MISSING,
    NOTHING_OWED, INVALID or AMOUNT_PRECISION (amount).
    """
    actor.require(PERMISSION)
    due = due_of(actor, draft)
    amount = due.amount if draft.amount is None else draft.amount
    raise_all(_problems(due, draft, amount))
    with transaction.atomic():
        # Who starts the same twice at once waits here, and finds the first.
        Partnership.objects.select_for_update(no_key=True).get(pk=due.partnership.pk)
        known = _known(due, amount)
        if known is not None:
            return known
        return write_payments(
            actor,
            [
                PaymentDraft(
                    due.partnership.pk,
                    amount,
                    due.currency,
                    open_items=due.open_items,
                    method=PaymentMethod.ONLINE,
                    provider=due.provider,
                    key=draft.key,
                    order_id=due.order_id,
                )
            ],
            PaymentStatus.PENDING,
        )[0]


def payment_open(actor: Actor, payment_id: int) -> Opened:
    """What the buyer's browser needs to pay: the provider is asked for the payment, once by its key.

    Raises NOT_FOUND, INVALID_TRANSITION (it has come, or was given up), PROVIDER_MISSING, PROVIDER_UNAVAILABLE,
    PROVIDER_REFUSED. Goes outside: not to be called in a transaction.
    """
    actor.require(PERMISSION)
    payment = _own(actor, payment_id)
    if is_here(payment) or payment.status == PaymentStatus.CANCELLED:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This payment is not open any more."), "payment")
    opened = provider_of(payment.provider).open(payment)
    tell(opened.state, payment.seller_id, payment.provider)
    return opened


def payment_check(actor: Actor, payment_id: int) -> Payment:
    """Ask the provider how far a payment of one's own trades has come; either side may. Goes outside.

    Raises NOT_FOUND, PROVIDER_UNAVAILABLE.
    """
    payment = _seen(actor, payment_id)
    if not is_here(payment) and payment.status != PaymentStatus.CANCELLED:
        check(payment)
    return Payment.objects.select_related("seller", "buyer", "partnership").get(pk=payment.pk)


def check(payment: Payment) -> None:
    """Bring what the provider says of a payment into the books."""
    state = provider_of(payment.provider).find(payment)
    if state is not None:
        tell(state, payment.seller_id, payment.provider)


def payment_cancel(actor: Actor, payment_id: int) -> Payment:
    """Give up a payment that has not come: the provider takes it no longer. Either side may. Goes outside.

    Raises NOT_FOUND, INVALID_TRANSITION (it has come, or comes), PROVIDER_UNAVAILABLE, PROVIDER_REFUSED.
    """
    payment = _seen(actor, payment_id)
    actor.require(PERMISSION if actor.own_id == payment.buyer_id else "payments.manage")
    if payment.status == PaymentStatus.CANCELLED:
        return payment
    if payment.status not in UNDER_WAY:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This payment can no longer be given up."), "payment")
    state = provider_of(payment.provider).cancel(payment)
    with transaction.atomic():
        if state is not None:
            tell(state, payment.seller_id, payment.provider)
        else:
            _give_up(payment)
    payment.refresh_from_db()
    if is_here(payment):
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("The payment has just come in."), "payment")
    return payment


def _give_up(payment: Payment) -> None:
    """The provider never heard of it; it will not, as nobody asks for a payment that was given up."""
    Payment.objects.filter(pk=payment.pk, status__in=UNDER_WAY, provider_reference="").update(
        status=PaymentStatus.CANCELLED
    )


def _problems(due: Due, draft: StartDraft, amount: Decimal) -> list[DomainError]:
    if draft.amount is None and amount <= 0 and due.is_named:
        return [DomainError(PaymentErrorCode.NOTHING_OWED, _("Nothing is left to pay."))]
    found = amount_problem(amount, due.currency) or provider_of(due.provider).amount_problem(amount, due.currency)
    if found is None:
        return []
    return [DomainError(PaymentErrorCode.__members__.get(found.code, found.code), found.message, "amount")]


def _known(due: Due, amount: Decimal) -> Payment | None:
    rows = Payment.objects.filter(
        partnership=due.partnership.pk,
        currency=due.currency,
        amount=amount,
        provider=due.provider,
        order=due.order_id,
        status__in=UNDER_WAY,
    )
    targets: dict[int, list[int]] = {row.pk: [] for row in rows}
    for payment, item in PaymentTarget.objects.filter(payment__in=targets).values_list("payment_id", "open_item_id"):
        targets[payment].append(item)
    return next((row for row in rows if sorted(targets[row.pk]) == sorted(due.open_items)), None)


def _of_order(actor: Actor, order_id: int) -> Due:
    order = Order.objects.visible_to(actor).filter(pk=order_id, buyer=actor.own_id).first()
    if order is None:
        raise not_found("order")
    provider = _provider(order.seller_id)
    where = _partnership(actor, upstream=order.seller_id)
    left = order.gross - order.cancelled_gross - order.credited - order.paid - _coming(order)
    left = ZERO if order.status in DEAD else max(left, ZERO)
    return Due(where, order.currency, left, provider, order_id)


def _provider(seller_id: int) -> str:
    """Asked before the sums are made: most sellers may have none."""
    found = provider_for(seller_id)
    if not found:
        raise missing()
    return found


def _coming(order: Order) -> Decimal:
    """What is there for the order and waits for its invoices: promised by funds, and paid for it before."""
    promised = FundReservation.objects.filter(order=order.pk, treatment=FundTreatment.PAYMENT)
    open_part = F("amount") - F("used") - F("freed")
    payments = Payment.objects.filter(order=order.pk, status__in=ARRIVED).values("pk")
    grants = FundGrant.objects.filter(source_kind=SOURCE, source_id__in=payments)
    funds = promised.aggregate(whole=Sum(open_part))["whole"] or ZERO
    return funds + (grants.aggregate(whole=Sum(F("remaining") - F("reserved")))["whole"] or ZERO)


def _items_of(actor: Actor, invoice_id: int) -> tuple[int, ...]:
    rows = OpenItem.objects.filter(document_kind="invoice", document_id=invoice_id, buyer=actor.own_id)
    return tuple(rows.order_by("due_on", "pk").values_list("pk", flat=True))


def _of_items(actor: Actor, items: tuple[int, ...]) -> Due:
    rows = list(OpenItem.objects.filter(pk__in=items, buyer=actor.own_id))
    if len(rows) != len(items) or len({row.partnership_id for row in rows}) != 1:
        raise not_found("open_items")
    currencies = {row.currency for row in rows}
    if len(currencies) != 1:
        text = _("Pay what is owed in one currency at a time.")
        raise DomainError(PaymentErrorCode.CURRENCY_MISMATCH, text, "open_items")
    provider = _provider(rows[0].seller_id)
    where = _partnership(actor, pk=rows[0].partnership_id)
    left = sum((row.open for row in rows), ZERO)
    return Due(where, currencies.pop(), left, provider, None, items)


def _partnership(actor: Actor, **which: object) -> Partnership:
    rows = Partnership.objects.visible_to(actor).filter(downstream=actor.own_id, **which)
    found = rows.select_related("upstream").first()
    if found is None:
        raise not_found("partnership")
    return found


def _own(actor: Actor, payment_id: int) -> Payment:
    found = _seen(actor, payment_id)
    if found.buyer_id != actor.own_id:
        raise not_found("payment")
    return found


def _seen(actor: Actor, payment_id: int) -> Payment:
    rows = Payment.objects.visible_to(actor).filter(pk=payment_id, method=PaymentMethod.ONLINE)
    found = rows.select_related("seller", "buyer", "partnership").first()
    if found is None:
        raise not_found("payment")
    return found
