"""What order lines took of contract lines: a row for each, and every movement behind it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, QuantityField
from marketplace.core.rows import TradeRow
from ordercenter.contracts.enums import CallOffCause
from ordercenter.contracts.models.contract import ContractLine


class ContractCallOff(TradeRow):
    """What an order line takes of a contract line; live is what was not freed. Amounts are net."""

    contract_line = models.ForeignKey(ContractLine, models.PROTECT, related_name="call_offs")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    order_line = models.OneToOneField("orders.OrderLine", models.PROTECT, related_name="+")
    quantity = QuantityField()
    amount = AmountField()
    freed_quantity = QuantityField(default=Decimal(0))
    freed_amount = AmountField(default=Decimal(0))
    called_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(freed_quantity__gte=0, freed_quantity__lte=F("quantity")), name="contract_call_off_freed"
            ),
            models.CheckConstraint(
                condition=Q(freed_amount__gte=0, freed_amount__lte=F("amount")), name="contract_call_off_amount"
            ),
        ]


class ContractCallOffMove(TradeRow):
    """One step of a call-off, signed; their sum is what is live. Append-only."""

    call_off = models.ForeignKey(ContractCallOff, models.PROTECT, related_name="moves")
    seq = models.PositiveIntegerField()
    cause = models.CharField(max_length=8, choices=CallOffCause)
    quantity = QuantityField()
    amount = AmountField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call_off", "seq"], name="contract_call_off_move_once")]
