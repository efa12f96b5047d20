"""What can be done with rebate policies, in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Decimal, Field, Upload, from_global_id
from marketplace.parties.schema.types import listed
from ordercenter.rebates import baselines, policies, simulate
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.imports import import_policies
from ordercenter.rebates.pay import AdjustDraft, adjust, close
from ordercenter.rebates.recalculate import recalculate
from ordercenter.rebates.schema.inputs import RebateFigureInput, RebatePolicyInput, figure_drafts, policy_draft
from ordercenter.rebates.schema.papers import RebateSimulationType
from ordercenter.rebates.schema.types import MANAGE, RebatePolicyType, RebatePositionType

THE_ID = graphene.ID(required=True, description="The policy.")
THE_POLICY = Field(RebatePolicyType, description="The policy as it is now.")
LARGEST_FILE = 8 * 1024 * 1024


def key_of(gid: str, field: str = "id") -> int:
    """The key in the id of a policy; raises NOT_FOUND."""
    return from_global_id(gid, "RebatePolicy", field)


class RebatePolicyCreate(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Make a rebate policy as a draft, or with `copyOf` the next version of one."""

    class Arguments:
        input = RebatePolicyInput(required=True, description="The policy.")
        copy_of = graphene.ID(description="The policy whose next version this is.")

    policy = THE_POLICY

    @classmethod
    def perform(cls, actor: Actor, input: Any, copy_of: str | None = None) -> Self:
        source = key_of(copy_of, "copy_of") if copy_of else None
        return cls(policy=policies.policy_create(actor, policy_draft(actor, input, source)))


class RebatePolicyUpdate(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Change a draft. An approved version does not change: make a new one of it."""

    class Arguments:
        id = THE_ID
        input = RebatePolicyInput(required=True, description="What changes.")

    policy = THE_POLICY

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        return cls(policy=policies.policy_update(actor, key_of(id), policy_draft(actor, input)))


class RebatePolicySubmit(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Put a policy in effect. What was bought since its beginning counts, too."""

    class Arguments:
        id = THE_ID

    policy = THE_POLICY

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(policy=policies.policy_submit(actor, key_of(id)))


class RebatePolicyPause(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Count nothing new for it until it is submitted again."""

    class Arguments:
        id = THE_ID

    policy = THE_POLICY

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(policy=policies.policy_pause(actor, key_of(id)))


class RebatePolicyVoid(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """End it for good; what has been earned can still be settled."""

    class Arguments:
        id = THE_ID

    policy = THE_POLICY

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(policy=policies.policy_void(actor, key_of(id)))


class RebatePolicyClose(BaseMutation, permission="rebates.settle", codes=RebateErrorCode, atomic=False):
    """Reverse what nobody may claim any more of a policy that is over."""

    class Arguments:
        id = THE_ID

    closed = Field(graphene.Int, description="Positions that were closed.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(closed=close(actor, key_of(id)))


class RebatePolicyRecalculate(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Count what the policy has not counted yet, such as documents that were imported."""

    class Arguments:
        id = THE_ID

    rows = Field(graphene.Int, description="Accruals that were missing.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(rows=recalculate(actor, key_of(id)).rows)


class RebatePolicyImport(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Make drafts from a sheet: a row for each band, rows of one code make a policy. All of it or nothing."""

    class Arguments:
        file = Upload(required=True, description="CSV or XLSX with the columns code, lower and value at least.")

    policies = listed(RebatePolicyType, "The drafts that were made.")

    @classmethod
    def perform(cls, actor: Actor, file: Any) -> Self:
        return cls(policies=import_policies(actor, file.read(LARGEST_FILE + 1), file.name or ""))


class RebateBaselineWrite(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Write baselines; of an approved policy with a reason each, which its accruals follow at once."""

    class Arguments:
        policy = THE_ID
        rows = graphene.List(graphene.NonNull(RebateFigureInput), description="The baselines.")
        compute = graphene.Boolean(description="Take what each partner bought in the same period a year before.")

    policy = THE_POLICY
    written = Field(graphene.Int, description="How many were written.")

    @classmethod
    def perform(cls, actor: Actor, policy: str, rows: Any = None, compute: bool | None = None) -> Self:
        key = key_of(policy, "policy")
        written = baselines.write_baselines(actor, key, figure_drafts(rows), bool(compute))
        return cls(policy=RebatePolicyType.visible(actor).get(pk=key), written=written)


class RebateTargetWrite(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Write targets; of an approved policy with a reason each, which its accruals follow at once."""

    class Arguments:
        policy = THE_ID
        rows = graphene.List(graphene.NonNull(RebateFigureInput), required=True, description="The targets.")

    policy = THE_POLICY
    written = Field(graphene.Int, description="How many were written.")

    @classmethod
    def perform(cls, actor: Actor, policy: str, rows: Any) -> Self:
        key = key_of(policy, "policy")
        written = baselines.write_targets(actor, key, figure_drafts(rows))
        return cls(policy=RebatePolicyType.visible(actor).get(pk=key), written=written)


class RebateAdjust(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Add to, or take from, what a partner has earned, with a reason."""

    class Arguments:
        position = graphene.ID(required=True, description="The position.")
        amount = Decimal(required=True, description="So much more or, below 0, less.")
        reason = graphene.String(required=True, description="Why.")

    position = Field(RebatePositionType, description="The position as it is now.")

    @classmethod
    def perform(cls, actor: Actor, position: str, amount: Any, reason: str) -> Self:
        key = from_global_id(position, "RebatePosition", "position")
        adjust(actor, AdjustDraft(key, amount, reason))
        return cls(position=RebatePositionType.visible(actor).get(pk=key))


class RebateSimulationStart(BaseMutation, permission=MANAGE, codes=RebateErrorCode, atomic=False):
    """Try a policy, draft or not, on days of the past. It is computed in the background."""

    class Arguments:
        policy = THE_ID
        first = Date(required=True, description="First day.")
        last = Date(required=True, description="Last day.")

    simulation = Field(RebateSimulationType, description="The simulation.")

    @classmethod
    def perform(cls, actor: Actor, policy: str, first: Any, last: Any) -> Self:
        return cls(simulation=simulate.start(actor, key_of(policy, "policy"), first, last))


class PolicyMutations:
    """Mounted by the package."""

    rebate_policy_create = RebatePolicyCreate.Field()
    rebate_policy_update = RebatePolicyUpdate.Field()
    rebate_policy_submit = RebatePolicySubmit.Field()
    rebate_policy_pause = RebatePolicyPause.Field()
    rebate_policy_void = RebatePolicyVoid.Field()
    rebate_policy_close = RebatePolicyClose.Field()
    rebate_policy_recalculate = RebatePolicyRecalculate.Field()
    rebate_policy_import = RebatePolicyImport.Field()
    rebate_baseline_write = RebateBaselineWrite.Field()
    rebate_target_write = RebateTargetWrite.Field()
    rebate_adjust = RebateAdjust.Field()
    rebate_simulation_start = RebateSimulationStart.Field()
