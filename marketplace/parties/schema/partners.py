"""Mutations of partnerships."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, enum_of, from_global_id, ids_of
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.many_partners import sort_partnerships
from marketplace.parties.models import PartnerRole, PaymentMethod, PriceScope, ShortPolicy
from marketplace.parties.partnerships import (
    PartnerDraft,
    create_partnership,
    move_partnership,
    update_partnership,
)
from marketplace.parties.schema.inputs import given, key, references, renamed, same
from marketplace.parties.schema.trade_types import PartnershipType

MANAGE = "partners.manage"
THE_PARTNERSHIP = graphene.ID(required=True, description="The partnership.")
CHANGED = "The partnership."


class PartnershipTermsInput(graphene.InputObjectType):
    """Terms of a partnership; what is left out stays as it is, or as it is for a new partner."""

    code = graphene.String(description="What you call the partner; unique among your partners.")
    downstream_role = graphene.InputField(enum_of(PartnerRole), description="What the partner is to you.")
    group = graphene.ID(description="The partner group; null for none.")
    grade = graphene.ID(description="The partner grade; null for none.")
    territory = graphene.ID(description="Where the partner may sell; null for no such limit.")
    sales_rep = graphene.ID(description="The member who looks after the partner; null for nobody.")
    price_scope = graphene.InputField(enum_of(PriceScope), description="Which price lists may answer.")
    short_policy = graphene.InputField(enum_of(ShortPolicy), description="What happens when stock is short.")
    payment_method = graphene.InputField(enum_of(PaymentMethod), description="How the partner pays.")
    payment_days = graphene.Int(description="Days to pay an invoice on account, 365 at most.")
    share_stock = graphene.Boolean(description="The partner's stock is shown to you.")


def terms_of(input: Any) -> dict[str, Any]:
    """The terms that were sent, with keys for ids."""
    plain = same(
        input, "code", "downstream_role", "price_scope", "short_policy", "payment_method", "payment_days", "share_stock"
    )
    ids = references(input, group="PartnerGroup", grade="PartnerGrade", territory="Territory", sales_rep="Membership")
    return plain | ids


class PartnershipCreateInput(graphene.InputObjectType):
    """A downstream partner: a new organization by its name, or one you trade with already by its id."""

    code = graphene.String(required=True, description="What you call the partner; unique among your partners.")
    name = graphene.String(description="The name of an organization that is not here yet.")
    organization = graphene.ID(description="An organization that is.")
    country = graphene.String(description="ISO 3166 code of a new organization, CN unless told.")
    currency = graphene.String(description="ISO 4217 code of the trade, your own unless told.")
    timezone = graphene.String(description="Zone of a new organization, Asia/Shanghai unless told.")
    language = graphene.String(description="Language of a new organization, zh-hans unless told.")
    terms = graphene.InputField(PartnershipTermsInput, description="The terms; `code` counts from here above.")


class PartnershipCreate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Record a downstream partner. A new organization is unclaimed until somebody of its own signs up."""

    class Arguments:
        input = PartnershipCreateInput(required=True, description="The partner.")

    partnership = Field(PartnershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        terms = terms_of(input.get("terms") or {})
        terms.pop("code", None)
        known = same(input, "code", "name", "country", "currency", "language") | given(input, timezone="time_zone")
        draft = PartnerDraft(**known, organization_id=key(input, "organization", "Organization"), terms=terms)
        with renamed(time_zone="timezone"):
            return cls(partnership=create_partnership(actor, draft))


class PartnershipUpdateInput(PartnershipTermsInput):
    """What changes of a partnership; what is left out stays."""

    id = graphene.ID(required=True, description="The partnership.")


class PartnershipUpdate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Change the terms of a downstream partner. Orders placed already keep what they froze."""

    class Arguments:
        input = PartnershipUpdateInput(required=True, description="What changes.")

    partnership = Field(PartnershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        pk = from_global_id(input["id"], "Partnership")
        with renamed(group_id="group", grade_id="grade", territory_id="territory", sales_rep_id="sales_rep"):
            return cls(partnership=update_partnership(actor, pk, terms_of(input)))


class PartnershipsSortInput(graphene.InputObjectType):
    """How partners are sorted; what is left out stays, null takes it away."""

    group = graphene.ID(description="The partner group; null for none.")
    grade = graphene.ID(description="The partner grade; null for none.")
    territory = graphene.ID(description="Where the partners may sell; null for no such limit.")
    sales_rep = graphene.ID(description="The member who looks after the partners; null for nobody.")


class PartnershipsSort(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Give many downstream partners a group, grade, territory or sales rep; all of them or, refused, none."""

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The partnerships, 5,000 most.")
        input = PartnershipsSortInput(required=True, description="What they get.")

    partnerships = Field(graphene.List(graphene.NonNull(PartnershipType)), size=25, description="The partnerships.")
    count = Field(graphene.Int, description="How many.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], input: Any) -> Self:
        with renamed(group_id="group", grade_id="grade", territory_id="territory", sales_rep_id="sales_rep"):
            rows = sort_partnerships(actor, ids_of(ids, "Partnership", "ids"), terms_of(input))
        return cls(partnerships=rows, count=len(rows))


class _Move(BaseMutation):
    """Base of the moves of a partnership's status."""

    class Meta:
        abstract = True

    verb = ""

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str = "") -> Self:
        return cls(partnership=move_partnership(actor, from_global_id(id, "Partnership"), cls.verb, reason))


class PartnershipActivate(_Move, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Let a potential partner trade."""

    class Arguments:
        id = THE_PARTNERSHIP

    verb = "activate"
    partnership = Field(PartnershipType, description=CHANGED)


class PartnershipSuspend(_Move, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Bar new orders for a time. Orders under way go on."""

    class Arguments:
        id = THE_PARTNERSHIP
        reason = graphene.String(required=True, description="Why; only your own people read it.")

    verb = "suspend"
    partnership = Field(PartnershipType, description=CHANGED)


class PartnershipResume(_Move, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Let a suspended partner trade again."""

    class Arguments:
        id = THE_PARTNERSHIP

    verb = "resume"
    partnership = Field(PartnershipType, description=CHANGED)


class PartnershipTerminate(_Move, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """End a partnership. What was traded stays on record."""

    class Arguments:
        id = THE_PARTNERSHIP
        reason = graphene.String(required=True, description="Why; only your own people read it.")

    verb = "terminate"
    partnership = Field(PartnershipType, description=CHANGED)


class PartnershipRenew(_Move, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Take up a terminated partnership again, on its old terms."""

    class Arguments:
        id = THE_PARTNERSHIP

    verb = "renew"
    partnership = Field(PartnershipType, description=CHANGED)


class PartnerMutations:
    """Mounted by the package."""

    partnership_create = PartnershipCreate.Field()
    partnership_update = PartnershipUpdate.Field()
    partnerships_sort = PartnershipsSort.Field()
    partnership_activate = PartnershipActivate.Field()
    partnership_suspend = PartnershipSuspend.Field()
    partnership_resume = PartnershipResume.Field()
    partnership_terminate = PartnershipTerminate.Field()
    partnership_renew = PartnershipRenew.Field()
