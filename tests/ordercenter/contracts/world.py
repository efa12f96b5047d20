"""A shop whose dealer buys under contracts, in a few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from marketplace.core.actor import Actor
from ordercenter.contracts.enums import ContractKind, ContractStatus, LimitBasis
from ordercenter.contracts.limits import amount_limit, call_limit
from ordercenter.contracts.models import Contract, ContractLine, ContractPrice, ContractType
from ordercenter.orders.models import Order
from tests.ordercenter.orders.shop import Shop

BEGIN, END = date(2026, 1, 1), date(2099, 12, 31)


class ContractShop(Shop):
    """`shop.line("A", price, quantity=1000)` is a line of a contract in effect; `shop.calls(line, 25)` an order."""

    def __init__(self, name: str = "Xinghe", **settings: Any) -> None:
        super().__init__(name, **settings)
        self.keeper = self.buyer.downstream
        self.framework = ContractType.objects.create(organization=self.keeper, code="FW", name_en="Framework")

    def contract(self, **fields: Any) -> Contract:
        """A contract in effect, without text."""
        number = (Contract.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        known = {
            "seller": self.seller,
            "buyer": self.keeper,
            "owner": self.keeper,
            "partnership": self.buyer,
            "number": f"CT-{number:06}",
            "contract_type": self.framework,
            "title": "Pans",
            "kind": ContractKind.FRAMEWORK,
            "currency": self.buyer.currency,
            "effective_on": BEGIN,
            "ends_on": END,
            "limit_basis": LimitBasis.QUANTITY,
            "status": ContractStatus.EFFECTIVE,
        }
        contract = Contract(**(known | fields))
        if contract.limit_amount is not None:
            contract.amount_limit = amount_limit(contract.limit_amount, contract.allowance)
        contract.save()
        return contract

    def line(
        self, sku: str, price: Any = None, contract: Contract | None = None, row: Any = None, **fields: Any
    ) -> ContractLine:
        contract = contract or self.contract(**{k: fields.pop(k) for k in list(fields) if k in CONTRACT})
        known = {
            "seller": self.seller,
            "buyer": self.keeper,
            "contract": contract,
            "seq": contract.lines.count() + 1,
            "variant": self.goods[sku],
            "uom": self.uoms["PCS"],
            "basis": contract.limit_basis,
        }
        line = ContractLine(**(known | fields))
        allowance = Decimal(line.allowance)
        if line.quantity is not None:
            line.call_limit = call_limit(Decimal(line.quantity), allowance, 0)
        if line.amount is not None:
            line.amount_limit = amount_limit(Decimal(line.amount), allowance)
        line.save()
        if price is not None:
            self.price(line, price, **(row or {}))
        return line

    def price(self, line: ContractLine, price: Any, begin: date = BEGIN, **fields: Any) -> ContractPrice:
        return ContractPrice.objects.create(
            seller=self.seller, buyer=self.keeper, line=line, price=Decimal(price), effective_from=begin, **fields
        )

    def calls(
        self, line: ContractLine, quantity: Any, sku: str = "A", actor: Actor | None = None, **fields: Any
    ) -> Order:
        return self.order(self.line_of(line, quantity, sku), actor=actor, **fields)

    def line_of(self, line: ContractLine, quantity: Any, sku: str = "A", **fields: Any) -> Any:
        return super().line(sku, quantity, contract_line_id=line.pk, **fields)

    def draft(self, *lines: Any, **fields: Any) -> Any:
        made = [one if not isinstance(one, tuple) else super(ContractShop, self).line(*one) for one in lines]
        return super().draft(*made, **fields)


CONTRACT = ("allowance_of_contract", "limit_basis", "limit_amount", "effective_on", "ends_on", "status", "pricing_date")


def called(line: ContractLine) -> tuple[Decimal, Decimal]:
    """What the line says is called off."""
    line.refresh_from_db()
    return line.called_quantity, line.called_amount
