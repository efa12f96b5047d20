"""Award scenarios, the award and its letters in the schema: what can be asked and done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.graphql import BaseMutation, DateTime, Decimal, Field, enum_of, from_global_id
from marketplace.parties.schema.types import listed
from suppliers.sourcing import awards
from suppliers.sourcing.award_enums import RuleKind, ScenarioKind
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.problems import RuleDraft
from suppliers.sourcing.scenarios import HandShare, ScenarioDraft, scenario_create
from suppliers.sourcing.schema.award_types import VIEW, AwardLetterType, AwardScenarioType, AwardType
from suppliers.sourcing.schema.opening import key_of

EVENT = graphene.ID(required=True, description="The event.")
CODE = graphene.String(required=True, description="The participation's code.")


class AwardQueries:
    """Mounted by the package."""

    award_scenarios = listed(AwardScenarioType, "Scenarios of an event, first to last.", event=EVENT, size=5)
    awards = listed(
        AwardType, "Awards of an event, first to last; all but the last were given up.", event=EVENT, size=3
    )
    award_letters = listed(AwardLetterType, "Results your organization was told, newest first.", size=50)

    def resolve_award_scenarios(root: Any, info: Any, event: str) -> Any:
        return _of_event(AwardScenarioType, info.context.actor, event)

    def resolve_awards(root: Any, info: Any, event: str) -> Any:
        return _of_event(AwardType, info.context.actor, event)

    def resolve_award_letters(root: Any, info: Any) -> Any:
        actor = info.context.actor
        rows = AwardLetterType.visible(actor).filter(seller=actor.organization_id)
        return list(rows.order_by("-sent_at", "-pk")[:50])


class AwardRuleInput(graphene.InputObjectType):
    """A rule of a scenario."""

    form = enum_of(RuleKind)(required=True, description="What it asks for.")
    suppliers = graphene.List(graphene.NonNull(graphene.String), description="Codes; none: every supplier.")
    lines = graphene.List(graphene.NonNull(graphene.Int), description="Positions; none: all lines.")
    low = Decimal(description="At least; a share is 0 to 1.")
    high = Decimal(description="At most.")


class AwardShareInput(graphene.InputObjectType):
    """By hand: a share of a line."""

    line = graphene.Int(required=True, description="The line's place.")
    supplier = CODE
    share = Decimal(required=True, description="Above 0, up to 1.")


class SupplierCostInput(graphene.InputObjectType):
    """What dealing with a supplier costs besides the goods."""

    supplier = CODE
    amount = Decimal(required=True, description="In the event's currency.")


class AwardScenarioSolve(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Make a scenario; its answer is calculated in the background and is there within about a minute."""

    class Arguments:
        event = EVENT
        name = graphene.String(required=True, description="What to call it.")
        kind = enum_of(ScenarioKind)(required=True, description="How to make it.")
        rules = graphene.List(graphene.NonNull(AwardRuleInput), description="Rules besides those of the lots.")
        shares = graphene.List(graphene.NonNull(AwardShareInput), description="For a division by hand.")
        fixed = graphene.List(graphene.NonNull(SupplierCostInput), description="Costs besides the goods.")

    scenario = Field(AwardScenarioType, description="The scenario.")

    @classmethod
    def perform(
        cls,
        actor: Actor,
        event: str,
        name: str,
        kind: str,
        rules: Sequence[Any] = (),
        shares: Sequence[Any] = (),
        fixed: Sequence[Any] = (),
    ) -> Self:
        draft = ScenarioDraft(
            name,
            kind,
            [_rule(one) for one in rules or ()],
            [HandShare(one.line, one.supplier, one.share) for one in shares or ()],
            {one.supplier: one.amount for one in fixed or ()},
        )
        return cls(scenario=scenario_create(actor, key_of(event), draft))


class AwardCreate(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Draft the award a scenario stands for."""

    class Arguments:
        scenario = graphene.ID(required=True, description="The scenario.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, scenario: str) -> Self:
        return cls(award=awards.award_create(actor, from_global_id(scenario, "AwardScenario", "scenario")))


class AwardSubmit(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Send an award to be approved."""

    class Arguments:
        id = graphene.ID(required=True, description="The award.")
        reason = graphene.String(description="A word to whoever approves.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str = "") -> Self:
        return cls(award=awards.award_submit(actor, from_global_id(id, "Award"), reason))


class AwardReject(BaseMutation, permission="sourcing.award", codes=SourcingErrorCode, atomic=False):
    """Send an award back."""

    class Arguments:
        id = graphene.ID(required=True, description="The award.")
        reason = graphene.String(required=True, description="Why.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(award=awards.award_reject(actor, from_global_id(id, "Award"), reason))


class AwardApprove(BaseMutation, permission="sourcing.award", codes=SourcingErrorCode, atomic=False):
    """Approve an award that somebody else submitted; its figures are frozen."""

    class Arguments:
        id = graphene.ID(required=True, description="The award.")
        standstill_until = DateTime(description="No letters before this.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, id: str, standstill_until: datetime | None = None) -> Self:
        return cls(award=awards.award_approve(actor, from_global_id(id, "Award"), standstill_until))


class AwardLettersSend(BaseMutation, permission="sourcing.award", codes=SourcingErrorCode, atomic=False):
    """Tell everybody the result, all at once."""

    class Arguments:
        id = graphene.ID(required=True, description="The award.")
        answer_days = graphene.Int(description="How many days winners have to answer; 7 unless told.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, id: str, answer_days: int = awards.ANSWER_DAYS) -> Self:
        return cls(award=awards.letters_send(actor, from_global_id(id, "Award"), answer_days))


class AwardComplete(BaseMutation, permission="sourcing.award", codes=SourcingErrorCode, atomic=False):
    """Close a confirmed award; keys of sealed quotes are erased."""

    class Arguments:
        id = graphene.ID(required=True, description="The award.")

    award = Field(AwardType, description="The award.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(award=awards.award_complete(actor, from_global_id(id, "Award")))


class AwardLetterAnswer(BaseMutation, permission="quotes.submit", codes=SourcingErrorCode, atomic=False):
    """Accept or decline what you won."""

    class Arguments:
        id = graphene.ID(required=True, description="The letter.")
        accept = graphene.Boolean(required=True, description="Yes, or no.")
        reason = graphene.String(description="Why not; needed to decline.")

    letter = Field(AwardLetterType, description="The letter.")

    @classmethod
    def perform(cls, actor: Actor, id: str, accept: bool, reason: str = "") -> Self:
        return cls(letter=awards.letter_answer(actor, from_global_id(id, "AwardLetter"), accept, reason))


class AwardMutations:
    """Mounted by the package."""

    award_scenario_solve = AwardScenarioSolve.Field()
    award_create = AwardCreate.Field()
    award_submit = AwardSubmit.Field()
    award_reject = AwardReject.Field()
    award_approve = AwardApprove.Field()
    award_letters_send = AwardLettersSend.Field()
    award_complete = AwardComplete.Field()
    award_letter_answer = AwardLetterAnswer.Field()


def _rule(one: Any) -> RuleDraft:
    """A rule as given; a supplier left blank in a form names nobody, so the rule is for all."""
    suppliers = tuple(code for code in one.get("suppliers") or () if code.strip())
    return RuleDraft(RuleKind(one.form), suppliers, tuple(one.get("lines") or ()), one.get("low"), one.get("high"))


def _of_event(type_: Any, actor: Actor, event: str) -> list[Any]:
    if not actor.may(VIEW):
        return []
    try:
        return list(type_.visible(actor).filter(event=key_of(event)).order_by("pk"))
    except DomainError:
        return []
