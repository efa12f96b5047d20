"""Why a price is what it is, in the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal as Number
from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.instants import or_none
from marketplace.core.money import Money as Amount
from marketplace.graphql import DateTime, Deferred, Field, Money, Quantity, enum_of
from marketplace.parties.schema.trade_types import PartnershipType
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.pricing.explain import explain, sees_all
from ordercenter.pricing.models import PricePolicyLine
from ordercenter.pricing.schema.lines import LINES, AskedLines, asked_lines
from ordercenter.pricing.schema.loaders import AssignmentById, TermById, audience_name
from ordercenter.pricing.schema.prices import SIDES, money_of
from ordercenter.pricing.terms import PriceRequest, PriceResult
from ordercenter.pricing.trace import PriceTrace, TraceList, TraceRow, TraceTerm, TraceVerdict
from ordercenter.pricing.wording import effect_text, scope_text

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a trace with the currency it is in."""

    row: TraceRow
    currency: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list of a trace; `in_full` for the seller's own people."""

    entry: TraceList
    currency: str
    in_full: bool


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A line of a policy in a trace; `in_full` for the seller's own people."""

    term: TraceTerm
    currency: str
    in_full: bool


@dataclass(frozen=True, slots=True)
class ShownTrace:
    """A trace; `in_full` for the seller's own people."""

    trace: PriceTrace
    in_full: bool

    @property
    def request(self) -> PriceRequest:
        return self.trace.request

    @property
    def result(self) -> PriceResult:
        return self.trace.result


class TraceRowType(graphene.ObjectType):
    """A price row that was considered."""

    class Meta:
        name = "TraceRow"

    uom = Field(UnitOfMeasureType, required=True, description="The unit it prices.")
    min_quantity = Field(Quantity, required=True, description="From which quantity on, in that unit.")
    amount = Field(Money, required=True, description="The price of one unit.")
    valid_from = Field(DateTime, description="From when; null: always.")
    valid_to = Field(DateTime, description="Until when; null: until another price follows.")
    verdict = Field(enum_of(TraceVerdict), required=True, description="What became of it.")
    verdict_label = text("The label of `verdict`.")
    reason = Field(graphene.String, description="Why it lost.")
    reason_label = Field(graphene.String, description="The same for people.")

    def resolve_uom(root: ShownRow, info: Any) -> Deferred:
        return UnitById.of(info).load(root.row.uom_id)

    def resolve_min_quantity(root: ShownRow, _info: Any) -> Number:
        return root.row.min_quantity

    def resolve_amount(root: ShownRow, _info: Any) -> Amount:
        return Amount(root.row.amount, root.currency)

    def resolve_valid_from(root: ShownRow, _info: Any) -> datetime | None:
        return or_none(root.row.valid_from)

    def resolve_valid_to(root: ShownRow, _info: Any) -> datetime | None:
        return or_none(root.row.valid_to)

    def resolve_verdict(root: ShownRow, _info: Any) -> TraceVerdict:
        return root.row.verdict

    def resolve_verdict_label(root: ShownRow, _info: Any) -> str:
        return str(root.row.verdict.label)

    def resolve_reason(root: ShownRow, _info: Any) -> str | None:
        return root.row.reason.name if root.row.reason else None

    def resolve_reason_label(root: ShownRow, _info: Any) -> str | None:
        return str(root.row.reason.label) if root.row.reason else None


class TraceListType(graphene.ObjectType):
    """A price list that was considered."""

    class Meta:
        name = "TraceList"

    rank = Field(graphene.Int, description="Its place in the buyer's chain of lists; null: not in it.")
    label = text("Its name; to a buyer its public label.")
    code = Field(graphene.String, description="Its code; null to a buyer.")
    verdict = Field(enum_of(TraceVerdict), required=True, description="What became of it.")
    verdict_label = text("The label of `verdict`.")
    reason = Field(graphene.String, description="Why it lost.")
    reason_label = Field(graphene.String, description="The same for people.")
    audience_label = Field(graphene.String, description="For whom it holds; to a buyer only how narrowly.")
    rows = listed(TraceRowType, "Its prices for the variant.", size=5)

    def resolve_rank(root: ShownList, _info: Any) -> int | None:
        return root.entry.rank

    def resolve_label(root: ShownList, info: Any) -> Deferred:
        def label(line: PricePolicyLine) -> str:
            found: Any = line.price_list
            shown = found.name if root.in_full else found.public_label
            return shown or _("Price list")

        return AssignmentById.of(info).load(root.entry.assignment_id).then(label)

    def resolve_code(root: ShownList, info: Any) -> Any:
        if not root.in_full:
            return None
        return AssignmentById.of(info).load(root.entry.assignment_id).then(lambda line: line.price_list.code)

    def resolve_verdict(root: ShownList, _info: Any) -> TraceVerdict:
        return root.entry.verdict

    def resolve_verdict_label(root: ShownList, _info: Any) -> str:
        return str(root.entry.verdict.label)

    def resolve_reason(root: ShownList, _info: Any) -> str | None:
        return root.entry.reason.name if root.entry.reason else None

    def resolve_reason_label(root: ShownList, _info: Any) -> str | None:
        return str(root.entry.reason.label) if root.entry.reason else None

    def resolve_audience_label(root: ShownList, info: Any) -> Deferred:
        def label(line: PricePolicyLine) -> str | None:
            if root.in_full:
                return audience_name(line)
            return None if line.policy.internal else str(line.level.label)

        return AssignmentById.of(info).load(root.entry.assignment_id).then(label)

    def resolve_rows(root: ShownList, _info: Any) -> list[ShownRow]:
        return [ShownRow(row, root.currency) for row in root.entry.rows]


class TraceStepType(graphene.ObjectType):
    """What changed the list price on its way to the unit price."""

    class Meta:
        name = "TraceStep"

    step = Field(graphene.Int, description="Its place.")
    label = text("What it is.")
    effect = text("What it does, such as −3 %.")
    goods = text("For which goods, by name.")
    audience_label = Field(graphene.String, description="For whom it holds; to a buyer only how narrowly.")
    verdict = Field(enum_of(TraceVerdict), required=True, description="What became of it.")
    verdict_label = text("The label of `verdict`.")
    reason = Field(graphene.String, description="Why it lost.")
    reason_label = Field(graphene.String, description="The same for people.")
    value = Field(Money, description="The price after it.")

    def resolve_step(root: ShownStep, _info: Any) -> int | None:
        return root.term.step

    def resolve_label(root: ShownStep, info: Any) -> Deferred:
        def label(line: PricePolicyLine | None) -> str:
            if line is None or (line.policy.internal and not root.in_full):
                return _("Price policy")
            return line.policy.name or (line.policy.code if root.in_full else _("Price policy"))

        return TermById.of(info).load(root.term.line_id).then(label)

    def resolve_effect(root: ShownStep, _info: Any) -> str:
        return effect_text(root.term.kind, root.term.value)

    def resolve_goods(root: ShownStep, info: Any) -> Deferred:
        return TermById.of(info).load(root.term.line_id).then(lambda line: scope_text(line) if line else "")

    def resolve_audience_label(root: ShownStep, info: Any) -> Deferred:
        def label(line: PricePolicyLine | None) -> str | None:
            if line is None:
                return None
            if root.in_full:
                return audience_name(line)
            return None if line.policy.internal else str(line.level.label)

        return TermById.of(info).load(root.term.line_id).then(label)

    def resolve_verdict(root: ShownStep, _info: Any) -> TraceVerdict:
        return root.term.verdict

    def resolve_verdict_label(root: ShownStep, _info: Any) -> str:
        return str(root.term.verdict.label)

    def resolve_reason(root: ShownStep, _info: Any) -> str | None:
        return root.term.reason.name if root.term.reason else None

    def resolve_reason_label(root: ShownStep, _info: Any) -> str | None:
        return str(root.term.reason.label) if root.term.reason else None

    def resolve_value(root: ShownStep, _info: Any) -> Amount | None:
        after = root.term.after
        return None if after is None else Amount(round(after, 6), root.currency)


class PriceTraceType(graphene.ObjectType):
    """The price of one line, and everything it was chosen from."""

    class Meta:
        name = "PriceTrace"

    buyer = Field(OrganizationType, description="Who buys.")
    variant = Field(VariantType, required=True, description="What is priced.")
    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    quantity = Field(Quantity, required=True, description="The quantity.")
    base_quantity = Field(Quantity, required=True, description="The same in the base unit.")
    at = Field(DateTime, required=True, description="The instant of the price.")
    list_price = Field(Money, description="Price of one unit by the list.")
    unit_price = Field(Money, description="Price of one unit; null: see the error.")
    tax_included = Field(graphene.Boolean, required=True, description="The price includes tax.")
    error_code = Field(graphene.String, description="Why there is no price.")
    error_message = Field(graphene.String, description="The same for people.")
    lists = listed(TraceListType, "Every list that was considered, most specific audience first.", size=6)
    steps = listed(TraceStepType, "What changed the list price.", size=2)
    floor = Field(Money, description="The lowest price allowed; null to a buyer and where there is none.")
    floor_applied = Field(graphene.Boolean, required=True, description="The price was raised to the lowest allowed.")
    below_floor = Field(
        graphene.Boolean, required=True, description="The price stays below the floor; never told to a buyer."
    )
    upcoming = listed(TraceRowType, "The prices to come, each from when it will be the price.", size=3)

    def resolve_buyer(root: ShownTrace, info: Any) -> Deferred:
        partner = PartnershipType.load(info, root.request.partnership_id)
        return partner.then(lambda found: OrganizationType.load(info, found.downstream_id) if found else None)

    def resolve_variant(root: ShownTrace, info: Any) -> Any:
        return VariantType.load(info, root.request.variant_id)

    def resolve_uom(root: ShownTrace, info: Any) -> Deferred:
        return UnitById.of(info).load(root.request.uom_id)

    def resolve_quantity(root: ShownTrace, _info: Any) -> Number:
        return root.request.quantity

    def resolve_base_quantity(root: ShownTrace, _info: Any) -> Number:
        return root.result.base_quantity or Number(0)

    def resolve_at(root: ShownTrace, _info: Any) -> datetime:
        return root.result.at

    def resolve_list_price(root: ShownTrace, _info: Any) -> Amount | None:
        return money_of(root.result.list_price, root.result)

    def resolve_unit_price(root: ShownTrace, _info: Any) -> Amount | None:
        return money_of(root.result.unit_price, root.result)

    def resolve_tax_included(root: ShownTrace, _info: Any) -> bool:
        return root.result.tax_included

    def resolve_error_code(root: ShownTrace, _info: Any) -> str | None:
        return root.result.error.name if root.result.error else None

    def resolve_error_message(root: ShownTrace, _info: Any) -> str | None:
        return str(root.result.error.label) if root.result.error else None

    def resolve_lists(root: ShownTrace, _info: Any) -> list[ShownList]:
        return [ShownList(entry, root.result.currency, root.in_full) for entry in root.trace.lists]

    def resolve_steps(root: ShownTrace, _info: Any) -> list[ShownStep]:
        return [ShownStep(term, root.result.currency, root.in_full) for term in root.trace.terms]

    def resolve_floor_applied(root: ShownTrace, _info: Any) -> bool:
        return any(step.is_floor and step.after is not None for step in root.result.steps)

    def resolve_below_floor(root: ShownTrace, _info: Any) -> bool:
        return root.in_full and root.result.below_floor

    def resolve_floor(root: ShownTrace, _info: Any) -> Amount | None:
        return money_of(root.result.floor, root.result) if root.in_full else None

    def resolve_upcoming(root: ShownTrace, _info: Any) -> list[ShownRow]:
        return [ShownRow(row, root.result.currency) for row in root.trace.upcoming]


class TraceQueries:
    """Mounted by the package."""

    price_explain = Field(
        graphene.List(graphene.NonNull(PriceTraceType)),
        required=True,
        **SIDES,
        lines=LINES,
        at=DateTime(description="The instant of the prices; now unless told."),
        cost=10,
        description="Why these prices: every list and row that was considered, and what will change.",
    )

    def resolve_price_explain(
        root: Any, info: Any, lines: list[Any], seller: str | None = None, buyer: str | None = None, at: Any = None
    ) -> Any:
        actor = info.context.actor

        def explained(asked: AskedLines) -> list[ShownTrace]:
            in_full = sees_all(actor, asked.seller_id)
            return [ShownTrace(trace, in_full) for trace in explain(actor, asked.seller_id, asked.requests, at)]

        return asked_lines(info, lines, seller, buyer, MOST_LINES).then(explained)
