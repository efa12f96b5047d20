"""Lines of policies that change or bound prices, in the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import graphene

from marketplace.catalog.scope import ProductScope, ScopeLevel
from marketplace.core.errors import DomainError
from marketplace.graphql import Decimal, Deferred, Field, enum_of, from_global_id, to_global_id
from marketplace.graphql.ids import split_global_id
from marketplace.parties.schema.types import listed, text
from ordercenter.pricing.drafts import TermDraft
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PolicyLineKind, PricePolicy, PricePolicyLine
from ordercenter.pricing.policy_terms import Overlap
from ordercenter.pricing.schema.loaders import OverlapsOfPolicy, TermById, TermsOfPolicy
from ordercenter.pricing.wording import effect_text, scope_text

GOODS = {"variant": "Variant", "product": "Product", "category": "Category", "brand": "Brand"}


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A line with what stands against it."""

    line: PricePolicyLine
    overlaps: tuple[Overlap, ...] = ()


class PricePolicyOverlapType(graphene.ObjectType):
    """Another line for the same goods, audience, step and time, of which only one applies."""

    class Meta:
        name = "PricePolicyOverlap"

    policy_code = text("The other line's policy.")
    policy_name = text("Its name.")
    effect = text("What the other line does.")
    wins = Field(graphene.Boolean, required=True, description="The other line applies and this one does not.")

    def resolve_policy_code(root: Overlap, info: Any) -> Deferred:
        return TermById.of(info).load(root.other_id).then(lambda line: line.policy.code)

    def resolve_policy_name(root: Overlap, info: Any) -> Deferred:
        return TermById.of(info).load(root.other_id).then(lambda line: line.policy.name or line.policy.code)

    def resolve_effect(root: Overlap, info: Any) -> Deferred:
        return TermById.of(info).load(root.other_id).then(lambda line: effect_text(line.kind, line.value))


class PricePolicyTermType(graphene.ObjectType):
    """What a policy does to prices of goods: a percentage or an amount in a step, or a floor."""

    class Meta:
        name = "PricePolicyTerm"

    id = Field(graphene.ID, required=True, description="Its id.")
    kind = Field(enum_of(PolicyLineKind), required=True, description="What it does.")
    kind_label = text("The label of `kind`.")
    step = Field(graphene.Int, description="1 to 9; of each step the most specific line applies. Null for a floor.")
    value = Field(Decimal, required=True, description="A percentage, or an amount of one base unit.")
    effect = text("What it does, such as −3 %.")
    priority = Field(graphene.Int, required=True, description="Among equally specific lines the lower applies.")
    scope = Field(enum_of(ScopeLevel), required=True, description="How narrow the goods are.")
    scope_label = text("The label of `scope`.")
    goods = text("For which goods, by name.")
    goods_id = Field(graphene.ID, description="Of the variant, product, category or brand; null for all goods.")
    overlaps = listed(PricePolicyOverlapType, "Lines of policies in effect that compete with it.", size=1)

    def resolve_id(root: ShownTerm, _info: Any) -> str:
        return to_global_id("PricePolicyTerm", root.line.pk)

    def resolve_kind(root: ShownTerm, _info: Any) -> str:
        return root.line.kind

    def resolve_kind_label(root: ShownTerm, _info: Any) -> str:
        return str(PolicyLineKind(root.line.kind).label)

    def resolve_step(root: ShownTerm, _info: Any) -> int | None:
        return root.line.step

    def resolve_value(root: ShownTerm, _info: Any) -> Any:
        return root.line.value

    def resolve_effect(root: ShownTerm, _info: Any) -> str:
        return effect_text(root.line.kind, root.line.value)  # type: ignore[arg-type]

    def resolve_priority(root: ShownTerm, _info: Any) -> int:
        return root.line.priority

    def resolve_scope(root: ShownTerm, _info: Any) -> ScopeLevel:
        return root.line.scope.level

    def resolve_scope_label(root: ShownTerm, _info: Any) -> str:
        return str(root.line.scope.level.label)

    def resolve_goods(root: ShownTerm, _info: Any) -> str:
        return scope_text(root.line)

    def resolve_goods_id(root: ShownTerm, _info: Any) -> str | None:
        named = {name: key for name in GOODS if (key := getattr(root.line, f"{name}_id"))}
        return next((to_global_id(GOODS[name], key) for name, key in named.items()), None)


class PricePolicyTermInput(graphene.InputObjectType):
    """A percentage or an amount in a step, or a floor, for goods: one of the four, or none for all goods."""

    kind = graphene.InputField(enum_of(PolicyLineKind), required=True, description="Any but LIST.")
    value = graphene.InputField(Decimal, required=True, description="A percentage, or an amount of one base unit.")
    step = graphene.InputField(graphene.Int, description="1 to 9, 1 unless told; not for a floor.")
    priority = graphene.InputField(graphene.Int, description="1 to 9999; the lower applies. 100 unless told.")
    goods = graphene.InputField(graphene.ID, description="For a variant, product, category or brand, by its id.")
    variant = graphene.InputField(graphene.ID, description="For one variant.")
    product = graphene.InputField(graphene.ID, description="For one product.")
    category = graphene.InputField(graphene.ID, description="For a category with all below it.")
    brand = graphene.InputField(graphene.ID, description="For a brand.")


def scope_of(gid: str, field: str, index: int | None = None) -> str:
    """What an id of goods is of: variant, product, category or brand. Raises SCOPE_INVALID."""
    try:
        kind, _key = split_global_id(gid)
    except ValueError:
        kind = ""
    found = next((name for name, type_name in GOODS.items() if type_name == kind), None)
    if found is None:
        code = PricingErrorCode.SCOPE_INVALID
        raise DomainError(code, code.label, field, index)
    return found


def term_draft(input: Any, index: int | None = None) -> TermDraft:
    """A line as entered; `index` is its place among the others."""
    kind = PolicyLineKind(input["kind"])
    keys = {
        f"{name}_id": from_global_id(input[name], type_name, f"terms.{name}", index)
        for name, type_name in GOODS.items()
        if input.get(name)
    }
    if input.get("goods"):
        name = scope_of(input["goods"], "terms.goods", index)
        keys[f"{name}_id"] = from_global_id(input["goods"], GOODS[name], "terms.goods", index)
    step = input.get("step")
    if step is None and kind.is_step:
        step = 1
    return TermDraft(kind, input["value"], step, ProductScope(**keys), input.get("priority") or 100)


def terms_of(info: Any, policy: PricePolicy) -> Deferred:
    """A promise of the lines of a policy that change or bound prices, with what competes with each."""

    def shown(lines: list[PricePolicyLine]) -> Any:
        if not lines:
            return []
        return (
            OverlapsOfPolicy.of(info)
            .load(policy.pk)
            .then(
                lambda found: [ShownTerm(line, tuple(one for one in found if one.line_id == line.pk)) for line in lines]
            )
        )

    return TermsOfPolicy.of(info).load(policy.pk).then(shown)
