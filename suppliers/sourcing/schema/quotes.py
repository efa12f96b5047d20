"""Quotes in the schema: what was sent, what the own form shows, and the acts of a supplier."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.money import Money as Amount
from marketplace.core.money import round_money
from marketplace.core.sheets import write_xlsx
from marketplace.graphql import (
    BaseMutation,
    Date,
    DateTime,
    Decimal,
    Field,
    Json,
    ModelType,
    Money,
    Quantity,
    Related,
    Upload,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.quotes.enums import QuoteStatus, VersionKind
from ordercenter.quotes.models import Quote
from suppliers.sourcing import submit
from suppliers.sourcing.arriving import participation_of
from suppliers.sourcing.checking import Asked
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.models import Participation
from suppliers.sourcing.offers import OfferLine, OfferTier, QuoteContent, offer_of
from suppliers.sourcing.schema.loaders import LinesOfQuote, RoundOfQuote, VersionsOfQuote
from suppliers.sourcing.schema.types import ORGANIZATION, UOM, ParticipationType
from suppliers.sourcing.sheet import error_rows, read_sheet, read_tiers, tiers_text

SUBMIT = "quotes.submit"
LARGEST_FILE = 8 * 1024 * 1024


class QuoteTierType(graphene.ObjectType):
    """The unit price of quantities above one bound and up to another."""

    class Meta:
        name = "QuoteTier"

    above = Field(Quantity, required=True, description="Above this.")
    up_to = Field(Quantity, description="Up to this; null: any more.")
    price = Field(Decimal, required=True, description="The unit price.")


class QuoteLineType(graphene.ObjectType):
    """What is offered for one line."""

    class Meta:
        name = "QuoteLine"

    line = Field(graphene.Int, required=True, description="The line's place in the event, from 1.")
    name = text("What was asked for.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(UOM, description="The unit.")
    price = Field(Decimal, description="The unit price at this quantity.")
    amount = Field(Money, description="Quantity times price, rounded.")
    tax_rate = Field(Decimal, description="In percent.")
    lead_days = Field(graphene.Int, description="Days until delivery.")
    valid_until = Field(Date, description="Last day of the offer.")
    tiers = listed(QuoteTierType, "Prices by quantity, smallest first.", size=4)
    values = Field(Json, required=True, description="The supplier's columns by code.")

    def resolve_line(root: Any, _info: Any) -> int:
        return root.position

    def resolve_name(root: Any, _info: Any) -> str:
        goods = f"{root.variant.sku} {root.variant.product.name}" if root.variant else ""
        return f"{goods} {root.text}".strip()

    def resolve_amount(root: Any, _info: Any) -> Any:
        if root.price is None:
            return None
        return Amount(round_money(root.quantity * root.price, root.currency), root.currency)

    def resolve_tiers(root: Any, _info: Any) -> Any:
        return sorted(root.tiers.all(), key=lambda tier: tier.above)


class QuoteVersionType(graphene.ObjectType):
    """One thing a seller did with its quote; never changed."""

    class Meta:
        name = "QuoteVersion"

    no = Field(graphene.Int, required=True, description="From 1.")
    kind = Field(enum_of(VersionKind), required=True, description="What was done.")
    kind_label = label_field("kind")
    event_version = Field(graphene.Int, required=True, description="The event version it answers.")
    received_at = Field(DateTime, required=True, description="By the database's clock.")
    surrogate = Field(graphene.Boolean, required=True, description="Entered by the buyer for the supplier.")
    sent_by = Field(graphene.String, description="Who sent it; for its own side.")

    def resolve_sent_by(root: Any, info: Any) -> str | None:
        own = root.seller_id == info.context.actor.organization_id
        return root.sent_by.name if own and root.sent_by else None


class QuoteType(ModelType, model=Quote, name="Quote"):
    """A seller's versioned offer. A buyer reads it once it is disclosed."""

    number = text("The seller's number.")
    status = Field(enum_of(QuoteStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    currency = text("The currency of its prices.")
    seller = Related(ORGANIZATION, "seller", description="Who offers.")
    buyer = Related(ORGANIZATION, "buyer", description="To whom.")
    created_at = Field(DateTime, required=True, description="When it was begun.")
    disclosed_at = Field(DateTime, description="From when the buyer may read it.")
    round = Field(graphene.Int, description="The round it was given in.")
    participation = Field(ParticipationType, description="Whose answer it is.")
    versions = listed(QuoteVersionType, "What was done with it, first to last.", size=3)
    lines = listed(QuoteLineType, "What the last content sent says; empty while it is sealed.", size=100)

    def resolve_round(root: Any, info: Any) -> Any:
        return RoundOfQuote.of(info).load(root.pk).then(lambda link: link and link.round.no)

    def resolve_participation(root: Any, info: Any) -> Any:
        found = RoundOfQuote.of(info).load(root.pk)
        return found.then(lambda link: link and ParticipationType.load(info, link.participation_id))

    def resolve_versions(root: Any, info: Any) -> Any:
        return VersionsOfQuote.of(info).load(root.pk)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfQuote.of(info).load(root.pk).then(lambda lines: [_priced(line, root.currency) for line in lines])


def _priced(line: Any, currency: str) -> Any:
    line.currency = currency
    return line


class QuoteFormLineType(graphene.ObjectType):
    """One line of the own form, as it was typed or sent."""

    class Meta:
        name = "QuoteFormLine"

    line = Field(graphene.Int, required=True, description="The line's place, from 1.")
    price = Field(Decimal, description="The unit price.")
    tax_rate = Field(Decimal, description="In percent.")
    lead_days = Field(graphene.Int, description="Days until delivery.")
    valid_until = Field(Date, description="Last day of the offer.")
    tiers_text = text("Tiers as a person writes them: 0-100: 10; 100+: 9.")
    values = Field(Json, required=True, description="The own columns by code.")

    def resolve_tiers_text(root: Any, _info: Any) -> str:
        return tiers_text(root.tiers)

    def resolve_values(root: Any, _info: Any) -> Any:
        return dict(root.values)


class QuoteFormType(graphene.ObjectType):
    """What a supplier's own form shows: its draft, else what it sent last. Never the content of a sealed quote."""

    class Meta:
        name = "QuoteForm"

    currency = text("The currency of prices.")
    note = text("What is said to all lines.")
    saved_at = Field(DateTime, description="When the draft was saved; null where it shows what was sent.")
    lines = listed(QuoteFormLineType, "The lines that are not blank.", size=100)

    def resolve_currency(root: Any, _info: Any) -> str:
        return root.offer.currency

    def resolve_note(root: Any, _info: Any) -> str:
        return root.offer.note

    def resolve_lines(root: Any, _info: Any) -> Any:
        return root.offer.lines


class QuoteLineInput(graphene.InputObjectType):
    """What is offered for a line. Left out or blank in everything: not quoted."""

    line = graphene.InputField(graphene.Int, required=True, description="The line's place in the event, from 1.")
    price = graphene.InputField(Decimal, description="The unit price.")
    tax_rate = graphene.InputField(Decimal, description="In percent.")
    lead_days = graphene.InputField(graphene.Int, description="Days until delivery.")
    valid_until = graphene.InputField(Date, description="Last day of the offer.")
    tiers_text = graphene.InputField(graphene.String, description="Tiers as a person writes them: 0-100: 10; 100+: 9.")
    values = graphene.InputField(Json, description="The own columns by code, as texts.")


class QuoteTierInput(graphene.InputObjectType):
    """A tier of a line."""

    line = graphene.InputField(graphene.Int, required=True, description="The line's place.")
    above = graphene.InputField(Quantity, required=True, description="Above this.")
    up_to = graphene.InputField(Quantity, description="Up to this; null: any more.")
    price = graphene.InputField(Decimal, required=True, description="The unit price.")


class QuoteCellInput(graphene.InputObjectType):
    """One value of an own column, for forms that name each of their fields."""

    line = graphene.InputField(graphene.Int, required=True, description="The line's place.")
    code = graphene.InputField(graphene.String, required=True, description="The column's code.")
    value = graphene.InputField(graphene.String, description="The value.")


class QuoteInput(graphene.InputObjectType):
    """A quote."""

    participation = graphene.InputField(graphene.ID, required=True, description="How your organization takes part.")
    currency = graphene.InputField(graphene.String, description="The event's own unless told.")
    note = graphene.InputField(graphene.String, description="What is said to all lines.")
    lines = graphene.InputField(
        graphene.List(graphene.NonNull(QuoteLineInput)), required=True, description="What is offered."
    )
    tiers = graphene.InputField(graphene.List(graphene.NonNull(QuoteTierInput)), description="Prices by quantity.")
    cells = graphene.InputField(
        graphene.List(graphene.NonNull(QuoteCellInput)), description="Values of own columns beside those in `lines`."
    )


def participation_key(gid: str, field: str = "participation") -> int:
    """The key in the id of a participation; raises NOT_FOUND."""
    return from_global_id(gid, "Participation", field)


def offer_from(actor: Actor, input: Mapping[str, Any]) -> tuple[int, QuoteContent]:
    """The participation's key and the content as entered; raises TIER_SHAPE for tiers that cannot be read."""
    key = participation_key(input["participation"])
    event = participation_of(actor.organization_id, key).event
    return key, content_from(input, event.currency)


def content_from(input: Mapping[str, Any], currency: str) -> QuoteContent:
    """The content as entered, in the event's currency unless told; raises TIER_SHAPE."""
    tiers: dict[int, list[OfferTier]] = {}
    for row in input.get("tiers") or ():
        tiers.setdefault(row["line"], []).append(OfferTier(row["above"], row.get("up_to"), row["price"]))
    cells: dict[int, dict[str, str]] = {}
    for cell in input.get("cells") or ():
        cells.setdefault(cell["line"], {})[cell["code"]] = cell.get("value") or ""
    problems: list[DomainError] = []
    lines = []
    for row in input["lines"]:
        values = cells.get(row["line"], {}) | (row.get("values") or {})
        lines.append(_line({**row, "values": values}, tiers.get(row["line"], []), problems))
    if problems:
        raise DomainErrors(problems)
    return offer_of(input.get("currency") or currency, lines, (input.get("note") or "").strip()[:2000])


def _line(row: Mapping[str, Any], tiers: Sequence[OfferTier], problems: list[DomainError]) -> OfferLine:
    written = (row.get("tiers_text") or "").strip()
    try:
        tiers = read_tiers(written) if written else tuple(tiers)
    except ValueError as error:
        problems.append(
            DomainError(SourcingErrorCode.TIER_SHAPE, str(error), "lines.tiers", max(int(row["line"]) - 1, 0))
        )
    values = row.get("values") or {}
    return OfferLine(
        row["line"],
        row.get("price"),
        row.get("tax_rate"),
        row.get("lead_days"),
        row.get("valid_until"),
        tuple(tiers),
        {str(code): str(value) for code, value in values.items() if value is not None},
    )


class QuoteSave(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode):
    """Keep a draft of your quote. Nothing is sent; only your side can read it."""

    class Arguments:
        input = QuoteInput(required=True, description="The quote so far.")

    quote = Field(QuoteType, description="The quote.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(quote=submit.quote_save(actor, *offer_from(actor, input)))


class QuoteSubmit(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, replayable=False):
    """Send your quote, or replace the one you sent. Keep the receipt of a hidden or sealed one."""

    class Arguments:
        input = QuoteInput(required=True, description="The quote.")

    quote = Field(QuoteType, description="The quote.")
    receipt = Field(Json, description="What proves later that this quote was the one opened; null for open quotes.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        sent = submit.quote_submit(actor, *offer_from(actor, input))
        return cls(quote=sent.quote, receipt=dict(sent.receipt) or None)


class QuoteConfirm(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Say that the quote you sent still holds after a material addendum."""

    class Arguments:
        participation = graphene.ID(required=True, description="How your organization takes part.")

    quote = Field(QuoteType, description="The quote.")
    receipt = Field(Json, description="What proves it; null for open quotes.")

    @classmethod
    def perform(cls, actor: Actor, participation: str) -> Self:
        sent = submit.quote_confirm(actor, participation_key(participation))
        return cls(quote=sent.quote, receipt=dict(sent.receipt) or None)


class QuoteWithdraw(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Take your quote back before the deadline: it will not be opened."""

    class Arguments:
        participation = graphene.ID(required=True, description="How your organization takes part.")

    quote = Field(QuoteType, description="The quote.")
    receipt = Field(Json, description="What proves it; null for open quotes.")

    @classmethod
    def perform(cls, actor: Actor, participation: str) -> Self:
        sent = submit.quote_withdraw(actor, participation_key(participation))
        return cls(quote=sent.quote, receipt=dict(sent.receipt) or None)


class QuoteImport(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode):
    """Read a filled-in quote sheet into your draft: all of it, or nothing where one cell is wrong."""

    class Arguments:
        participation = graphene.ID(required=True, description="How your organization takes part.")
        file = Upload(required=True, description="The sheet, as XLSX or CSV, of the event as it is now.")
        currency = graphene.String(description="The event's own unless told.")

    quote = Field(QuoteType, description="The quote with its new draft.")
    error_sheet = Field(graphene.String, description="The sheet with a column of what is wrong; XLSX in base64.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, participation: str, file: Any, currency: str | None = None) -> Self:
        key = participation_key(participation)
        row = participation_of(actor.organization_id, key)
        content, name = file.read(LARGEST_FILE + 1), str(file.name)
        try:
            read = read_sheet(actor, key, content, name, currency or row.event.currency)
            return cls(quote=submit.quote_save(actor, key, read.offer))
        except DomainErrors as found:
            info.context.refused = True
            sheet = _error_sheet(row, content, name, found.errors)
            return cls(errors=[cls._row(problem) for problem in found.errors], error_sheet=sheet)


def _error_sheet(row: Participation, content: bytes, name: str, errors: Sequence[DomainError]) -> str:
    from marketplace.core.sheets import open_sheet

    rows = error_rows([values for _number, values in open_sheet(content, name).rows], Asked.of(row.event), errors)
    with write_xlsx(list(rows[0]), rows) as file:
        return base64.b64encode(file.read()).decode()


class QuoteMutations:
    """Mounted by the package."""

    quote_save = QuoteSave.Field()
    quote_submit = QuoteSubmit.Field()
    quote_confirm = QuoteConfirm.Field()
    quote_withdraw = QuoteWithdraw.Field()
    quote_import = QuoteImport.Field()
