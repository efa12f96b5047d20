"""From input objects to drafts: left out is unchanged, a null bound of a window is open, ids become keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.utils.translation import get_language

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.graphql import DateTime, Decimal, Quantity, enum_of, from_global_id
from ordercenter.pricing.drafts import AssignmentDraft, AudienceDraft, PriceEntry, PriceListDraft, PricePolicyDraft
from ordercenter.pricing.models import TierScope, UomFallback
from ordercenter.pricing.schema.terms import PricePolicyTermInput, term_draft

Input = Mapping[str, Any]


class PriceAudienceInput(graphene.InputObjectType):
    """For whom: everyone, or one partnership, group or grade."""

    everyone = graphene.InputField(graphene.Boolean, description="For all partners.")
    partnership = graphene.InputField(graphene.ID, description="For one partner.")
    group = graphene.InputField(graphene.ID, description="For a group with all below it.")
    grade = graphene.InputField(graphene.ID, description="For a grade.")
    priority = graphene.InputField(graphene.Int, description="Among lists of the same level the lower comes first.")
    merge = graphene.InputField(graphene.Boolean, description="Its tiers are compared with those of other lists.")


class PriceListInput(graphene.InputObjectType):
    """A price list. What is left out stays as it is."""

    code = graphene.InputField(graphene.String, description="Unique among your lists.")
    name = graphene.InputField(graphene.String, description="The name in the language of the request.")
    name_zh = graphene.InputField(graphene.String, description="The name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="The name in English.")
    public_label = graphene.InputField(graphene.String, description="What buyers read, in the request's language.")
    public_label_zh = graphene.InputField(graphene.String, description="What buyers read in Chinese.")
    public_label_en = graphene.InputField(graphene.String, description="What buyers read in English.")
    currency = graphene.InputField(graphene.String, description="ISO 4217 code; your own currency unless told.")
    uom_fallback = graphene.InputField(enum_of(UomFallback), description="For units without a row.")
    tier_scope = graphene.InputField(enum_of(TierScope), description="Which quantities are added up for tiers.")
    fixed = graphene.InputField(graphene.Boolean, description="Its prices are not adjusted by policies.")
    valid_from = graphene.InputField(DateTime, description="From when it holds; null: always.")
    valid_to = graphene.InputField(DateTime, description="Until when it holds; null: for good.")
    audience = graphene.InputField(PriceAudienceInput, description="Makes or changes its assignment.")


class PriceAssignmentInput(graphene.InputObjectType):
    """A list in a policy."""

    price_list = graphene.InputField(graphene.ID, required=True, description="The list.")
    priority = graphene.InputField(graphene.Int, description="1 to 9999; the lower comes first. 100 unless told.")
    merge = graphene.InputField(graphene.Boolean, description="Its tiers are compared with those of other lists.")


class PricePolicyInput(graphene.InputObjectType):
    """A price policy. What is left out stays as it is; `lines` and `terms` replace all of them."""

    code = graphene.InputField(graphene.String, description="Unique among your policies.")
    name = graphene.InputField(graphene.String, description="The name in the language of the request.")
    name_zh = graphene.InputField(graphene.String, description="The name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="The name in English.")
    internal = graphene.InputField(graphene.Boolean, description="Its audience is not told to buyers.")
    valid_from = graphene.InputField(DateTime, description="From when it holds; null: always.")
    valid_to = graphene.InputField(DateTime, description="Until when it holds; null: for good.")
    audience = graphene.InputField(PriceAudienceInput, description="For whom it holds.")
    lines = graphene.InputField(graphene.List(graphene.NonNull(PriceAssignmentInput)), description="Its lists.")
    terms = graphene.InputField(
        graphene.List(graphene.NonNull(PricePolicyTermInput)), description="What it does to prices; replaces all."
    )


class PriceRowInput(graphene.InputObjectType):
    """The price of one SKU in one unit from a quantity on."""

    variant = graphene.InputField(graphene.ID, description="The variant; or give `sku`.")
    sku = graphene.InputField(graphene.String, description="Your code of the variant.")
    uom = graphene.InputField(graphene.String, required=True, description="Code of the unit.")
    min_quantity = graphene.InputField(Quantity, description="From which quantity on, in that unit; 0 unless told.")
    amount = graphene.InputField(Decimal, required=True, description="Price of one unit, 4 decimals at most.")
    valid_from = graphene.InputField(DateTime, description="From when; from `effectiveAt` of the writing unless told.")
    valid_to = graphene.InputField(DateTime, description="Until when; else until another price follows.")


class PriceRowsInput(graphene.InputObjectType):
    """Prices to write to a list."""

    price_list = graphene.InputField(graphene.ID, required=True, description="The list.")
    effective_at = graphene.InputField(DateTime, description="From when they hold; now unless told.")
    rows = graphene.InputField(graphene.List(graphene.NonNull(PriceRowInput)), required=True, description="The prices.")
    remove = graphene.InputField(
        graphene.List(graphene.NonNull(graphene.ID)),
        description="Rows that go: one in force ends with all of its slot, one to come is taken back by itself.",
    )


class PriceRowsEndInput(graphene.InputObjectType):
    """Prices to end."""

    price_list = graphene.InputField(graphene.ID, required=True, description="The list.")
    rows = graphene.InputField(
        graphene.List(graphene.NonNull(graphene.ID)), required=True, description="Rows; all of their slots end."
    )
    at = graphene.InputField(DateTime, description="When; now unless told.")


def list_draft(input: Input) -> PriceListDraft:
    """A price list as entered."""
    audience = input.get("audience")
    return PriceListDraft(
        **_same(input, "code", "currency", "uom_fallback", "tier_scope", "fixed"),
        **_texts(input, "name", "public_label"),
        **_window(input),
        audience=audience_draft(audience) if audience and _names_somebody(audience) else None,
        **_same(audience or {}, "priority", "merge"),
    )


def policy_draft(input: Input) -> PricePolicyDraft:
    """A price policy as entered."""
    audience, lines, terms = (input.get(name) for name in ("audience", "lines", "terms"))
    return PricePolicyDraft(
        **_same(input, "code", "internal"),
        **_texts(input, "name"),
        **_window(input),
        audience=audience_draft(audience) if audience is not None else None,
        lines=None if lines is None else [_assignment(line, index) for index, line in enumerate(lines)],
        terms=None if terms is None else [term_draft(term, index) for index, term in enumerate(terms)],
    )


def audience_draft(input: Input) -> AudienceDraft:
    """An audience as entered."""
    types = {"partnership": "Partnership", "group": "PartnerGroup", "grade": "PartnerGrade"}
    keys = {
        f"{name}_id": from_global_id(input[name], type_name, f"audience.{name}")
        for name, type_name in types.items()
        if input.get(name) is not None
    }
    return AudienceDraft(everyone=bool(input.get("everyone")), **keys)


def entry_of(input: Input, index: int) -> PriceEntry:
    """A price as entered; `index` is its place among the others."""
    variant = input.get("variant")
    return PriceEntry(
        uom=input["uom"].strip(),
        amount=input["amount"],
        variant_id=None if variant is None else from_global_id(variant, "Variant", "variant", index),
        **_same(input, "sku", "min_quantity", "valid_from", "valid_to"),
    )


def _assignment(input: Input, index: int) -> AssignmentDraft:
    key = from_global_id(input["price_list"], "PriceList", "lines", index)
    return AssignmentDraft(key, **_same(input, "priority", "merge"))


def _names_somebody(audience: Input) -> bool:
    return any(audience.get(name) is not None for name in ("everyone", "partnership", "group", "grade"))


def _same(input: Input, *names: str) -> dict[str, Any]:
    return {name: input[name] for name in names if input.get(name) is not None}


def _texts(input: Input, *names: str) -> dict[str, Any]:
    language = "zh" if (get_language() or "en").startswith("zh") else "en"
    texts = {f"{name}_{language}": input[name].strip() for name in names if input.get(name) is not None}
    return texts | {
        key: input[key].strip() for name in names for key in (f"{name}_zh", f"{name}_en") if input.get(key) is not None
    }


def _window(input: Input) -> dict[str, Any]:
    bounds = {"valid_from": BEGINNING, "valid_to": FOREVER}
    return {name: input[name] or end for name, end in bounds.items() if name in input}
