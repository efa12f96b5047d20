"""What an order would do to credit, in the schema."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core.money import Money as Amount
from marketplace.graphql import Field, Money, enum_of
from marketplace.parties.schema.types import listed, text
from ordercenter.credit.book import HoldDraft
from ordercenter.credit.check import sentence
from ordercenter.orders.enums import HoldReason
from ordercenter.orders.outlook import Outlook


class ExpectedHoldType(graphene.ObjectType):
    """A hold that an order would get if it were placed now."""

    class Meta:
        name = "ExpectedHold"

    reason = Field(enum_of(HoldReason), required=True, description="Why it would wait.")
    reason_label = text("The reason in the reader's language.")
    explanation = text("Why and by how much, in a sentence.")

    def resolve_reason_label(root: HoldDraft, _info: Any) -> str:
        return str(HoldReason(root.reason).label)

    def resolve_explanation(root: HoldDraft, _info: Any) -> str:
        return sentence(root.kind, root.figures)


class CartCreditType(graphene.ObjectType):
    """The credit of the buyer at the seller of a cart, and what the order would do to it."""

    class Meta:
        name = "CartCredit"

    limit = Field(Money, description="The limit now; null: no limit.")
    exposure = Field(Money, required=True, description="What is owed and ordered so far.")
    value = Field(Money, required=True, description="What this order would count: its total without what funds pay.")
    available = Field(Money, description="What is left now; null: no limit.")
    after = Field(Money, description="What would be left after this order; below 0 it would go beyond the limit.")
    exceeded = Field(graphene.Boolean, required=True, description="The order would go beyond the limit.")
    overdue = Field(Money, required=True, description="What is past due.")
    holds = listed(ExpectedHoldType, "Holds that the order would get: it is placed and waits.", size=2)
    refused = text("Why the order would be refused; empty: it would not be.")

    def resolve_limit(root: Outlook, _info: Any) -> Amount | None:
        return None if root.limit is None else Amount(root.limit, root.currency)

    def resolve_exposure(root: Outlook, _info: Any) -> Amount:
        return Amount(root.exposure, root.currency)

    def resolve_value(root: Outlook, _info: Any) -> Amount:
        return Amount(root.value, root.currency)

    def resolve_available(root: Outlook, _info: Any) -> Amount | None:
        return None if root.available is None else Amount(root.available, root.currency)

    def resolve_after(root: Outlook, _info: Any) -> Amount | None:
        return None if root.after is None else Amount(root.after, root.currency)

    def resolve_exceeded(root: Outlook, _info: Any) -> bool:
        return root.after is not None and root.after < 0

    def resolve_overdue(root: Outlook, _info: Any) -> Amount:
        return Amount(root.overdue, root.currency)
