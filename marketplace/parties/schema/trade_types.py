"""Partnerships and addresses as the schema shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import DateTime, Field, ModelType, Related, enum_of, label_field, to_global_id
from marketplace.parties.formatting import format_address
from marketplace.parties.models import (
    Address,
    OrganizationStatus,
    PartnerRole,
    Partnership,
    PartnershipStatus,
    PaymentMethod,
    PriceScope,
    ShortPolicy,
)
from marketplace.parties.schema.loaders import InvitationsOfPartner, PeopleOfPartner
from marketplace.parties.schema.types import (
    OrganizationType,
    PartnerGradeType,
    PartnerGroupType,
    TerritoryType,
    UserType,
    text,
)
from marketplace.parties.terms import terms_text

PRIVATE = " Only the upstream sees it."


def is_upstream(partnership: Partnership, actor: Actor) -> bool:
    """True for the seller's people who may see partners, but not while they look through the partner's eyes."""
    return (
        actor.on_behalf_of is None and partnership.upstream_id == actor.organization_id and actor.may("partners.view")
    )


def upstream_only(value: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A resolver that answers the upstream, and null to everybody else."""

    def resolve(root: Any, info: Any) -> Any:
        return value(root, info) if is_upstream(root, info.context.actor) else None

    return resolve


class PartnerPersonType(graphene.ObjectType):
    """Somebody who works for a downstream partner, as its seller may know them."""

    class Meta:
        name = "PartnerPerson"

    display_name = text("The name.")
    email = text("The address the person signs in with.")
    phone = text("Telephone number, perhaps empty.")
    is_owner = Field(graphene.Boolean, required=True, description="Manages the partner's organization.")
    last_seen_at = Field(DateTime, description="When the seat was taken last.")
    since = Field(DateTime, required=True, description="When the seat was given.")

    def resolve_display_name(root: Any, _info: Any) -> str:
        return root.user.name

    def resolve_email(root: Any, _info: Any) -> str:
        return root.user.email

    def resolve_phone(root: Any, _info: Any) -> str:
        return root.user.phone

    def resolve_is_owner(root: Any, _info: Any) -> bool:
        return root.owns

    def resolve_last_seen_at(root: Any, _info: Any) -> Any:
        return root.last_used_at

    def resolve_since(root: Any, _info: Any) -> Any:
        return root.created_at


class PartnershipType(ModelType, model=Partnership, name="Partnership"):
    """Upstream sells to downstream on agreed terms. How the upstream sorts its partners is its own affair."""

    upstream = Related(OrganizationType, "upstream", required=True, description="Who sells.")
    downstream = Related(OrganizationType, "downstream", required=True, description="Who buys.")
    partner = Field(OrganizationType, required=True, description="The other side, seen from you.")
    status = Field(enum_of(PartnershipStatus), required=True, description="Whether they may trade.")
    status_label = label_field("status")
    status_since = Field(DateTime, required=True, description="Since when.")
    status_reason = Field(graphene.String, description=f"Why it was suspended or terminated.{PRIVATE}")
    downstream_role = Field(enum_of(PartnerRole), required=True, description="What the downstream is to the upstream.")
    downstream_role_label = label_field("downstream_role")
    currency = text("ISO 4217 code of the trade.")
    terms = text("The payment terms in a few words.")
    payment_method = Field(enum_of(PaymentMethod), required=True, description="How the downstream pays.")
    payment_method_label = label_field("payment_method")
    payment_days = Field(graphene.Int, required=True, description="Days to pay an invoice on account.")
    short_policy = Field(enum_of(ShortPolicy), required=True, description="What happens when stock is short.")
    short_policy_label = label_field("short_policy")
    share_stock = Field(graphene.Boolean, required=True, description="The downstream's stock is shown to the upstream.")
    created_at = Field(DateTime, required=True, description="When it was recorded.")
    code = Field(graphene.String, description=f"What the upstream calls its partner.{PRIVATE}")
    group = Field(PartnerGroupType, description=f"The group policies aim at.{PRIVATE}")
    grade = Field(PartnerGradeType, description=f"The grade policies aim at.{PRIVATE}")
    territory = Field(TerritoryType, description=f"Where the partner may sell.{PRIVATE}")
    sales_rep = Field(UserType, description=f"Who looks after the partner.{PRIVATE}")
    sales_rep_seat = Field(
        graphene.ID, description=f"The membership of `salesRep`, as `partnershipUpdate` takes it.{PRIVATE}"
    )
    price_scope = Field(enum_of(PriceScope), description=f"Which price lists may answer.{PRIVATE}")
    price_scope_label = Field(graphene.String, description=f"The label of `priceScope`.{PRIVATE}")
    is_claimed = Field(graphene.Boolean, required=True, description="Somebody sits at the downstream: it signs in.")
    people = Field(
        graphene.List(graphene.NonNull(PartnerPersonType)), size=5, description=f"Who works for the partner.{PRIVATE}"
    )
    waiting_invitations = Field(
        graphene.List(graphene.NonNull("marketplace.parties.schema.InvitationType")),
        size=2,
        description=f"Invitations to it that nobody answered.{PRIVATE}",
    )

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        rows = Partnership.objects.visible_to(actor).select_related("upstream", "downstream", "sales_rep__user")
        if actor.is_system or actor.on_behalf_of or actor.may("partners.view"):
            return rows
        return rows.filter(downstream=actor.organization_id)

    def resolve_partner(root: Any, info: Any) -> Any:
        actor = info.context.actor
        return root.upstream if actor.buyer == root.downstream else root.downstream

    def resolve_terms(root: Any, _info: Any) -> str:
        return terms_text(root)

    def resolve_is_claimed(root: Any, _info: Any) -> bool:
        return root.downstream.status != OrganizationStatus.UNCLAIMED

    resolve_people = upstream_only(lambda root, info: PeopleOfPartner.of(info).load(root.downstream_id))
    resolve_waiting_invitations = upstream_only(lambda root, info: InvitationsOfPartner.of(info).load(root.pk))
    resolve_status_reason = upstream_only(lambda root, _info: root.status_reason)
    resolve_code = upstream_only(lambda root, _info: root.code)
    resolve_group = upstream_only(lambda root, info: PartnerGroupType.load(info, root.group_id))
    resolve_grade = upstream_only(lambda root, info: PartnerGradeType.load(info, root.grade_id))
    resolve_territory = upstream_only(lambda root, info: TerritoryType.load(info, root.territory_id))
    resolve_sales_rep = upstream_only(lambda root, _info: root.sales_rep.user if root.sales_rep else None)
    resolve_sales_rep_seat = upstream_only(
        lambda root, _info: to_global_id("Membership", root.sales_rep_id) if root.sales_rep_id else None
    )
    resolve_price_scope = upstream_only(lambda root, _info: root.price_scope)
    resolve_price_scope_label = upstream_only(lambda root, _info: str(root.get_price_scope_display()))


class AddressType(ModelType, model=Address, name="Address"):
    """Where goods, money and invoices of your organization go."""

    name = text("What you call it.")
    recipient = text("Who receives there.")
    phone = text("Telephone number.")
    country = text("ISO 3166 code.")
    region = text("Province or state.")
    city = text("City.")
    district = text("District.")
    street = text("Street and number.")
    postal_code = text("Postal code.")
    is_default = Field(graphene.Boolean, required=True, description="Chosen where nobody chooses another.")
    is_active = Field(graphene.Boolean, required=True, description="In use; a retired one stays on old documents.")
    formatted = text("One line, as it is written in its country.")

    def resolve_name(root: Any, _info: Any) -> str:
        return root.label

    def resolve_recipient(root: Any, _info: Any) -> str:
        return root.contact

    def resolve_formatted(root: Any, _info: Any) -> str:
        return format_address(root.snapshot())
