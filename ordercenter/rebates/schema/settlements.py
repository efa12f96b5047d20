"""What can be done with settlements, in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Decimal, Field, from_global_id, ids_of
from marketplace.parties.schema.types import listed
from ordercenter.rebates import pay, settle
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.schema.papers import RebateSettlementType

SETTLE = "rebates.settle"
CONFIRM = "rebates.confirm"
THE_ID = graphene.ID(required=True, description="The settlement.")
IDS = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The settlements.")
ONE = Field(RebateSettlementType, description="The settlement as it is now.")
MANY = listed(RebateSettlementType, "The settlements as they are now.")


def key_of(gid: str) -> int:
    """The key in the id of a settlement; raises NOT_FOUND."""
    return from_global_id(gid, "RebateSettlement")


def shown(actor: Actor, rows: Any) -> list[Any]:
    """Settlements as the actor sees them, in the order of the rows."""
    found = RebateSettlementType.visible(actor).in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows if row.pk in found]


class RebateSettlementPropose(BaseMutation, permission=SETTLE, codes=RebateErrorCode, atomic=False):
    """Propose settlements of a policy for a period, one for each partner with something due."""

    class Arguments:
        policy = graphene.ID(required=True, description="The policy.")
        day = Date(description="Any day of the period; the last period that has ended unless told.")
        partnerships = graphene.List(graphene.NonNull(graphene.ID), description="These partners only.")

    settlements = MANY

    @classmethod
    def perform(cls, actor: Actor, policy: str, day: Any = None, partnerships: list[str] | None = None) -> Self:
        key = from_global_id(policy, "RebatePolicy", "policy")
        partners = None if partnerships is None else ids_of(partnerships, "Partnership", "partnerships")
        return cls(settlements=shown(actor, settle.propose(actor, key, day, partners)))


class RebateSettlementCorrect(BaseMutation, permission=SETTLE, codes=RebateErrorCode, atomic=False):
    """Change by hand what a settlement pays, with a reason; it is a draft again then."""

    class Arguments:
        id = THE_ID
        correction = Decimal(required=True, description="So much more or, below 0, less; 0 takes a correction away.")
        reason = graphene.String(description="Why.")

    settlement = ONE

    @classmethod
    def perform(cls, actor: Actor, id: str, correction: Any, reason: str | None = None) -> Self:
        row = settle.correct(actor, key_of(id), correction, reason or "")
        return cls(settlement=shown(actor, [row])[0])


class RebateSettlementSubmit(BaseMutation, permission=SETTLE, codes=RebateErrorCode, atomic=False):
    """Approve settlements: their partners see them and may answer."""

    class Arguments:
        ids = IDS

    settlements = MANY

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        return cls(settlements=shown(actor, settle.submit(actor, ids_of(ids, "RebateSettlement", "ids"))))


class RebateSettlementConfirm(BaseMutation, permission=CONFIRM, codes=RebateErrorCode, atomic=False):
    """Agree to settlements in which you are paid."""

    class Arguments:
        ids = IDS

    settlements = MANY

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        return cls(settlements=shown(actor, settle.confirm(actor, ids_of(ids, "RebateSettlement", "ids"))))


class RebateSettlementDispute(BaseMutation, permission=CONFIRM, codes=RebateErrorCode, atomic=False):
    """Say what is not right with a settlement in which you are paid."""

    class Arguments:
        id = THE_ID
        reason = graphene.String(required=True, description="What is not right.")

    settlement = ONE

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(settlement=shown(actor, [settle.dispute(actor, key_of(id), reason)])[0])


class RebateSettlementPost(BaseMutation, permission=SETTLE, codes=RebateErrorCode, atomic=False):
    """Pay settlements that were confirmed, or whose partners did not answer in time."""

    class Arguments:
        ids = IDS

    settlements = MANY

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        return cls(settlements=shown(actor, pay.post(actor, ids_of(ids, "RebateSettlement", "ids"))))


class RebateSettlementReverse(BaseMutation, permission=SETTLE, codes=RebateErrorCode, atomic=False):
    """Take a settlement back; one that was paid only while nothing of it is used."""

    class Arguments:
        id = THE_ID
        reason = graphene.String(required=True, description="Why.")

    settlement = ONE

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(settlement=shown(actor, [pay.reverse(actor, key_of(id), reason)])[0])


class SettlementMutations:
    """Mounted by the package."""

    rebate_settlement_propose = RebateSettlementPropose.Field()
    rebate_settlement_correct = RebateSettlementCorrect.Field()
    rebate_settlement_submit = RebateSettlementSubmit.Field()
    rebate_settlement_confirm = RebateSettlementConfirm.Field()
    rebate_settlement_dispute = RebateSettlementDispute.Field()
    rebate_settlement_post = RebateSettlementPost.Field()
    rebate_settlement_reverse = RebateSettlementReverse.Field()
