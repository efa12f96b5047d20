"""Types of award scenarios, awards and letters."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BatchLoader,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    enum_of,
    grouped,
    label_field,
)
from marketplace.parties.schema.types import listed, text
from suppliers.sourcing.award_enums import (
    AwardLetterStatus,
    AwardStatus,
    LetterKind,
    LineReason,
    RuleKind,
    ScenarioKind,
    ScenarioStatus,
)
from suppliers.sourcing.models import Award, AwardLetter, AwardLine, AwardRule, AwardScenario

PARTICIPATION = "suppliers.sourcing.schema.types.ParticipationType"
VIEW = "sourcing.view"


class RulesOfScenario(BatchLoader):
    def batch(self, keys: list[Any]) -> list[Any]:
        rows = AwardRule.objects.visible_to(self.actor).filter(scenario__in=keys).select_related("scenario__event")
        return grouped(rows.order_by("position"), by="scenario_id", keys=keys)


class LinesOfAward(BatchLoader):
    def batch(self, keys: list[Any]) -> list[Any]:
        rows = AwardLine.objects.visible_to(self.actor).filter(award__in=keys)
        rows = rows.select_related("line__variant", "line__uom", "line__event", "participation", "seller")
        return grouped(rows.order_by("line__position", "participation__code"), by="award_id", keys=keys)


class LettersOfAward(BatchLoader):
    def batch(self, keys: list[Any]) -> list[Any]:
        rows = AwardLetterType.visible(self.actor).filter(award__in=keys)
        return grouped(rows.order_by("participation__code"), by="award_id", keys=keys)


class AwardRuleType(graphene.ObjectType):
    """One rule of a scenario, and what it costs to keep it."""

    class Meta:
        name = "AwardRule"

    position = Field(graphene.Int, required=True, description="Its place.")
    form = Field(enum_of(RuleKind), required=True, description="What it asks for.")
    form_label = label_field("form")
    suppliers = Field(
        graphene.List(graphene.NonNull(graphene.String)), required=True, description="Codes; none: every supplier."
    )
    lines = Field(graphene.List(graphene.NonNull(graphene.Int)), required=True, description="Positions; none: all.")
    low = Field(Decimal, description="At least.")
    high = Field(Decimal, description="At most.")
    of_lot = Field(graphene.Boolean, required=True, description="It comes from the lot, and cannot be left out.")
    cost = Field(Money, description="What goes without it; null where it was not calculated.")
    lacking = Field(Decimal, description="How far it would have to give way where the rules exclude one another.")

    def resolve_cost(root: Any, _info: Any) -> Any:
        return None if root.cost is None else Amount(root.cost, root.scenario.event.currency)


class ScenarioWinnerType(graphene.ObjectType):
    """A supplier's part of a line."""

    class Meta:
        name = "AwardScenarioWinner"

    supplier = text("Its code.")
    quantity = Field(Quantity, required=True, description="How much of the line.")
    price = Field(Decimal, required=True, description="The unit price at this quantity.")
    amount = Field(Money, required=True, description="Quantity times price, rounded.")


class ScenarioLineType(graphene.ObjectType):
    """Who gets a line, and why."""

    class Meta:
        name = "AwardScenarioLine"

    line = Field(graphene.Int, required=True, description="Its place in the event.")
    winners = listed(ScenarioWinnerType, "Who gets it.", size=3)
    second_supplier = Field(graphene.String, description="Who is the next cheapest for all of it.")
    second_price = Field(Decimal, description="At which price.")
    reason = Field(enum_of(LineReason), description="Why it went there; null for a division by hand.")
    reason_label = Field(graphene.String, description="The label of `reason`.")
    rules = Field(
        graphene.List(graphene.NonNull(graphene.Int)), required=True, description="Places of the rules that moved it."
    )


class ScenarioSupplierType(graphene.ObjectType):
    """What a supplier gets in all."""

    class Meta:
        name = "AwardScenarioSupplier"

    supplier = text("Its code.")
    amount = Field(Money, required=True, description="After discounts, without what dealing with it costs.")


class AwardScenarioType(ModelType, model=AwardScenario, name="AwardScenario", permission=VIEW):
    """One way to divide an event's lines."""

    event = Related("suppliers.sourcing.schema.types.SourcingEventType", "event", description="The event.")
    name = text("What it is called.")
    kind = Field(enum_of(ScenarioKind), required=True, description="How it was made.")
    kind_label = label_field("kind")
    status = Field(enum_of(ScenarioStatus), required=True, description="What is known of its answer.")
    status_label = label_field("status")
    total = Field(Money, description="What it costs in all.")
    lowest_total = Field(Money, description="Without any rule; by hand: the cheapest under the same rules.")
    extra = Field(Money, description="What it costs over that.")
    gap = Field(Decimal, description="How far it may be from the cheapest; 0.001 is 0.1 %.")
    rules = listed(AwardRuleType, "Its rules.", size=10)
    lines = listed(ScenarioLineType, "Line by line.", size=50)
    suppliers = listed(ScenarioSupplierType, "Supplier by supplier.", size=10)
    uncovered = Field(
        graphene.List(graphene.NonNull(graphene.String)), required=True, description="Lines nobody can cover."
    )
    created_at = Field(DateTime, required=True, description="When it was made.")
    solved_at = Field(DateTime, description="When the answer was there.")

    def resolve_total(root: Any, _info: Any) -> Any:
        return _money(root, root.total)

    def resolve_lowest_total(root: Any, _info: Any) -> Any:
        return _money(root, root.lowest_total)

    def resolve_extra(root: Any, _info: Any) -> Any:
        known = root.total is not None and root.lowest_total is not None
        return _money(root, root.total - root.lowest_total) if known else None

    def resolve_rules(root: Any, info: Any) -> Any:
        return RulesOfScenario.of(info).load(root.pk)

    def resolve_lines(root: Any, _info: Any) -> Any:
        return [_line(one, root.event.currency) for one in root.answer.get("lines", ())]

    def resolve_suppliers(root: Any, _info: Any) -> Any:
        return [
            ScenarioSupplierType(supplier=one["supplier"], amount=_money(root, Number(one["amount"])))
            for one in root.answer.get("suppliers", ())
        ]

    def resolve_uncovered(root: Any, _info: Any) -> Any:
        return root.answer.get("uncovered", [])

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).select_related("event")


class AwardLineType(graphene.ObjectType):
    """So much of a line to one supplier."""

    class Meta:
        name = "AwardLine"

    line = Field(graphene.Int, required=True, description="The line's place in the event.")
    name = text("What is needed.")
    uom = text("The unit's code.")
    supplier = text("Who.")
    code = text("Its code in this event.")
    share = Field(Decimal, required=True, description="1 is the whole line.")
    quantity = Field(Quantity, required=True, description="How much.")
    price = Field(Decimal, required=True, description="The unit price.")
    amount = Field(Money, required=True, description="Quantity times price, rounded.")

    def resolve_line(root: Any, _info: Any) -> int:
        return root.line.position

    def resolve_name(root: Any, _info: Any) -> str:
        return root.line.text or (root.line.variant.sku if root.line.variant else "")

    def resolve_uom(root: Any, _info: Any) -> str:
        return root.line.uom.code

    def resolve_supplier(root: Any, _info: Any) -> str:
        return root.seller.name

    def resolve_code(root: Any, _info: Any) -> str:
        return root.participation.code

    def resolve_amount(root: Any, _info: Any) -> Any:
        return Amount(root.amount, root.line.event.currency)


class AwardLetterType(ModelType, model=AwardLetter, name="AwardLetter"):
    """Tells one supplier the result."""

    participation = Related(PARTICIPATION, "participation", description="To whom.")
    kind = Field(enum_of(LetterKind), required=True, description="What it tells.")
    kind_label = label_field("kind")
    status = Field(enum_of(AwardLetterStatus), required=True, description="What became of it.")
    status_label = label_field("status")
    event_number = text("The event's number.")
    supplier = text("The supplier's name.")
    rank = Field(graphene.Int, description="Its place among the quotes.")
    amount = Field(Money, description="What it won.")
    winning_total = Field(Money, description="What was awarded in all, where the rules tell it.")
    lines = listed(AwardLineType, "What it won, line by line.", size=50)
    sent_at = Field(DateTime, required=True, description="When all letters left.")
    answer_until = Field(DateTime, description="Until when a winner answers.")
    answered_at = Field(DateTime, description="When it answered.")
    reason = text("Why it declined.")

    def resolve_event_number(root: Any, _info: Any) -> str:
        return root.award.event.number

    def resolve_supplier(root: Any, _info: Any) -> str:
        return root.seller.name

    def resolve_amount(root: Any, _info: Any) -> Any:
        return None if root.amount is None else Amount(root.amount, root.award.event.currency)

    def resolve_winning_total(root: Any, _info: Any) -> Any:
        return None if root.winning_total is None else Amount(root.winning_total, root.award.event.currency)

    def resolve_lines(root: Any, info: Any) -> Any:
        found = LinesOfAward.of(info).load(root.award_id)
        return found.then(lambda rows: [row for row in rows if row.participation_id == root.participation_id])

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).select_related("award__event", "seller")


class AwardType(ModelType, model=Award, name="Award", permission=VIEW):
    """The decision on an event."""

    event = Related("suppliers.sourcing.schema.types.SourcingEventType", "event", description="The event.")
    scenario = Related(AwardScenarioType, "scenario", description="Where it comes from.")
    status = Field(enum_of(AwardStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    reason = text("What was written to whoever approves, or why it was sent back.")
    baseline = Field(Money, description="What the lines would cost at their baseline; frozen at approval.")
    awarded = Field(Money, description="What was awarded; frozen at approval.")
    saving = Field(Money, description="(Baseline less price) times quantity; frozen at approval.")
    standstill_until = Field(DateTime, description="No letter before this.")
    approved_at = Field(DateTime, description="When it was approved.")
    letters_at = Field(DateTime, description="When everybody was told.")
    lines = listed(AwardLineType, "Who gets what.", size=50)
    letters = listed(AwardLetterType, "Who was told what.", size=10)

    def resolve_baseline(root: Any, _info: Any) -> Any:
        return _money(root, root.baseline)

    def resolve_awarded(root: Any, _info: Any) -> Any:
        return _money(root, root.awarded)

    def resolve_saving(root: Any, _info: Any) -> Any:
        return _money(root, root.saving)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfAward.of(info).load(root.pk)

    def resolve_letters(root: Any, info: Any) -> Any:
        return LettersOfAward.of(info).load(root.pk)

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).select_related("event")


def _money(root: Any, amount: Number | None) -> Amount | None:
    return None if amount is None else Amount(amount, root.event.currency)


def _line(one: dict[str, Any], currency: str) -> ScenarioLineType:
    reason = LineReason(one["reason"]) if one.get("reason") else None
    return ScenarioLineType(
        line=one["line"],
        winners=[
            ScenarioWinnerType(
                supplier=winner["supplier"],
                quantity=Number(winner["quantity"]),
                price=Number(winner["price"]),
                amount=Amount(Number(winner["amount"]), currency),
            )
            for winner in one["winners"]
        ],
        second_supplier=one.get("second_supplier"),
        second_price=None if one.get("second_price") is None else Number(one["second_price"]),
        reason=reason,
        reason_label=str(reason.label) if reason else None,
        rules=one.get("rules", []),
    )
