"""Trying promotions on an order, and simulating them over many."""

from __future__ import annotations

import decimal
from datetime import date
from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.models import JobStatus
from marketplace.core.money import Money as Amount
from marketplace.core.names import localized
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    Date,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.promotions import simulate, trying
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.models import Promotion, PromotionSimulation
from ordercenter.promotions.schema.results import PromotionOutcomeType
from ordercenter.promotions.schema.types import PromotionType

VIEW = "promotions.view"
ZERO = decimal.Decimal(0)
THE_ID = graphene.ID(required=True, description="Its id.")


class TryStepType(graphene.ObjectType):
    """How one promotion fared, on the whole order or on one line."""

    class Meta:
        name = "PromotionTryStep"

    promotion = Field(PromotionType, description="The promotion.")
    code = text("Its code.")
    failed_at = Field(graphene.Int, required=True, description="The step it failed at, 1 to 8; 0 where it applied.")
    step_label = text("The step in words.")
    sku = text("The SKU of the line, where it is one.")
    line_count = Field(graphene.Int, required=True, description="On how many lines; 0: on the whole order.")
    benefit = Field(Decimal, required=True, description="What it alone would take off.")
    amount = Field(Decimal, required=True, description="What it took off.")
    reached = Field(Decimal, description="What was compared with the threshold.")
    needed = Field(Decimal, description="The threshold.")
    beaten_by = text("The code of the promotion that kept it out, or empty.")


STEPS = {
    0: lambda: _("Applied"),
    1: lambda: _("Not for this buyer, channel or currency"),
    2: lambda: _("No line in its goods"),
    3: lambda: _("No coupon for it"),
    4: lambda: _("Threshold not reached"),
    5: lambda: _("Nothing left of its cap"),
    6: lambda: _("Nothing to take off"),
    7: lambda: _("Another one stands in its place"),
    8: lambda: _("An earlier one stops it"),
}


class TryLineType(graphene.ObjectType):
    """A line of the order as promotions leave it."""

    class Meta:
        name = "PromotionTryLine"

    position = Field(graphene.Int, required=True, description="Its place in the order.")
    sku = text("Its SKU.")
    listed = Field(Decimal, required=True, description="Its amount before promotions.")
    discount = Field(Decimal, required=True, description="What is taken off it.")
    floored = Field(graphene.Boolean, required=True, description="It may go no lower.")


class PromotionTryType(graphene.ObjectType):
    """An order tried step by step."""

    class Meta:
        name = "PromotionTryResult"

    number = text("The number of the order.")
    currency = text("ISO 4217 code.")
    before = Field(Money, required=True, description="What promotions took off it when it was placed.")
    after = Field(Money, required=True, description="What they take off it now.")
    steps = listed(TryStepType, "Every promotion with the step it failed at.", size=50)
    outcomes = listed(PromotionOutcomeType, "Those that apply.", size=10)
    lines = listed(TryLineType, "The lines.", size=20)
    gifts = Field(graphene.Int, required=True, description="How many gift lines it earns.")
    refusals = listed(graphene.String, "What is wrong with its coupons.", size=3)


class PromotionTry(BaseMutation, permission=VIEW, codes=PromotionErrorCode, atomic=False):
    """Try promotions on one of your orders, step by step. Writes nothing."""

    class Arguments:
        order = graphene.ID(required=True, description="The order.")
        drafts = graphene.List(graphene.NonNull(graphene.ID), description="Promotions tried as if in effect.")
        coupons = graphene.List(graphene.NonNull(graphene.String), description="Coupons tried with it.")
        then = graphene.Boolean(description="With the promotions of the order's own instant, not those of now.")

    result = Field(PromotionTryType, description="How it went.")

    @classmethod
    def perform(cls, actor: Actor, order: str, then: bool = False, **given: Any) -> Self:
        tried = trying.promotion_try(
            actor,
            from_global_id(order, "Order", "order"),
            ids_of(given.get("drafts") or [], PromotionType, "drafts"),
            coupons=given.get("coupons") or (),
            now=not then,
        )
        return cls(result=_result(tried))


def _alike(steps: list[Any]) -> list[list[Any]]:
    """Steps by promotion and what became of it: a promotion on forty lines is one thing to read."""
    found: dict[Any, list[Any]] = {}
    for step in steps:
        found.setdefault((step.failed_at > 0, step.code, step.failed_at, step.beaten_by), []).append(step)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1], key[2], key[3] or 0))]


def _result(tried: Any) -> dict[str, Any]:
    found, order = tried.found, tried.order
    currency = order.basket.currency
    codes = {key: row.code for key, row in tried.promotions.items()}
    floored = set(found.floored)
    steps = [
        {
            "promotion": tried.promotions.get(first.promotion_id),
            "code": first.code,
            "failed_at": first.failed_at,
            "step_label": STEPS[first.failed_at](),
            "sku": order.skus.get(first.line, "") if len(alike) == 1 else "",
            "line_count": sum(1 for step in alike if step.line is not None),
            "benefit": sum((step.benefit for step in alike), ZERO),
            "amount": sum((step.amount for step in alike), ZERO),
            "reached": first.reached,
            "needed": first.needed,
            "beaten_by": codes.get(first.beaten_by, ""),
        }
        for first, *alike in ((steps[0], *steps) for steps in _alike(found.steps))
    ]
    goods = sum((one.amount for one in found.applied if one.level != "freight"), ZERO)
    return {
        "number": order.number,
        "currency": currency,
        "before": Amount(order.discount, currency),
        "after": Amount(goods, currency),
        "steps": steps,
        "outcomes": [one for one in found.applied if one.amount],
        "lines": [
            {
                "position": line.position,
                "sku": order.skus[line.key],
                "listed": line.list_amount,
                "discount": found.discounts.get(line.key, 0),
                "floored": line.key in floored,
            }
            for line in order.basket.lines
        ],
        "gifts": len(found.lines),
        "refusals": [str(one.message) for one in found.refused],
    }


class SimulatedPromotionType(graphene.ObjectType):
    """What one promotion did in a simulation."""

    class Meta:
        name = "SimulatedPromotion"

    promotion = Field(graphene.ID, required=True, description="Which one.")
    code = text("Its code.")
    name = text("Its name.")
    draft = Field(graphene.Boolean, required=True, description="It was simulated, not in effect.")
    orders = Field(graphene.Int, required=True, description="On how many orders it applied.")
    amount = Field(Decimal, required=True, description="What it took off in all.")
    won = Field(graphene.Int, required=True, description="How often it kept another one out.")
    lost = Field(graphene.Int, required=True, description="How often another one kept it out.")

    def resolve_promotion(root: Any, _info: Any) -> str:
        return to_global_id("Promotion", root["id"])

    def resolve_name(root: Any, _info: Any) -> str:
        return localized(root["zh"], root["en"])


class SimulatedDayType(graphene.ObjectType):
    """One day of a simulation."""

    class Meta:
        name = "SimulatedDay"

    day = Field(Date, required=True, description="The day, in UTC.")
    before = Field(Decimal, required=True, description="What was taken off then.")
    after = Field(Decimal, required=True, description="What would have been taken off.")
    drafts_so_far = Field(Decimal, required=True, description="What the drafts alone would have taken by then.")

    def resolve_day(root: Any, _info: Any) -> Any:

        return date.fromisoformat(root["day"])


class SimulatedOrderType(graphene.ObjectType):
    """An order that a simulation changes much."""

    class Meta:
        name = "SimulatedOrder"

    order = Field(graphene.ID, required=True, description="Which order.")
    number = text("Its number.")
    buyer = text("Who bought.")
    listed = Field(Decimal, required=True, description="Its amount before promotions.")
    before = Field(Decimal, required=True, description="What was taken off then.")
    after = Field(Decimal, required=True, description="What would have been taken off.")

    def resolve_order(root: Any, _info: Any) -> str:
        return to_global_id("Order", root["order"])


def _figure(name: str, description: str, type_: Any = Decimal) -> Any:
    return Field(type_, required=True, description=description, resolver=lambda root, _info: root.result.get(name) or 0)


class PromotionSimulationType(ModelType, model=PromotionSimulation, name="PromotionSimulation", permission=VIEW):
    """Past orders replayed with drafts, against what was applied then."""

    status = Field(enum_of(JobStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    period_from = Field(DateTime, required=True, description="Orders priced from here.")
    period_to = Field(DateTime, required=True, description="Orders priced before this.")
    with_live = Field(graphene.Boolean, required=True, description="Beside the rules that were in force.")
    done = Field(graphene.Int, required=True, description="Lines replayed.")
    total = Field(graphene.Int, required=True, description="Lines to replay.")
    failure = text("Why it failed, or empty.")
    created_at = Field(DateTime, required=True, description="When it was asked for.")
    as_of = Field(DateTime, description="When it was worked out.")
    currency = text("ISO 4217 code.")
    drafts = listed(PromotionType, "What was simulated.", size=5)
    orders = _figure("orders", "Orders replayed.", graphene.Int)
    lines = _figure("lines", "Their lines.", graphene.Int)
    touched = _figure("touched", "Orders with another discount.", graphene.Int)
    floored = _figure("floored", "Lines that came down to their floor.", graphene.Int)
    listed = _figure("listed", "Their amount before promotions.")
    before = _figure("before", "What was taken off then.")
    after = _figure("after", "What would have been taken off.")
    gift_value = _figure("gift_value", "What the gifts would have been worth.")
    gift_quantity = _figure("gift_quantity", "How many gifts.")
    promotions = Field(
        graphene.List(graphene.NonNull(SimulatedPromotionType)),
        required=True,
        size=20,
        description="What each one did.",
    )
    curve = Field(graphene.List(graphene.NonNull(SimulatedDayType)), required=True, size=100, description="Day by day.")
    top = Field(
        graphene.List(graphene.NonNull(SimulatedOrderType)), required=True, size=10, description="What changes most."
    )

    def resolve_currency(root: Any, _info: Any) -> str:
        return root.result.get("currency") or root.organization.currency

    def resolve_drafts(root: Any, info: Any) -> Any:
        return list(Promotion.objects.visible_to(info.context.actor).filter(pk__in=root.drafts).order_by("pk"))

    def resolve_promotions(root: Any, _info: Any) -> Any:
        return root.result.get("promotions", [])

    def resolve_curve(root: Any, _info: Any) -> Any:
        return root.result.get("curve", [])

    def resolve_top(root: Any, _info: Any) -> Any:
        return root.result.get("top", [])


class PromotionSimulationSort(Sort, default="-CREATED"):
    """Keys that simulations are sorted by."""

    CREATED = SortKey.of("id", description="When it was asked for.")


class PromotionSimulationStart(BaseMutation, permission=VIEW, codes=PromotionErrorCode, atomic=False):
    """Replay the orders of a period with drafts, in the background."""

    class Arguments:
        period_from = DateTime(required=True, description="Orders priced from here.")
        period_to = DateTime(required=True, description="Orders priced before this.")
        drafts = graphene.List(graphene.NonNull(graphene.ID), description="The promotions to try.")
        with_live = graphene.Boolean(description="Beside the rules that were in force; true unless told.")

    simulation = Field(PromotionSimulationType, description="The simulation.")

    @classmethod
    def perform(cls, actor: Actor, period_from: Any, period_to: Any, **given: Any) -> Self:
        drafts = ids_of(given.get("drafts") or [], PromotionType, "drafts")
        live = given.get("with_live")
        made = simulate.promotion_simulate(actor, period_from, period_to, drafts, live is None or live)
        return cls(simulation=made)


class PromotionSimulationCancel(BaseMutation, permission=VIEW, codes=PromotionErrorCode, atomic=False):
    """Give a simulation up."""

    class Arguments:
        id = THE_ID

    simulation = Field(PromotionSimulationType, description="The simulation.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(simulation=simulate.promotion_simulation_cancel(actor, from_global_id(id, PromotionSimulationType)))


class SimulationQueries:
    """Mounted by the package."""

    promotion_simulation = Field(
        PromotionSimulationType, id=THE_ID, permission=VIEW, description="One simulation of yours."
    )
    promotion_simulations = ConnectionField(
        PromotionSimulationType,
        sort=PromotionSimulationSort,
        permission=VIEW,
        description="Your simulations, the latest first.",
    )

    promotion_trial = Field(
        PromotionTryType,
        order=graphene.ID(description="The order; without one there is nothing to tell."),
        drafts=graphene.List(graphene.NonNull(graphene.ID), description="Promotions tried as if in effect."),
        permission=VIEW,
        cost=20,
        description="The same as `promotionTry`, for pages that show it.",
    )

    def resolve_promotion_trial(root: Any, info: Any, order: str | None = None, drafts: Any = None) -> Any:
        if not order:
            return None
        keys = ids_of(drafts or [], PromotionType, "drafts")
        return _result(trying.promotion_try(info.context.actor, from_global_id(order, "Order", "order"), keys))

    def resolve_promotion_simulation(root: Any, info: Any, id: str) -> Any:
        return PromotionSimulationType.by_id(info, id)

    def resolve_promotion_simulations(root: Any, info: Any) -> Any:
        return PromotionSimulation.objects.visible_to(info.context.actor)


class TryingMutations:
    """Mounted by the package."""

    promotion_try = PromotionTry.Field()
    promotion_simulation_start = PromotionSimulationStart.Field()
    promotion_simulation_cancel = PromotionSimulationCancel.Field()
