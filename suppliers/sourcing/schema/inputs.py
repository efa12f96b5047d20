"""From input objects to drafts: left out is unchanged, lists replace what is there, ids become keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from marketplace.graphql import Date, DateTime, Decimal, Json, Quantity, enum_of, from_global_id
from suppliers.sourcing.addenda import HEAD, OF_LINE, AddendumDraft
from suppliers.sourcing.drafts import ColumnDraft, EventDraft, LineDraft, LotDraft
from suppliers.sourcing.enums import (
    ColumnFilledBy,
    ColumnKind,
    Confidentiality,
    Envelope,
    LotAwardMode,
    PriceBasis,
    SourcingKind,
    SourcingReach,
)
from suppliers.sourcing.write import COLUMNS

Input = Mapping[str, Any]
#: Where null means "none", and not "as it was".
NULLABLE = ("register_until", "estimate")


class LotInput(graphene.InputObjectType):
    """A lot; their order in the list numbers them."""

    name_zh = graphene.InputField(graphene.String, description="Its name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="Its name in English.")
    ceiling = graphene.InputField(Decimal, description="The most its lines may come to.")
    award_mode = graphene.InputField(enum_of(LotAwardMode), description="How it may be divided; PER_LINE unless told.")
    max_winners = graphene.InputField(graphene.Int, description="At most so many suppliers win; 1 unless told.")


class EventLineInput(graphene.InputObjectType):
    """A need: goods or a text."""

    lot = graphene.InputField(graphene.Int, description="The place of its lot; 1 unless told.")
    variant = graphene.InputField(graphene.ID, description="The goods, where they are known by a code.")
    text = graphene.InputField(graphene.String, description="What is needed.")
    specification = graphene.InputField(graphene.String, description="What it has to be like.")
    quantity = graphene.InputField(Quantity, required=True, description="How much.")
    uom = graphene.InputField(graphene.ID, required=True, description="The unit.")
    need_date = graphene.InputField(Date, description="By when.")
    plant = graphene.InputField(graphene.String, description="Where to.")
    baseline_price = graphene.InputField(Decimal, description="What a unit costs today; only you see it.")
    ceiling = graphene.InputField(Decimal, description="The most a unit may cost.")
    values = graphene.InputField(Json, description="Your own columns by code, as texts.")


class QuoteColumnInput(graphene.InputObjectType):
    """A column of the quote sheet."""

    code = graphene.InputField(graphene.String, required=True, description="Small letters, digits, underscores.")
    label_zh = graphene.InputField(graphene.String, description="Its heading in Chinese.")
    label_en = graphene.InputField(graphene.String, description="Its heading in English.")
    type = graphene.InputField(enum_of(ColumnKind), description="What it holds; TEXT unless told.")
    filled_by = graphene.InputField(enum_of(ColumnFilledBy), description="Who fills it; SUPPLIER unless told.")
    mandatory = graphene.InputField(graphene.Boolean, description="A quoted line needs it.")
    visible = graphene.InputField(graphene.Boolean, description="Suppliers see it; yes unless told.")
    envelope = graphene.InputField(enum_of(Envelope), description="Its envelope; COMMERCIAL unless told.")
    validation = graphene.InputField(Json, description="One or more of min, max, regex and choices.")


class SourcingEventInput(graphene.InputObjectType):
    """A sourcing event. What is left out stays as it is; lists replace what is there."""

    name_zh = graphene.InputField(graphene.String, description="Its name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="Its name in English.")
    description = graphene.InputField(graphene.String, description="What it is about.")
    kind = graphene.InputField(enum_of(SourcingKind), description="What is asked for.")
    reach = graphene.InputField(enum_of(SourcingReach), description="Who may take part.")
    confidentiality = graphene.InputField(enum_of(Confidentiality), description="Who reads quotes before opening.")
    two_envelopes = graphene.InputField(graphene.Boolean, description="Technical parts are opened first.")
    currency = graphene.InputField(graphene.String, description="ISO 4217 code; your own currency unless told.")
    rates = graphene.InputField(Json, description="Units of it for one of another currency, by code, as texts.")
    price_basis = graphene.InputField(enum_of(PriceBasis), description="Prices with or without tax.")
    register_until = graphene.InputField(DateTime, description="Until when suppliers may register.")
    ask_until = graphene.InputField(DateTime, description="Until when questions are taken.")
    answer_until = graphene.InputField(DateTime, description="Until when they are answered.")
    open_at = graphene.InputField(DateTime, description="From when quotes are taken.")
    close_at = graphene.InputField(DateTime, description="Until when, exclusively.")
    opening_at = graphene.InputField(DateTime, description="From when quotes may be opened.")
    rounds_max = graphene.InputField(graphene.Int, description="At most so many rounds, 1 to 20.")
    min_quotes = graphene.InputField(graphene.Int, description="Fewer are too few.")
    estimate = graphene.InputField(Decimal, description="What it may cost; only you see it.")
    rules = graphene.InputField(Json, description="Any of min_open_hours, min_addendum_hours and admit_potential.")
    lots = graphene.InputField(graphene.List(graphene.NonNull(LotInput)), description="Its lots; one unless told.")
    lines = graphene.InputField(graphene.List(graphene.NonNull(EventLineInput)), description="Its lines.")
    columns = graphene.InputField(graphene.List(graphene.NonNull(QuoteColumnInput)), description="The quote sheet.")


class EventInvitationInput(graphene.InputObjectType):
    """Somebody who is no partner yet."""

    email = graphene.InputField(graphene.String, required=True, description="Where to.")
    name = graphene.InputField(graphene.String, description="Whom.")
    language = graphene.InputField(graphene.String, description="The language of the message; your own unless told.")


class AddendumLineInput(graphene.InputObjectType):
    """What changes of one line. What is left out stays."""

    line = graphene.InputField(graphene.Int, required=True, description="The line's place.")
    text = graphene.InputField(graphene.String, description="What is needed.")
    specification = graphene.InputField(graphene.String, description="What it has to be like.")
    quantity = graphene.InputField(Quantity, description="How much.")
    need_date = graphene.InputField(Date, description="By when.")
    plant = graphene.InputField(graphene.String, description="Where to.")
    ceiling = graphene.InputField(Decimal, description="The most a unit may cost.")


class AddendumInput(graphene.InputObjectType):
    """A change after publishing."""

    event = graphene.InputField(graphene.ID, required=True, description="The event.")
    text = graphene.InputField(graphene.String, required=True, description="What changes, in words.")
    material = graphene.InputField(graphene.Boolean, description="Quotes before it count only if confirmed.")
    description = graphene.InputField(graphene.String, description="What the event is about.")
    register_until = graphene.InputField(DateTime, description="Until when suppliers may register.")
    ask_until = graphene.InputField(DateTime, description="Until when questions are taken.")
    answer_until = graphene.InputField(DateTime, description="Until when they are answered.")
    close_at = graphene.InputField(DateTime, description="The deadline; only later.")
    opening_at = graphene.InputField(DateTime, description="From when quotes may be opened.")
    lines = graphene.InputField(graphene.List(graphene.NonNull(AddendumLineInput)), description="Lines that change.")


class ClarificationAnswerInput(graphene.InputObjectType):
    """The answer to a question."""

    clarification = graphene.InputField(graphene.ID, required=True, description="The question.")
    answer = graphene.InputField(graphene.String, required=True, description="The answer.")


def event_draft(input: Input) -> EventDraft:
    """An event as entered."""
    columns = {name: input[name] for name in COLUMNS if name in input and (input[name] is not None or name in NULLABLE)}
    lots, lines, sheet = (input.get(name) for name in ("lots", "lines", "columns"))
    return EventDraft(
        columns,
        None if lots is None else [LotDraft(n, **_given(row)) for n, row in enumerate(lots, 1)],
        None if lines is None else [_line(row, index) for index, row in enumerate(lines)],
        None if sheet is None else [ColumnDraft(**_given(row)) for row in sheet],
    )


def _given(row: Input) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _line(row: Input, index: int) -> LineDraft:
    values = _given(row)
    variant, uom = values.pop("variant", None), values.pop("uom")
    values["values"] = {str(code): str(one) for code, one in (values.get("values") or {}).items()}
    return LineDraft(
        uom_id=from_global_id(uom, "UnitOfMeasure", "lines.uom", index),
        variant_id=from_global_id(variant, "Variant", "lines.variant", index) if variant else None,
        **values,
    )


def addendum_draft(input: Input) -> AddendumDraft:
    """An addendum as entered."""
    lines = {
        row["line"]: {
            name: row[name] for name in OF_LINE if name in row and (row[name] is not None or name == "ceiling")
        }
        for row in input.get("lines") or ()
    }
    head = {name: input[name] for name in HEAD if input.get(name) is not None}
    return AddendumDraft(input["text"], bool(input.get("material")), head, lines)
