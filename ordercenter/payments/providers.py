"""What this room asks of a payment provider: who stands above registers itself, this room never imports it.

Every method of a provider goes outside: none is called inside a transaction, and none raises for what another try may
mend but ProviderUnavailable. What a provider tells is its object as it is now, not what a message said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from ordercenter.payments.enums import ChargebackStatus, PaymentStatus, RefundStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Payment, ProviderEvent, Refund


class ProviderUnavailable(DomainError):
    """It did not answer, or answered that it cannot now: whether anything has happened there is not known."""

    def __init__(self) -> None:
        text = _("The payment provider does not answer. Try again in a moment; nothing is paid twice.")
        super().__init__(PaymentErrorCode.PROVIDER_UNAVAILABLE, text)


class ProviderRefused(DomainError):
    """It said no, and will say so again."""

    def __init__(self, why: str) -> None:
        text = _("The payment provider refused: %(why)s") % {"why": why}
        super().__init__(PaymentErrorCode.PROVIDER_REFUSED, text)
        self.why = why


@dataclass(frozen=True, slots=True)
class IntentState:
    """A payment as the provider has it. `key`: ours, '' where it is none of ours; `amount`: what has come, or shall."""

    reference: str
    key: str
    status: PaymentStatus
    amount: Decimal
    currency: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund as the provider has it; `payment_reference`: of which payment."""

    reference: str
    key: str
    payment_reference: str
    status: RefundStatus
    amount: Decimal
    currency: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ChargebackState:
    """A payment called back. `taken`: the provider has taken the money from the seller, and not given it back."""

    reference: str
    payment_reference: str
    status: ChargebackStatus
    taken: bool
    amount: Decimal
    currency: str
    reason: str = ""


State = IntentState | RefundState | ChargebackState


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser needs to pay: both are made for it, neither lets it do anything else."""

    state: IntentState
    public_key: str
    client_secret: str


class Provider(Protocol):
    """A payment provider; an organization has at most one account with it."""

    def ready(self, organization_ids: Collection[int]) -> Collection[int]:
        """Which of these sellers can be paid through it; one statement, nothing outside."""

    def amount_problem(self, amount: Decimal, currency: str) -> DomainError | None:
        """Why it cannot take this amount; nothing outside."""

    def open(self, payment: Payment) -> Opened:
        """Ask for the payment, once by its key, or find it as it is. Raises ProviderUnavailable, ProviderRefused."""

    def find(self, payment: Payment) -> IntentState | None:
        """The payment as the provider has it, by reference or by key; None where it never heard of it."""

    def cancel(self, payment: Payment) -> IntentState | None:
        """Ask for it no longer; as it is then: it may have been paid in the meantime."""

    def refund(self, refund: Refund) -> RefundState:
        """Send money back, once by the refund's key. Raises ProviderUnavailable, ProviderRefused."""

    def find_refund(self, refund: Refund) -> RefundState | None:
        """The refund as the provider has it."""

    def read(self, event: ProviderEvent) -> Sequence[State]:
        """What a message is about, as it is now; nothing where it does not concern this room."""


_providers: dict[str, Provider] = {}


def register_provider(name: str, provider: Provider) -> None:
    """Make a provider known under its name, one of `PaymentProvider`. From AppConfig.ready."""
    _providers[name] = provider


def provider_of(name: str) -> Provider:
    """The provider of this name; raises PROVIDER_MISSING."""
    if name not in _providers:
        raise missing()
    return _providers[name]


def provider_for(seller_id: int) -> str:
    """Through whom a seller can be paid online; '' where it cannot. One statement."""
    return next((name for name, one in sorted(_providers.items()) if seller_id in one.ready([seller_id])), "")


def ready_sellers(seller_ids: Collection[int]) -> set[int]:
    """Which of these sellers can be paid online; one statement for each provider."""
    return {seller for one in _providers.values() for seller in one.ready(seller_ids)} if seller_ids else set()


def goes_outside(name: str) -> bool:
    """Whether payments of this kind stand at a provider, and not at the bank."""
    return name in _providers


def missing() -> DomainError:
    """The seller has set up no provider."""
    return DomainError(PaymentErrorCode.PROVIDER_MISSING, _("This seller cannot be paid online."))
