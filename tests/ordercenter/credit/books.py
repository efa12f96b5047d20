"""A seller that controls credit, in a few words: limits, rules, and where the value of its dealers stands."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from marketplace.core.models import ControlMode
from marketplace.parties.models import Partnership
from ordercenter.credit.accounts import AccountDraft, write_account
from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import BUCKETS, Bucket, Checkpoint, CreditMode, CreditRuleKind
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.models import CreditAccount, CreditRule, CreditSettings
from ordercenter.credit.moves import move_all
from ordercenter.credit.requests import RequestDraft, create_request
from ordercenter.credit.rules import EVERYWHERE, RuleDraft, write_rule
from ordercenter.orders.enums import OrderHoldStatus
from ordercenter.orders.models import Order, OrderHold
from tests.ordercenter.orders.shop import Shop


class CreditShop(Shop):
    """`shop.limit(100000)`, `shop.rule(CreditRuleKind.LIMIT)`; `shop.buys(46500)` places an order of that V.

    Goods cost 1.00 a piece including no tax, so that a quantity is an amount.
    """

    def __init__(self, name: str = "Xinghe", **settings: Any) -> None:
        super().__init__(name, **settings)
        CreditSettings.objects.create(organization=self.seller, controls=True)
        self.sells("ONE", "1", tax="0")
        self.documents = count(1)

    def account(self, partnership: Partnership | None = None) -> CreditAccount:
        return CreditAccount.objects.get(members__partnership=partnership or self.buyer)

    def limit(self, amount: Any, partnership: Partnership | None = None, **fields: Any) -> CreditAccount:
        draft = RequestDraft((partnership or self.buyer).pk, Decimal(amount), **fields)
        create_request(self.sales, draft, submit=True)
        return self.account(partnership)

    def mode(self, mode: CreditMode, partnership: Partnership | None = None) -> CreditAccount:
        return write_account(self.sales, AccountDraft(((partnership or self.buyer).pk,), mode=mode))

    def share(self, *partnerships: Partnership) -> CreditAccount:
        """Let others buy under the dealer's account, too."""
        members = (self.buyer.pk, *(one.pk for one in partnerships))
        return write_account(self.sales, AccountDraft(members), self.account().pk)

    def rule(
        self,
        kind: CreditRuleKind,
        mode: ControlMode = ControlMode.REQUIRE_APPROVAL,
        at: tuple[Checkpoint, ...] = EVERYWHERE,
        **fields: Any,
    ) -> CreditRule:
        return write_rule(self.sales, RuleDraft(kind, mode, at, **fields))

    def buys(self, amount: int, **fields: Any) -> Order:
        return self.order(("ONE", amount), **fields)

    def stands(self, partnership: Partnership | None = None, **amounts: Any) -> None:
        """Put value into buckets, as documents without an order would."""
        partnership = partnership or self.buyer
        book = lock_credit([(partnership.pk, partnership.currency)])
        moves = [
            CreditMove(
                partnership_id=partnership.pk,
                currency=partnership.currency,
                order_id=None,
                cause="charged",
                source=Bucket.OUTSIDE,
                target=Bucket(name),
                amount=Decimal(amount),
                document_kind="test",
                document_id=next(self.documents),
            )
            for name, amount in amounts.items()
        ]
        move_all(self.system, book, moves)

    def buckets(self, partnership: Partnership | None = None) -> dict[str, Decimal]:
        """What stands where, without what is 0."""
        account = self.account(partnership)
        return {bucket.value: amount for bucket in BUCKETS if (amount := getattr(account, bucket.value))}

    def exposure(self, partnership: Partnership | None = None) -> Decimal:
        return self.account(partnership).exposure


def holds(order: Order) -> list[OrderHold]:
    return list(OrderHold.objects.filter(order=order, status=OrderHoldStatus.HELD).order_by("pk"))


def in_days(days: int) -> Any:
    return timezone.now() + timedelta(days=days)
