"""Stripe as a payment provider: PaymentIntents, refunds and disputes, read as this product's states."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import stripe
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.stripe.client import asking, client_of
from integrations.stripe.minor import is_payable, to_minor
from integrations.stripe.models import StripeAccount
from integrations.stripe.reading import KEY, chargeback_of, intent_of, key_of, refund_of
from marketplace.core.errors import DomainError
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Payment, ProviderEvent, Refund
from ordercenter.payments.providers import (
    IntentState,
    Opened,
    ProviderRefused,
    RefundState,
    State,
    missing,
)

#: Stripe forgets idempotency keys after a day: what is older is looked for first.
KEY_LIFE = timedelta(hours=12)
#: How far Stripe's clock may be before ours when old objects are looked through.
SKEW = timedelta(minutes=10)


class Stripe:
    """See `ordercenter.payments.providers.Provider`."""

    def ready(self, organization_ids: Collection[int]) -> Collection[int]:
        rows = StripeAccount.objects.filter(organization__in=organization_ids, on=True)
        return set(rows.values_list("organization", flat=True))

    def amount_problem(self, amount: Decimal, currency: str) -> DomainError | None:
        if is_payable(amount, currency):
            return None
        text = _("Amounts as fine as this are not taken online in %(currency)s.") % {"currency": currency}
        return DomainError(PaymentErrorCode.AMOUNT_PRECISION, text, "amount")

    def open(self, payment: Payment) -> Opened:
        account = account_of(payment.seller_id)
        intent = self._intent(account, payment) or self._create(account, payment)
        return Opened(intent_of(intent), account.public_key, intent.client_secret or "")

    def find(self, payment: Payment) -> IntentState | None:
        intent = self._intent(account_of(payment.seller_id), payment, look=True)
        return None if intent is None else intent_of(intent)

    def cancel(self, payment: Payment) -> IntentState | None:
        account = account_of(payment.seller_id)
        intent = self._intent(account, payment, look=True)
        if intent is None:
            return None
        try:
            with asking():
                return intent_of(client_of(account).v1.payment_intents.cancel(intent.id))
        except ProviderRefused:
            # It has been paid or given up in the meantime: what it is now counts.
            return self.find(payment)

    def refund(self, refund: Refund) -> RefundState:
        account = account_of(refund.seller_id)
        if timezone.now() - refund.created_at > KEY_LIFE and (known := self._refund(account, refund)):
            return refund_of(known)
        with asking():
            made = client_of(account).v1.refunds.create(
                {
                    "payment_intent": refund.payment.provider_reference,
                    "amount": to_minor(refund.amount, refund.currency),
                    "metadata": {KEY: refund.key},
                },
                {"idempotency_key": f"refund-{refund.key}"},
            )
        return refund_of(made)

    def find_refund(self, refund: Refund) -> RefundState | None:
        account = account_of(refund.seller_id)
        if not refund.provider_reference:
            known = self._refund(account, refund)
            return None if known is None else refund_of(known)
        with asking():
            return refund_of(client_of(account).v1.refunds.retrieve(refund.provider_reference))

    def read(self, event: ProviderEvent) -> Sequence[State]:
        account = account_of(event.organization_id)
        with asking():
            return list(_read(client_of(account), event))

    def _create(self, account: StripeAccount, payment: Payment) -> stripe.PaymentIntent:
        with asking():
            return client_of(account).v1.payment_intents.create(
                {
                    "amount": to_minor(payment.amount, payment.currency),
                    "currency": payment.currency.lower(),
                    "metadata": {KEY: payment.key, "number": payment.number},
                },
                {"idempotency_key": f"payment-{payment.key}"},
            )

    def _intent(self, account: StripeAccount, payment: Payment, look: bool = False) -> stripe.PaymentIntent | None:
        """By reference; else by our key, for one that was made while the answer was lost."""
        client = client_of(account)
        if payment.provider_reference:
            with asking():
                return client.v1.payment_intents.retrieve(payment.provider_reference)
        if not look and timezone.now() - payment.created_at < KEY_LIFE:
            return None  # asked for again under the same key, Stripe answers the same
        since = (payment.created_at - SKEW).timestamp()
        with asking():
            return _by_key(client.v1.payment_intents.list({"limit": 100}), payment.key, since)

    def _refund(self, account: StripeAccount, refund: Refund) -> stripe.Refund | None:
        with asking():
            found = client_of(account).v1.refunds.list(
                {"payment_intent": refund.payment.provider_reference, "limit": 100}
            )
            return _by_key(found, refund.key, 0)


def account_of(organization_id: int) -> StripeAccount:
    """The account of an organization, on or off; raises PROVIDER_MISSING."""
    found = StripeAccount.objects.filter(organization=organization_id).first()
    if found is None:
        raise missing()
    return found


def _by_key(listed: Any, key: str, since: float) -> Any:
    """The object with our key, newest first, looking no further back than `since`."""
    for one in listed.auto_paging_iter():
        if one.created < since:
            return None
        if key_of(one) == key:
            return one
    return None


def _read(client: stripe.StripeClient, event: ProviderEvent) -> Iterator[State]:
    """The object of an event as Stripe has it now, whatever the event says of it."""
    if event.about.startswith("pi_"):
        yield intent_of(client.v1.payment_intents.retrieve(event.about))
    elif event.about.startswith(("re_", "pyr_")):
        yield refund_of(client.v1.refunds.retrieve(event.about))
    elif event.about.startswith(("dp_", "du_")):
        yield chargeback_of(client.v1.disputes.retrieve(event.about))
    elif event.about.startswith(("ch_", "py_")) and event.payment_reference:
        yield intent_of(client.v1.payment_intents.retrieve(event.payment_reference))
        refunds = client.v1.refunds.list({"payment_intent": event.payment_reference, "limit": 100})
        yield from (refund_of(one) for one in refunds.auto_paging_iter())
