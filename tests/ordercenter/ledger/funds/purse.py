"""A shop whose dealer has funds, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import raise_all
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import CONTRA, FundCause, FundKind
from ordercenter.ledger.funds.models import FundAccount, FundGrant, FundUseRule
from ordercenter.ledger.funds.reserve import FundMoved, FundPart, FundReserve, FundUsePart, reserve_all
from ordercenter.ledger.funds.take import FundAsk, FundLine, lock_funds, payments, reductions
from ordercenter.orders.models import Order, OrderLine
from tests.ordercenter.orders.shop import Shop

_sources = count(1)


class Purse(Shop):
    """`purse.grant("cash", 500)` puts money in; `purse.reserve(order, cash=100)` promises it to an order."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.sells("A", 60, stock=100)
        self.sells("B", 30, stock=100)

    def grant(self, kind: str, amount: Any, ends: datetime | None = None, **fields: Any) -> FundGrant:
        fund = FundKind(kind)
        owner, currency = self.seller.pk, fields.pop("currency", "CNY")
        contra = AccountKey(owner, CONTRA[fund], currency)
        where = fields.pop("partnership", self.buyer).pk
        source = (fields.pop("source", FundCause.TOP_UP), fields.pop("source_id", 0) or next(_sources))
        draft = GrantDraft(where, fund, currency, Decimal(amount), *source, contra, valid_to=ends, **fields)
        return grant_all(self.sales, [draft])[0]

    def rule(self, kind: str, **fields: Any) -> FundUseRule:
        return FundUseRule.objects.create(organization=self.seller, kind=kind, name_en=kind, **fields)

    def account(self, kind: str) -> FundAccount:
        return FundAccount.objects.get(partnership=self.buyer, kind=kind)

    def held(self, kind: str) -> tuple[Decimal, Decimal]:
        """What the account holds, and what of it is promised."""
        account = self.account(kind)
        return account.shown_balance, account.reserved

    def grants(self, kind: str) -> list[tuple[Decimal, Decimal]]:
        """Remaining and reserved of each grant, oldest first."""
        rows = FundGrant.objects.filter(partnership=self.buyer, kind=kind).order_by("pk")
        return [(row.remaining, row.reserved) for row in rows]

    def ask(self, order: Order, asked: dict[str, Any]) -> FundAsk:
        rows = [FundLine(row.pk, ScopeKeys(row.variant_id, 0), row.list_amount, row.gross) for row in lines_of(order)]
        wanted = {FundKind(kind): None if amount is None else Decimal(amount) for kind, amount in asked.items()}
        return FundAsk(order.pk, self.seller.pk, self.buyer.pk, "CNY", database_now(), rows, wanted)

    def reserve(self, order: Order, **asked: Any) -> list[FundMoved]:
        """Take what rules and wishes allow and promise it, as placing does."""
        with transaction.atomic():
            book = lock_funds([self.buyer.pk])
            ask = self.ask(order, asked)
            taken = [*reductions(book, [ask]), *payments(book, [ask])]
            raise_all(problem for one in taken for problem in one.problems)
            takes = [take for one in taken for take in one.takes]
            ids = {row.pk: row.pk for row in lines_of(order)}
            draft = FundReserve(order.pk, self.seller.pk, order.buyer_id, self.buyer.pk, "CNY", takes, ids)
            return reserve_all(self.dealer, [draft])


def lines_of(order: Order) -> Sequence[OrderLine]:
    return OrderLine.objects.filter(order=order).order_by("position")


def part(order: Order, *ends: Any, kind: str = FundCause.INVOICE, document: int = 1, seq: int = 1) -> FundUsePart:
    """A document that takes each line of an order up to so many units."""
    parts = [
        FundPart(line.pk, Decimal(0), Decimal(end), line.quantity)
        for line, end in zip(lines_of(order), ends, strict=False)
    ]
    return FundUsePart(order.pk, parts, kind, document, seq, f"INV-{document}")


SYSTEM = Actor.system()
