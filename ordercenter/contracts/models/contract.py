"""A contract: who agreed what with whom, for which goods at which prices, up to how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, PriceField, QuantityField
from marketplace.core.rows import TradeQuerySet, TradeRow
from ordercenter.contracts.enums import (
    ContractKind,
    ContractStatus,
    LimitBasis,
    PricePeriod,
    PricingDate,
    Renewal,
    SignatureRule,
)
from ordercenter.contracts.models.set_up import ContractClause, ContractTemplate, ContractType

#: What the side that does not keep a contract does not see yet.
INSIDE = (ContractStatus.DRAFT, ContractStatus.PENDING_APPROVAL, ContractStatus.REJECTED)
FOUR = Decimal("0.0001")


class ContractQuerySet(TradeQuerySet):
    """Contracts, or parts of them: `path` is the way from the row to its contract."""

    path = ""

    def visible_filter(self, actor: Actor) -> Q:
        """The keeper sees its contracts always; the other side once they are for it to sign, and what came of them."""
        owner, status = f"{self.path}owner", f"{self.path}status"
        kept = Q(**{owner: actor.organization_id})
        shown = ~Q(**{f"{status}__in": INSIDE}) & ~Q(**{status: ContractStatus.VOIDED, f"{self.path}text_hash": ""})
        return super().visible_filter(actor) & (kept | shown)


class PartQuerySet(ContractQuerySet):
    """Parts of a contract."""

    path = "contract__"


class LimitField(models.DecimalField):
    """An amount with an allowance on it, exact: numeric(30,8)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_digits=30, decimal_places=8)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class PercentField(models.DecimalField):
    """A percentage, numeric(7,4)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_digits=7, decimal_places=4)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Contract(TradeRow):
    """Signed terms between seller and buyer. `owner`: the side that keeps it; the buyer, of kind DEALER the seller.

    Days are those of the buyer, `ends_on` is the last one; none: it does not end by itself. `version` counts what took
    effect. `text_hash`: SHA-256 of the document as it was rendered for signing, empty before. `risk`: sum of the
    deviations. `signers`: [{side, user, name, capacity}] in their order. `limit_amount` limits the net amount of all
    lines together, with its allowance.
    """

    owner = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    contract_type = models.ForeignKey(ContractType, models.PROTECT, related_name="contracts")
    template = models.ForeignKey(ContractTemplate, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=ContractKind)
    language = models.CharField(max_length=16, default="zh-hans")
    currency = CurrencyField()
    effective_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    payment_terms = models.CharField(max_length=500, blank=True, default="")
    delivery_terms = models.CharField(max_length=500, blank=True, default="")
    warranty = models.CharField(max_length=500, blank=True, default="")
    limit_basis = models.CharField(max_length=16, choices=LimitBasis)
    limit_amount = AmountField(null=True, blank=True)
    allowance = PercentField(default=Decimal(0))
    amount_limit = LimitField(null=True, blank=True)
    pricing_date = models.CharField(max_length=16, choices=PricingDate, default=PricingDate.ORDER)
    renewal = models.CharField(max_length=16, choices=Renewal, default=Renewal.NONE)
    renewal_times = models.PositiveSmallIntegerField(default=0)
    renewal_months = models.PositiveSmallIntegerField(default=12)
    notice_days = models.PositiveSmallIntegerField(default=30)
    renewed = models.PositiveSmallIntegerField(default=0)
    renewal_stopped = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    signature_rule = models.CharField(max_length=16, choices=SignatureRule, default=SignatureRule.PARALLEL)
    sign_by = models.DateField(null=True, blank=True)
    variables = models.JSONField(default=dict)
    signers = models.JSONField(default=list)
    status = models.CharField(max_length=20, choices=ContractStatus, default=ContractStatus.DRAFT)
    reason = models.CharField(max_length=500, blank=True, default="")
    risk = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    text_hash = models.CharField(max_length=64, blank=True, default="")
    reminded = models.JSONField(default=list)
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "number"], name="contract_number_once"),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="contract_two_sides"),
            models.CheckConstraint(condition=Q(owner=F("seller")) | Q(owner=F("buyer")), name="contract_owner_is_side"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("effective_on")), name="contract_window"
            ),
            models.CheckConstraint(condition=Q(allowance__gte=0), name="contract_allowance"),
        ]
        indexes = [
            models.Index(fields=["seller", "status"], name="contract_of_seller"),
            models.Index(fields=["buyer", "status"], name="contract_of_buyer"),
            models.Index(fields=["ends_on"], name="contract_by_end"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def other_id(self) -> int:
        """The side that does not keep it."""
        return self.buyer_id if self.owner_id == self.seller_id else self.seller_id

    def days_left(self, today: date) -> int | None:
        """Days until its last one; below 0 after it; None where it has no end."""
        return None if self.ends_on is None else (self.ends_on - today).days

    @property
    def times_left(self) -> int:
        """How often it may still be renewed."""
        return max(self.renewal_times - self.renewed, 0)


class ContractLine(TradeRow):
    """Goods of a contract in one uom, and how much of it is used. A line without goods is text only.

    `call_limit` and `amount_limit` are quantity and amount with the allowance on them; the counters never pass them.
    `minimum`, `pack`: what one call-off has at least and comes in. Prices are rows of their own, by day.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")
    seq = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500, blank=True, default="")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField(max_length=16, choices=LimitBasis)
    quantity = QuantityField(null=True, blank=True)
    amount = AmountField(null=True, blank=True)
    allowance = PercentField(default=Decimal(0))
    call_limit = QuantityField(null=True, blank=True)
    amount_limit = LimitField(null=True, blank=True)
    minimum = QuantityField(null=True, blank=True)
    pack = QuantityField(null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    guaranteed_min = QuantityField(null=True, blank=True)
    called_quantity = QuantityField(default=Decimal(0))
    called_amount = AmountField(default=Decimal(0))

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "seq"], name="contract_line_seq_once"),
            models.CheckConstraint(
                condition=Q(variant=None) | Q(category=None), name="contract_line_variant_or_category"
            ),
            models.CheckConstraint(
                condition=Q(called_quantity__gte=0, called_amount__gte=0), name="contract_line_called"
            ),
            models.CheckConstraint(
                condition=~Q(basis=LimitBasis.QUANTITY) | Q(call_limit=None) | Q(called_quantity__lte=F("call_limit")),
                name="contract_line_call_limit",
            ),
            models.CheckConstraint(
                condition=~Q(basis=LimitBasis.AMOUNT) | Q(amount_limit=None) | Q(called_amount__lte=F("amount_limit")),
                name="contract_line_amount_limit",
            ),
            models.CheckConstraint(
                condition=(Q(minimum=None) | Q(minimum__gt=0)) & (Q(pack=None) | Q(pack__gt=0)),
                name="contract_line_steps",
            ),
        ]
        indexes = [models.Index(fields=["variant", "contract"], name="contract_line_of_variant")]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.seq}"


class ContractPrice(TradeRow):
    """The price of a contract line from a day on; the latest that has begun holds. Once signed it is never changed.

    `price` alone, or `tiers` [{up_to, price}] by ordered quantity, or with `index_terms` [{index, weight, start}] the
    base of a formula: `fixed_share` and weights come to 1, and `threshold` and `cap` are percent. `change`: what
    brought it; none for the first.
    """

    line = models.ForeignKey(ContractLine, models.CASCADE, related_name="prices")
    effective_from = models.DateField()
    price = PriceField()
    tiers = models.JSONField(default=list)
    fixed_share = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    index_terms = models.JSONField(default=list)
    threshold = PercentField(default=Decimal(0))
    cap = PercentField(null=True, blank=True)
    period = models.CharField(max_length=16, choices=PricePeriod, default=PricePeriod.MONTH)
    change = models.ForeignKey("contracts.ContractChange", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "effective_from", "change"], nulls_distinct=False, name="contract_price_once"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="contract_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.price.quantize(FOUR)} ({self.effective_from})"


class ContractClauseUse(TradeRow):
    """A clause as it stands in a contract. It deviates where its text is not the standard one; then it says why."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="clauses")
    position = models.PositiveSmallIntegerField()
    clause = models.ForeignKey(ContractClause, models.PROTECT, related_name="+")
    text = models.TextField()
    deviation = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True, default="")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="contract_clause_position_once"),
            models.CheckConstraint(condition=Q(deviation=False) | ~Q(reason=""), name="contract_clause_reason"),
        ]


class ContractPayment(TradeRow):
    """One step of the payment plan: a share of the contract's amount, and when it is due."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="payments")
    position = models.PositiveSmallIntegerField()
    milestone = models.CharField(max_length=255)
    percent = PercentField()
    amount = AmountField(null=True, blank=True)
    due = models.CharField(max_length=255, blank=True, default="")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="contract_payment_position_once"),
            models.CheckConstraint(condition=Q(percent__gt=0), name="contract_payment_percent"),
        ]
