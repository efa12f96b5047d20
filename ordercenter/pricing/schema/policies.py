"""Price policies and pricing settings in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import graphene
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    Decimal,
    Field,
    FilterInput,
    ListFilter,
    ModelType,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.parties.audience import AudienceLevel
from marketplace.parties.schema.trade_types import PartnershipType
from marketplace.parties.schema.types import PartnerGradeType, PartnerGroupType, listed, text
from ordercenter.pricing import policies
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, stored_status_at
from ordercenter.pricing.models import (
    PolicyLineKind,
    PriceDate,
    PricePolicy,
    PricePolicyLine,
    PriceStrategy,
    PricingSettings,
)
from ordercenter.pricing.schema.inputs import PricePolicyInput, policy_draft
from ordercenter.pricing.schema.lists import THE_ID, VIEW, PriceAssignmentType, status_condition
from ordercenter.pricing.schema.loaders import LinesOfPolicy, assignment_of, audience_name
from ordercenter.pricing.schema.terms import PricePolicyTermInput, PricePolicyTermType, term_draft, terms_of
from ordercenter.pricing.settings import settings_update


class PricePolicyType(ModelType, model=PricePolicy, name="PricePolicy", permission=VIEW):
    """For whom and when price lists hold, and in which order."""

    code = text("Unique among its owner's policies.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    status = Field(enum_of(PolicyStatus), required=True, description="Where it stands now.")
    status_label = text("The label of `status` in the reader's language.")
    internal = Field(graphene.Boolean, required=True, description="Its audience is not told to buyers.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: for good.")
    audience = text("Partner, group or grade by name; or everyone.")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow the audience is.")
    level_label = label_field("level")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")
    lines = listed(PriceAssignmentType, "The lists it assigns, in order.", size=5)
    terms = listed(PricePolicyTermType, "What it does to prices, by step, floors last.", size=5)
    group = Related(PartnerGroupType, "group", description="Its audience, if that is a group.")
    grade = Related(PartnerGradeType, "grade", description="Its audience, if that is a grade.")
    partnership = Related(PartnershipType, "partnership", description="Its audience, if that is one partner.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return PricePolicy.objects.visible_to(actor).select_related("partnership__downstream", "group", "grade")

    def resolve_status(root: Any, _info: Any) -> PolicyStatus:
        return stored_status_at(root.status, root.valid_from, root.valid_to, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(stored_status_at(root.status, root.valid_from, root.valid_to, timezone.now()).label)

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)

    def resolve_audience(root: Any, _info: Any) -> str:
        return audience_name(root)

    def resolve_terms(root: Any, info: Any) -> Any:
        return terms_of(info, root)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfPolicy.of(info).load(root.pk).then(lambda lines: [assignment_of(line) for line in lines])


class PricingSettingsType(ModelType, model=PricingSettings, name="PricingSettings", permission=VIEW):
    """How your organization prices what it sells in one currency."""

    currency = text("ISO 4217 code.")
    tax_included = Field(graphene.Boolean, required=True, description="Prices include tax.")
    strategy = Field(enum_of(PriceStrategy), required=True, description="Which of several lists answers.")
    strategy_label = label_field("strategy")
    price_date = Field(enum_of(PriceDate), required=True, description="The day whose prices an order gets.")
    price_date_label = label_field("price_date")
    draft_freeze_hours = Field(graphene.Int, required=True, description="Hours for which a draft keeps its prices.")
    max_line_discount = Field(Decimal, required=True, description="Most percent a line may be reduced by.")


class PricePolicyFilter(FilterInput):
    """Narrows price policies."""

    status = ListFilter(enum_of(PolicyStatus), description="In any of these states now.")

    @staticmethod
    def filter_status(queryset: Any, value: list[PolicyStatus], info: Any) -> Any:
        return queryset.filter(status_condition(value))


class PricePolicySort(Sort, default="-UPDATED_AT"):
    """Keys that price policies are sorted by."""

    UPDATED_AT = SortKey.of("updated_at", description="When it was last changed.")
    CODE = SortKey.of("code", description="The code.")


class PolicyQueries:
    """Mounted by the package."""

    price_policy = Field(PricePolicyType, id=THE_ID, permission=VIEW, description="One price policy of yours.")
    price_policies = ConnectionField(
        PricePolicyType,
        search=graphene.String(description="Words of code or name."),
        terms=graphene.Boolean(description="Without those that do nothing but assign lists."),
        filter=PricePolicyFilter,
        sort=PricePolicySort,
        permission=VIEW,
        description="Your price policies.",
    )
    pricing_settings = listed(PricingSettingsType, "What you have settled, by currency.", permission=VIEW, size=3)

    def resolve_price_policy(root: Any, info: Any, id: str) -> Any:
        return PricePolicyType.by_id(info, id)

    def resolve_price_policies(root: Any, info: Any, search: str = "", terms: bool = False) -> Any:
        rows = PricePolicyType.visible(info.context.actor)
        if terms:
            lines = PricePolicyLine.objects.filter(policy=OuterRef("pk"))
            changing = Exists(lines.exclude(kind=PolicyLineKind.LIST))
            rows = rows.filter(changing | ~Exists(lines))
        for word in (search or "").split():
            rows = rows.filter(Q(code__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word))
        return rows

    def resolve_pricing_settings(root: Any, info: Any) -> Any:
        return PricingSettingsType.visible(info.context.actor).order_by("currency")


class PricePolicyCreate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Make a price policy. It is a draft before it is submitted."""

    class Arguments:
        input = PricePolicyInput(required=True, description="The policy.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(price_policy=policies.price_policy_create(actor, policy_draft(input)))


class PricePolicyUpdate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Change a price policy; it holds from the commit on."""

    class Arguments:
        id = graphene.ID(required=True, description="The policy.")
        input = PricePolicyInput(required=True, description="What changes.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        key = from_global_id(id, PricePolicyType)
        return cls(price_policy=policies.price_policy_update(actor, key, policy_draft(input)))


class PricePolicySubmit(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Put a draft or paused policy in effect at once."""

    class Arguments:
        id = graphene.ID(required=True, description="The policy.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_policy=policies.price_policy_submit(actor, from_global_id(id, PricePolicyType)))


class PricePolicyPause(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Suspend a policy until it is submitted again."""

    class Arguments:
        id = graphene.ID(required=True, description="The policy.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_policy=policies.price_policy_pause(actor, from_global_id(id, PricePolicyType)))


class PricePolicyVoid(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """End a policy for good."""

    class Arguments:
        id = graphene.ID(required=True, description="The policy.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_policy=policies.price_policy_void(actor, from_global_id(id, PricePolicyType)))


class PricePolicyTermWrite(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Add a line that changes or bounds prices to a policy, or put it in the place of one."""

    class Arguments:
        policy = graphene.ID(required=True, description="The policy.")
        id = graphene.ID(description="The line in whose place it comes.")
        input = PricePolicyTermInput(required=True, description="The line.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, policy: str, input: Any, id: str | None = None) -> Self:
        key = from_global_id(policy, PricePolicyType, "policy")
        line = from_global_id(id, "PricePolicyTerm") if id else None
        return cls(price_policy=policies.price_policy_term_write(actor, key, term_draft(input), line))


class PricePolicyTermRemove(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Take a line that changes or bounds prices out of a policy."""

    class Arguments:
        policy = graphene.ID(required=True, description="The policy.")
        id = graphene.ID(required=True, description="The line.")

    price_policy = Field(PricePolicyType, description="The policy.")

    @classmethod
    def perform(cls, actor: Actor, policy: str, id: str) -> Self:
        key = from_global_id(policy, PricePolicyType, "policy")
        line = from_global_id(id, "PricePolicyTerm")
        return cls(price_policy=policies.price_policy_term_remove(actor, key, line))


class PricingSettingsInput(graphene.InputObjectType):
    """Terms for one currency. What is left out stays as it is."""

    currency = graphene.InputField(graphene.String, required=True, description="ISO 4217 code.")
    tax_included = graphene.InputField(graphene.Boolean, description="Prices include tax.")
    strategy = graphene.InputField(enum_of(PriceStrategy), description="Which of several lists answers.")
    price_date = graphene.InputField(enum_of(PriceDate), description="The day whose prices an order gets.")
    draft_freeze_hours = graphene.InputField(graphene.Int, description="Hours for which a draft keeps its prices.")
    max_line_discount = graphene.InputField(Decimal, description="Most percent a line may be reduced by.")


class PricingSettingsUpdate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Settle how prices in a currency are chosen and meant."""

    class Arguments:
        input = PricingSettingsInput(required=True, description="The terms.")

    pricing_settings = Field(PricingSettingsType, description="The settings.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        values = {name: value for name, value in input.items() if name != "currency" and value is not None}
        return cls(pricing_settings=settings_update(actor, input["currency"], **values))


class PolicyMutations:
    """Mounted by the package."""

    price_policy_create = PricePolicyCreate.Field()
    price_policy_update = PricePolicyUpdate.Field()
    price_policy_submit = PricePolicySubmit.Field()
    price_policy_pause = PricePolicyPause.Field()
    price_policy_void = PricePolicyVoid.Field()
    price_policy_term_write = PricePolicyTermWrite.Field()
    price_policy_term_remove = PricePolicyTermRemove.Field()
    pricing_settings_update = PricingSettingsUpdate.Field()
