"""Mutations of funds: parse, call one function, answer."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Decimal, Field
from marketplace.graphql import from_global_id as pk_of
from ordercenter.ledger.funds.adjust import adjust, refund
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.models import FundAccount, FundAdjustment
from ordercenter.ledger.funds.rules import write_rule, write_settings
from ordercenter.ledger.funds.schema.documents import (
    FundAdjustmentType,
    FundSettingsType,
    FundTopUpType,
    FundTransferType,
    FundUseRuleType,
)
from ordercenter.ledger.funds.schema.inputs import (
    FundAmountInput,
    FundTopUpInput,
    FundTransferInput,
    FundUseRuleInput,
)
from ordercenter.ledger.funds.schema.types import FundAccountType
from ordercenter.ledger.funds.top_ups import create_top_up, reverse_top_up, submit_top_up
from ordercenter.ledger.funds.transfers import create_transfer, submit_transfer

ID = graphene.ID(required=True, description="Its id.")
MANAGE = "funds.manage"


class FundTopUpCreate(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Write a top-up; nothing comes into the account before it is submitted, here or later."""

    class Arguments:
        input = FundTopUpInput(required=True, description="The top-up.")
        submit = graphene.Boolean(description="Post it at once; false unless told.")

    top_up = Field(FundTopUpType, description="The top-up.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, submit: bool | None = None) -> Self:
        return cls(top_up=create_top_up(actor, input.to_draft(), submit=bool(submit)))


class FundTopUpSubmit(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Post a top-up, once."""

    class Arguments:
        id = ID

    top_up = Field(FundTopUpType, description="The top-up.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(top_up=submit_top_up(actor, pk_of(id, "FundTopUp")))


class FundTopUpReverse(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Undo a posted top-up of which nothing is used or promised."""

    class Arguments:
        id = ID

    top_up = Field(FundTopUpType, description="The top-up.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(top_up=reverse_top_up(actor, pk_of(id, "FundTopUp")))


class FundTransferCreate(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Write a transfer; nothing moves before it is submitted, here or later."""

    class Arguments:
        input = FundTransferInput(required=True, description="The transfer.")
        submit = graphene.Boolean(description="Post it at once; false unless told.")

    transfer = Field(FundTransferType, description="The transfer.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, submit: bool | None = None) -> Self:
        return cls(transfer=create_transfer(actor, input.to_draft(), submit=bool(submit)))


class FundTransferSubmit(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Post a transfer, once."""

    class Arguments:
        id = ID

    transfer = Field(FundTransferType, description="The transfer.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(transfer=submit_transfer(actor, pk_of(id, "FundTransfer")))


class FundAdjust(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Set a fund account right by hand; posted at once."""

    class Arguments:
        input = FundAmountInput(required=True, description="Which account, and by how much.")

    adjustment = Field(FundAdjustmentType, description="The adjustment.")
    account = Field(FundAccountType, description="The account as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        made = adjust(actor, input.to_draft())
        return cls(adjustment=made, account=account_of(actor, made))


class FundRefund(BaseMutation, permission=MANAGE, codes=FundErrorCode, atomic=False):
    """Pay out of prepaid cash or a deposit what is free; posted at once."""

    class Arguments:
        input = FundAmountInput(required=True, description="Which account, and how much.")

    adjustment = Field(FundAdjustmentType, description="The payout.")
    account = Field(FundAccountType, description="The account as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        made = refund(actor, input.to_draft())
        return cls(adjustment=made, account=account_of(actor, made))


def account_of(actor: Actor, made: FundAdjustment) -> FundAccount | None:
    """The account that a document moved."""
    rows = FundAccountType.visible(actor).filter(partnership=made.partnership_id, kind=made.kind, sub="")
    return rows.filter(currency=made.currency).first()


class FundUseRuleWrite(BaseMutation, permission="funds.rules", codes=FundErrorCode, atomic=False):
    """Make a use rule, or change one; it holds for orders placed from now on."""

    class Arguments:
        id = graphene.ID(description="The rule to change; a new one unless told.")
        input = FundUseRuleInput(required=True, description="The rule, whole.")

    rule = Field(FundUseRuleType, description="The rule.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        return cls(rule=write_rule(actor, input.to_draft(), pk_of(id, "FundUseRule") if id else None))


class FundSettingsWrite(BaseMutation, permission="funds.rules", codes=FundErrorCode, atomic=False):
    """Settle for all fund accounts for how long what comes back may be used, and what prepaid cash earns."""

    class Arguments:
        restore_days = graphene.Int(required=True, description="Days, from 0 to 366.")
        interest_percent = Decimal(description="Percent in a year; nothing unless told.")
        notice_days = graphene.Int(
            description="Days before its end that a buyer is told of a balance, 0 to 366; as it is unless told."
        )

    settings = Field(FundSettingsType, description="The settings.")

    @classmethod
    def perform(
        cls, actor: Actor, restore_days: int, interest_percent: Any = None, notice_days: int | None = None
    ) -> Self:
        return cls(settings=write_settings(actor, restore_days, interest_percent, notice_days))


class Mutations:
    """What can be done with funds."""

    fund_top_up_create = FundTopUpCreate.Field()
    fund_top_up_submit = FundTopUpSubmit.Field()
    fund_top_up_reverse = FundTopUpReverse.Field()
    fund_transfer_create = FundTransferCreate.Field()
    fund_transfer_submit = FundTransferSubmit.Field()
    fund_adjust = FundAdjust.Field()
    fund_refund = FundRefund.Field()
    fund_use_rule_write = FundUseRuleWrite.Field()
    fund_settings_write = FundSettingsWrite.Field()
