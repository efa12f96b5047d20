"""What one gives to have a contract drafted: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ordercenter.contracts.enums import ContractSide, PricePeriod, PricingDate, Renewal
from ordercenter.contracts.shapes import PriceTier


@dataclass(frozen=True, slots=True)
class FormulaDraft:
    """A formula over indexes: (index, weight, value at the start); `threshold` and `cap` in percent."""

    fixed_share: Decimal
    terms: Sequence[tuple[int, Decimal, Decimal]]
    threshold: Decimal = Decimal(0)
    cap: Decimal | None = None
    period: PricePeriod = PricePeriod.MONTH


@dataclass(frozen=True, slots=True)
class ContractLineDraft:
    """Goods by variant or category, or a text. No price: that of the lists; with `tiers` theirs."""

    variant_id: int | None = None
    category_id: int | None = None
    text: str = ""
    uom_id: int | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    allowance: Decimal = Decimal(0)
    price: Decimal | None = None
    tiers: Sequence[PriceTier] = ()
    formula: FormulaDraft | None = None
    minimum: Decimal | None = None
    pack: Decimal | None = None
    lead_days: int | None = None
    guaranteed_min: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """A clause of the library by its id; another `text` than its own deviates and says why."""

    clause_id: int
    text: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A step of the payment plan."""

    milestone: str
    percent: Decimal
    due: str = ""


@dataclass(frozen=True, slots=True)
class SignerDraft:
    """Who signs for a side: a person, or anybody who may sign for it."""

    side: ContractSide
    user_id: int | None = None
    name: str = ""
    capacity: str = ""


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract, whole. `clauses` None: those of the template; `signers` empty: one of each side."""

    type_id: int
    partnership_id: int
    title: str
    effective_on: date
    ends_on: date | None = None
    language: str = "zh-hans"
    payment_terms: str = ""
    delivery_terms: str = ""
    warranty: str = ""
    limit_amount: Decimal | None = None
    allowance: Decimal = Decimal(0)
    pricing_date: PricingDate = PricingDate.ORDER
    renewal: Renewal = Renewal.NONE
    renewal_times: int = 0
    renewal_months: int = 12
    notice_days: int = 30
    sign_by: date | None = None
    parent_id: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[ContractLineDraft] = ()
    clauses: Sequence[ClauseDraft] | None = None
    payments: Sequence[PaymentDraft] = ()
    signers: Sequence[SignerDraft] = ()
