"""The comparison sheet in the schema, and quotes that are taken out."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BaseMutation,
    Decimal,
    Field,
    Money,
    Quantity,
    enum_of,
    from_global_id,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from suppliers.sourcing.comparing import Sheet, SheetColumn, SheetLine, comparison
from suppliers.sourcing.disqualify import disqualify, disqualify_approve
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.schema.types import ParticipationType
from suppliers.sourcing.scoring import LowFlag

MOST = 100


class ComparisonCellType(graphene.ObjectType):
    """One supplier's price for a line."""

    class Meta:
        name = "ComparisonCell"

    participation = graphene.ID(required=True, description="Whose.")
    price = Field(Decimal, required=True, description="The unit price in the event's currency.")
    amount = Field(Money, required=True, description="Quantity times price, rounded.")
    lead_days = Field(graphene.Int, description="Days until delivery.")
    rank = Field(graphene.Int, required=True, description="1 is the lowest amount.")


class ComparisonLineType(graphene.ObjectType):
    """A line with its prices, cheapest first."""

    class Meta:
        name = "ComparisonLine"

    position = Field(graphene.Int, required=True, description="Its place.")
    sku = text("The article, perhaps empty.")
    text = text("What is needed.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(graphene.String, required=True, description="The unit's code.")
    baseline_price = Field(Decimal, description="What savings are measured from.")
    ceiling_price = Field(Decimal, description="Not above.")
    last_price = Field(Decimal, description="Of the newest earlier award of the same goods.")
    cells = listed(ComparisonCellType, "Prices, cheapest first.", size=20)


class ComparisonColumnType(graphene.ObjectType):
    """A supplier's whole quote."""

    class Meta:
        name = "ComparisonColumn"

    participation = graphene.ID(required=True, description="Whose.")
    code = text("Its code in this event.")
    name = text("The supplier.")
    currency = text("The currency it quoted in.")
    total = Field(Money, required=True, description="All quoted lines, in the event's currency.")
    quoted = Field(graphene.Int, required=True, description="How many lines it quoted.")
    rank = Field(graphene.Int, description="Among those who quoted every line; null for the others.")
    flags = Field(
        graphene.List(graphene.NonNull(enum_of(LowFlag))), required=True, description="Why it looks abnormally low."
    )
    flag_labels = Field(
        graphene.List(graphene.NonNull(graphene.String)), required=True, description="The labels of `flags`."
    )
    out_reason = Field(graphene.String, description="Why somebody proposed to disqualify it; null where nobody did.")
    out_by_me = Field(graphene.Boolean, required=True, description="You proposed it, so somebody else has to agree.")


class ComparisonType(graphene.ObjectType):
    """Counted and opened quotes side by side."""

    class Meta:
        name = "QuoteComparison"

    columns = listed(ComparisonColumnType, "Suppliers, best first.", size=20)
    lines = listed(ComparisonLineType, "Lines `first` of them after position `after`.", size=50)
    line_count = Field(graphene.Int, required=True, description="How many lines there are in all.")
    best_total = Field(Money, required=True, description="Every line at its lowest price.")
    baseline_total = Field(Money, description="Every line that has a baseline, at it.")


class ComparingQueries:
    """Mounted by the package."""

    quote_comparison = Field(
        ComparisonType,
        event=graphene.ID(required=True, description="The event."),
        first=graphene.Int(description="How many lines, 100 at most; 50 unless told."),
        after=graphene.Int(description="After the line at this position."),
        description="The comparison sheet of your own event; null before the opening.",
    )

    def resolve_quote_comparison(root: Any, info: Any, event: str, first: int = 50, after: int = 0) -> Any:
        actor = info.context.actor
        if not actor.may("sourcing.view"):
            return None
        try:
            sheet = comparison(actor, from_global_id(event, "SourcingEvent", "event"))
        except DomainError:
            return None
        return comparison_type(actor, sheet, min(max(first, 0), MOST), after)


def comparison_type(actor: Actor, sheet: Sheet, first: int, after: int) -> ComparisonType:
    """A part of the sheet as the schema shows it."""
    currency = sheet.event.currency
    shown = [line for line in sheet.lines if line.position > after][:first]
    baseline = sheet.baseline_total
    return ComparisonType(
        columns=[_column(actor, one, currency) for one in sheet.columns],
        lines=[_line(one, currency) for one in shown],
        line_count=len(sheet.lines),
        best_total=Amount(sheet.best_total, currency),
        baseline_total=None if baseline is None else Amount(baseline, currency),
    )


def _column(actor: Actor, one: SheetColumn, currency: str) -> ComparisonColumnType:
    return ComparisonColumnType(
        participation=to_global_id("Participation", one.participation_id),
        code=one.code,
        name=one.name,
        currency=one.currency,
        total=Amount(one.total, currency),
        quoted=one.quoted,
        rank=one.rank,
        flags=list(one.flags),
        flag_labels=[str(flag.label) for flag in one.flags],
        out_reason=one.proposed.reason if one.proposed else None,
        out_by_me=bool(one.proposed and one.proposed.proposed_by_id == actor.user_id),
    )


def _line(one: SheetLine, currency: str) -> ComparisonLineType:
    return ComparisonLineType(
        position=one.position,
        sku=one.sku,
        text=one.text,
        quantity=one.quantity,
        uom=one.uom,
        baseline_price=one.baseline,
        ceiling_price=one.ceiling,
        last_price=one.last_price,
        cells=[
            ComparisonCellType(
                participation=to_global_id("Participation", cell.participation_id),
                price=cell.price,
                amount=Amount(cell.amount, currency),
                lead_days=cell.lead_days,
                rank=cell.rank,
            )
            for cell in one.cells
        ],
    )


class QuoteDisqualify(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Propose to take a quote out that breaks the rules; a second person agrees."""

    class Arguments:
        participation = graphene.ID(required=True, description="Whose quote.")
        reason = graphene.String(required=True, description="Why; the supplier reads it.")
        evidence = graphene.String(description="What shows it.")

    participation = Field(ParticipationType, description="The participation.")

    @classmethod
    def perform(cls, actor: Actor, participation: str, reason: str, evidence: str = "") -> Self:
        found = disqualify(actor, from_global_id(participation, "Participation", "participation"), reason, evidence)
        return cls(participation=found.participation)


class QuoteDisqualifyApprove(BaseMutation, permission="sourcing.open", codes=SourcingErrorCode, atomic=False):
    """Agree, as somebody else: the quote counts no more."""

    class Arguments:
        participation = graphene.ID(required=True, description="Whose quote.")

    participation = Field(ParticipationType, description="The participation.")

    @classmethod
    def perform(cls, actor: Actor, participation: str) -> Self:
        key = from_global_id(participation, "Participation", "participation")
        return cls(participation=disqualify_approve(actor, key).participation)


class ComparingMutations:
    """Mounted by the package."""

    quote_disqualify = QuoteDisqualify.Field()
    quote_disqualify_approve = QuoteDisqualifyApprove.Field()
