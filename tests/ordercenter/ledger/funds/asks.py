"""Documents and accounts in a few words, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marketplace.catalog.scope import ProductScope, ScopeKeys
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.terms import FundAsk, FundBook, FundLine, FundRule, GrantState

NOW = datetime(2026, 6, 15, tzinfo=UTC)
REDUCTION, PAYMENT = FundTreatment.PRICE_REDUCTION, FundTreatment.PAYMENT


def line(key: Any, unpaid: Any, payable: Any = None, **fields: Any) -> FundLine:
    """A line of variant number `key`, or of any other by `variant=`."""
    variant = fields.pop("variant", ord(str(key)[0]))
    scope = ScopeKeys(variant, variant * 10, (1,), 7)
    return FundLine(key, scope, Decimal(unpaid), None if payable is None else Decimal(payable), **fields)


def grant(pk: int, available: Any, ends: datetime = FOREVER, starts: datetime = BEGINNING, **fields: Any) -> GrantState:
    return GrantState(pk, fields.pop("account", 1), Decimal(available), starts, ends, **fields)


def rule(kind: FundKind, mode: str = "auto", treatment: FundTreatment = PAYMENT, **fields: Any) -> FundRule:
    values = {name: Decimal(fields.pop(name)) for name in ("max_percent", "min_order") if name in fields}
    for name in ("includes", "excludes"):
        fields[name] = tuple(ProductScope(variant_id=ord(one)) for one in fields.pop(name, ()))
    place = fields.pop("priority", 10)
    return FundRule(fields.pop("id", 1), kind, place, FundMode(mode), treatment, **values, **fields)


def book(*rules: FundRule, **grants: list[GrantState]) -> FundBook:
    """A partner with these rules and the grants of each kind of account, in CNY."""
    held = {(1, "CNY", FundKind(kind)): sorted(some, key=lambda one: one.place) for kind, some in grants.items()}
    return FundBook(held, {1: rules})


def ask(*lines: FundLine, currency: str = "CNY", lenient: bool = False, **asked: Any) -> FundAsk:
    """A document of these lines; what it wants by kind."""
    wanted = {FundKind(kind): None if amount is None else Decimal(amount) for kind, amount in asked.items()}
    return FundAsk("SO-1", 1, 1, currency, NOW, lines, wanted, lenient)
