"""Price simulations in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.models import JobStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    Sort,
    SortKey,
    Subscribe,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
)
from marketplace.parties.schema.types import UserType, listed, text
from ordercenter.pricing import simulate
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE
from ordercenter.pricing.models import (
    PriceList,
    PricePolicy,
    PriceSimulation,
    PriceSimulationRow,
    SimulationInstant,
    SimulationLevel,
)
from ordercenter.pricing.schema.lists import THE_ID, VIEW, PriceListType
from ordercenter.pricing.schema.policies import PricePolicyType
from ordercenter.pricing.telling import told


class SimulationFigures:
    """What a whole simulation and each row of it sum up."""

    line_count = Field(graphene.Int, required=True, description="Order lines.")
    frozen = Field(Money, required=True, description="What they came to as ordered, before promotions.")
    current = Field(Money, required=True, description="What they come to by the lists and policies as they are.")
    assumed = Field(Money, required=True, description="What they come to under the assumption.")
    difference = Field(Money, required=True, description="Assumed less current.")
    percent = Field(Decimal, description="The same in percent of current; null where that is 0.")
    dearer = Field(graphene.Int, required=True, description="Lines that become dearer.")
    cheaper = Field(graphene.Int, required=True, description="Lines that become cheaper.")
    unpriced = Field(graphene.Int, required=True, description="Lines without a price; summed up as ordered.")
    floored = Field(graphene.Int, required=True, description="Lines that a floor price raises.")

    def resolve_frozen(root: Any, _info: Any) -> Amount:
        return Amount(root.frozen, _currency(root))

    def resolve_current(root: Any, _info: Any) -> Amount:
        return Amount(root.current, _currency(root))

    def resolve_assumed(root: Any, _info: Any) -> Amount:
        return Amount(root.assumed, _currency(root))

    def resolve_difference(root: Any, _info: Any) -> Amount:
        return Amount(root.assumed - root.current, _currency(root))

    def resolve_percent(root: Any, _info: Any) -> Any:
        return round((root.assumed - root.current) / root.current * 100, 2) if root.current else None


def _currency(root: Any) -> str:
    return root.simulation.currency if isinstance(root, PriceSimulationRow) else root.currency


class PriceSimulationRowType(
    SimulationFigures, ModelType, model=PriceSimulationRow, name="PriceSimulationRow", permission=VIEW
):
    """The figures of one partner, brand, SKU or order line."""

    level = Field(enum_of(SimulationLevel, "PriceSimulationLevel"), required=True, description="What it sums up.")
    label = text("Partner, brand, SKU or order number; empty for goods without a brand.")
    detail = text("More of it, such as the name of the goods.")
    quantity = Field(Quantity, description="Of an order line: its quantity.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return PriceSimulationRow.objects.visible_to(actor).select_related("simulation")


class PriceSimulationType(SimulationFigures, ModelType, model=PriceSimulation, name="PriceSimulation", permission=VIEW):
    """Past orders priced with other lists and policies. It changes nothing."""

    name = text("What it is called.")
    currency = text("ISO 4217 code of the orders.")
    period_from = Field(DateTime, required=True, description="Orders placed from here on.")
    period_to = Field(DateTime, required=True, description="Orders placed before.")
    instant = Field(
        enum_of(SimulationInstant, "PriceSimulationInstant"), required=True, description="By the prices of when."
    )
    instant_label = label_field("instant")
    assumed_at = Field(DateTime, required=True, description="The instant whose rows of the assumed lists are tried.")
    lists = listed(PriceListType, "Taken as in effect.", size=2)
    policies = listed(PricePolicyType, "Taken as in effect.", size=2)
    without_policies = listed(PricePolicyType, "Taken as not in effect.", size=2)
    status = Field(enum_of(JobStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    rows_done = Field(graphene.Int, required=True, description="Lines that are priced.")
    rows_total = Field(graphene.Int, required=True, description="Lines there are.")
    failure = Field(graphene.String, description="Why it could not go on.")
    as_of = Field(DateTime, description="The instant at which lists and policies were as its result says.")
    created_at = Field(DateTime, required=True, description="When it was started.")
    created_by = Related(UserType, "created_by", description="Who started it.")
    finished_at = Field(DateTime, description="When it was done.")
    can_cancel = Field(graphene.Boolean, required=True, description="It can be given up.")
    rows = ConnectionField(
        PriceSimulationRowType,
        level=enum_of(SimulationLevel, "PriceSimulationLevel")(required=True, description="By what."),
        description="The result, what moves most first; of order lines the 200 that move most.",
    )

    def resolve_lists(root: Any, info: Any) -> Any:
        return ListsById.of(info).load(tuple(root.lists))

    def resolve_policies(root: Any, info: Any) -> Any:
        return PoliciesById.of(info).load(tuple(root.policies))

    def resolve_without_policies(root: Any, info: Any) -> Any:
        return PoliciesById.of(info).load(tuple(root.without_policies))

    def resolve_rows_done(root: Any, _info: Any) -> int:
        running = told(simulate.topic(root.pk)) if root.can_cancel else None
        return running["rows_done"] if running else root.rows_done

    def resolve_failure(root: Any, _info: Any) -> str | None:
        return root.failure or None

    def resolve_rows(root: Any, info: Any, level: Any, **_arguments: Any) -> Any:
        rows = PriceSimulationRowType.visible(info.context.actor).filter(simulation=root.pk, level=level)
        return rows.order_by("-moved", "pk")


class ListsById(BatchLoader):
    """By a tuple of ids: the reader's lists of them."""

    def batch(self, keys: list[tuple[int, ...]]) -> list[list[PriceList]]:
        wanted = {key for one in keys for key in one}
        found = {row.pk: row for row in PriceList.objects.visible_to(self.actor).filter(pk__in=wanted)}
        return [[found[key] for key in one if key in found] for one in keys]


class PoliciesById(BatchLoader):
    """By a tuple of ids: the reader's policies of them."""

    def batch(self, keys: list[tuple[int, ...]]) -> list[list[PricePolicy]]:
        wanted = {key for one in keys for key in one}
        found = {row.pk: row for row in PricePolicyType.visible(self.actor).filter(pk__in=wanted)}
        return [[found[key] for key in one if key in found] for one in keys]


class PriceSimulationSort(Sort, default="-CREATED"):
    """Keys that price simulations are sorted by."""

    CREATED = SortKey.of("id", description="When it was started.")


class SimulationQueries:
    """Mounted by the package."""

    price_simulation = Field(PriceSimulationType, id=THE_ID, permission=VIEW, description="One simulation of yours.")
    price_simulations = ConnectionField(
        PriceSimulationType,
        sort=PriceSimulationSort,
        permission=VIEW,
        description="Your price simulations, the latest first.",
    )

    def resolve_price_simulation(root: Any, info: Any, id: str) -> Any:
        return PriceSimulationType.by_id(info, id)

    def resolve_price_simulations(root: Any, info: Any) -> Any:
        return PriceSimulationType.visible(info.context.actor)


class PriceSimulationInput(graphene.InputObjectType):
    """What to try on which orders."""

    name = graphene.InputField(graphene.String, description="What it is called.")
    period_from = graphene.InputField(DateTime, required=True, description="Orders placed from here on.")
    period_to = graphene.InputField(DateTime, required=True, description="Orders placed before.")
    currency = graphene.InputField(graphene.String, description="Orders in this currency; your own unless told.")
    instant = graphene.InputField(
        enum_of(SimulationInstant, "PriceSimulationInstant"), description="By the prices of when; THEN unless told."
    )
    partners = graphene.InputField(
        graphene.List(graphene.NonNull(graphene.ID)), description="Only orders of these partnerships."
    )
    lists = graphene.InputField(graphene.List(graphene.NonNull(graphene.ID)), description="Taken as in effect.")
    policies = graphene.InputField(graphene.List(graphene.NonNull(graphene.ID)), description="Taken as in effect.")
    without_policies = graphene.InputField(
        graphene.List(graphene.NonNull(graphene.ID)), description="Taken as not in effect."
    )
    assumed_at = graphene.InputField(
        DateTime, description="The instant whose rows of the assumed lists are tried; now unless told."
    )


class PriceSimulationStart(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Price past orders with other lists and policies, in the background. Nothing but its result is written."""

    class Arguments:
        input = PriceSimulationInput(required=True, description="What to try.")

    price_simulation = Field(PriceSimulationType, description="The simulation.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        names = ("name", "period_from", "period_to", "currency", "instant", "assumed_at")
        given = {name: input[name] for name in names if input.get(name) is not None}
        given["partnerships"] = ids_of(input.get("partners") or [], "Partnership", "partners")
        given["lists"] = ids_of(input.get("lists") or [], "PriceList", "lists")
        for name in ("policies", "without_policies"):
            given[name] = ids_of(input.get(name) or [], "PricePolicy", name)
        return cls(price_simulation=simulate.price_simulation_start(actor, simulate.SimulationDraft(**given)))


class PriceSimulationCancel(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Give up a simulation that has not ended."""

    class Arguments:
        id = THE_ID

    price_simulation = Field(PriceSimulationType, description="The simulation.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = from_global_id(id, PriceSimulationType)
        return cls(price_simulation=simulate.price_simulation_cancel(actor, key))


class SimulationMutations:
    """Mounted by the package."""

    price_simulation_start = PriceSimulationStart.Field()
    price_simulation_cancel = PriceSimulationCancel.Field()


class PriceSimulationProgress(Subscribe, permission=VIEW):
    """A simulation came a step further; at least each second while it runs."""

    class Arguments:
        id = graphene.ID(required=True, description="The simulation.")

    price_simulation = Field(PriceSimulationType, description="The simulation as it is now.")

    @classmethod
    def topic(cls, actor: Actor, id: str) -> str:
        found = PriceSimulationType.get_node(actor, from_global_id(id, PriceSimulationType))
        if found is None:
            raise not_found("id")
        return simulate.topic(found.pk)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any], id: str) -> Self | None:
        found = PriceSimulationType.get_node(actor, from_global_id(id, PriceSimulationType))
        return None if found is None else cls(price_simulation=found)


class SimulationSubscriptions:
    """Mounted by the package."""

    price_simulation_progress = PriceSimulationProgress.Field()
