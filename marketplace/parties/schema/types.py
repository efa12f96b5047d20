"""Organizations, people and the nodes they are sorted by, as the schema shows them."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import DateTime, Field, ModelType, Related, enum_of, label_field
from marketplace.parties.models import (
    Membership,
    Organization,
    OrganizationStatus,
    PartnerGrade,
    PartnerGroup,
    Role,
    Territory,
    Unit,
    UnitKind,
    User,
)
from marketplace.parties.schema.loaders import (
    MembersOfRole,
    MembersOfUnit,
    PartnersOfNode,
    RolesOfMembership,
    SeatsOfUser,
    SecondFactorOfUser,
)

HERE = "marketplace.parties.schema"


def listed(type_: Any, description: str, **options: Any) -> Field:
    """A plain list of objects, none of them null."""
    return Field(graphene.List(graphene.NonNull(type_)), required=True, description=description, **options)


def text(description: str, **options: Any) -> Field:
    """A text that is always there, perhaps empty."""
    return Field(graphene.String, required=True, description=description, **options)


class OrganizationType(ModelType, model=Organization, name="Organization"):
    """Anyone who trades: you see your own organization and your partners."""

    name = text("Its name in the reader's language, where it has one in each.")
    name_zh = text("Its name in Chinese, perhaps empty.")
    name_en = text("Its name in English, perhaps empty.")
    registered_name = text("The one name that stands where there is none of the reader's language.")
    tax_number = text("The number its tax office knows it by.")
    contact = text("Whom to ask for.")
    phone = text("Telephone number.")
    email = text("E-mail address.")
    website = text("Web address.")
    code = text("Unique in this installation.")
    status = Field(enum_of(OrganizationStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    country = text("ISO 3166 code.")
    currency = text("ISO 4217 code of its new documents.")
    timezone = text("The zone its times are shown in, such as Asia/Shanghai.")
    language = text("The language of what is written for it, such as its documents.")
    is_seller = Field(graphene.Boolean, required=True, description="It sells to downstream partners.")
    is_buyer = Field(graphene.Boolean, required=True, description="It buys from upstream partners.")

    def resolve_name(root: Any, _info: Any) -> str:
        return root.shown_name

    def resolve_registered_name(root: Any, _info: Any) -> str:
        return root.name

    def resolve_timezone(root: Any, _info: Any) -> str:
        return root.time_zone

    def resolve_is_seller(root: Any, _info: Any) -> bool:
        return root.sells

    def resolve_is_buyer(root: Any, _info: Any) -> bool:
        return root.buys


class UserType(ModelType, model=User, name="User"):
    """A person who signs in: you see yourself and the members of your organization."""

    display_name = text("The name others read.")
    email = text("The address one signs in with.")
    phone = text("Telephone number.")
    language = text("The language chosen, or empty for the browser's.")
    has_second_factor = Field(
        graphene.Boolean, description="A code is asked for at sign-in. Null unless it is you or you manage members."
    )

    def resolve_display_name(root: Any, _info: Any) -> str:
        return root.name

    def resolve_has_second_factor(root: Any, info: Any) -> Any:
        actor = info.context.actor
        if root.pk != actor.user_id and not actor.may("members.manage"):
            return None
        return SecondFactorOfUser.of(info).load(root.pk)


class RoleType(ModelType, model=Role, name="Role"):
    """Permissions under a name."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    is_preset = Field(
        graphene.Boolean, required=True, description="It came with the organization and cannot be changed."
    )
    permissions = listed(graphene.String, "The codes it grants.", cost=0)
    member_count = Field(graphene.Int, required=True, permission="members.view", description="Members who have it.")

    def resolve_is_preset(root: Any, _info: Any) -> bool:
        return bool(root.preset)

    def resolve_member_count(root: Any, info: Any) -> Any:
        return MembersOfRole.of(info).load(root.pk)


class MembershipType(ModelType, model=Membership, name="Membership"):
    """A user's seat in an organization: you see your own seats and those of your organization."""

    user = Related(f"{HERE}.UserType", "user", description="Who sits there; null where that is not yours to see.")
    organization = Related(OrganizationType, "organization", required=True, description="Where.")
    unit = Related(f"{HERE}.UnitType", "unit", description="In which part of it.")
    roles = listed(RoleType, "What the member may do.", size=3)
    is_active = Field(graphene.Boolean, required=True, description="It counts.")
    created_at = Field(DateTime, required=True, description="Since when.")
    last_used_at = Field(DateTime, description="When it was taken last.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Membership.objects.visible_to(actor).select_related("user", "organization")

    def resolve_roles(root: Any, info: Any) -> Any:
        return RolesOfMembership.of(info).load(root.pk)


class ActorType(graphene.ObjectType):
    """Who asks, and for which organization."""

    class Meta:
        name = "Actor"

    user = Field(UserType, required=True, description="The person.")
    organization = Field(
        OrganizationType,
        description="For which organization: the partner's own in a partner's view. Null without a seat.",
    )
    on_behalf_of = Field(OrganizationType, description="The partner whose view is shown, or null.")
    read_only = Field(graphene.Boolean, required=True, description="Nothing can be changed: a partner's view is shown.")
    permissions = listed(graphene.String, "Codes of what the actor may do.", cost=0)
    memberships = listed(MembershipType, "All seats of the person, the one used last first.", size=3)

    def resolve_organization(root: Actor, _info: Any) -> Any:
        return root.buyer

    def resolve_read_only(root: Actor, _info: Any) -> bool:
        return root.is_read_only

    def resolve_permissions(root: Actor, _info: Any) -> list[str]:
        return sorted(root.permissions)

    def resolve_memberships(root: Actor, info: Any) -> Any:
        return SeatsOfUser.of(info).load(root.user_id)


class UnitType(ModelType, model=Unit, name="Unit"):
    """A part of your organization that buys, spends or receives."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    kind = Field(enum_of(UnitKind), required=True, description="What it is.")
    kind_label = label_field("kind")
    depth = Field(graphene.Int, required=True, description="0 for a root.")
    parent = Related(f"{HERE}.UnitType", "parent", description="The unit it is part of.")
    is_active = Field(graphene.Boolean, required=True, description="In use; a retired one stays on old documents.")
    member_count = Field(graphene.Int, required=True, description="Active members of this very unit.")

    def resolve_member_count(root: Any, info: Any) -> Any:
        return MembersOfUnit.of(info).load(root.pk)


class PartnerGroupType(ModelType, model=PartnerGroup, name="PartnerGroup", permission="partners.view"):
    """A node of the tree by which your organization aims its policies at partners."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    depth = Field(graphene.Int, required=True, description="0 for a root.")
    parent = Related(f"{HERE}.PartnerGroupType", "parent", description="The group above.")
    partner_count = Field(graphene.Int, required=True, description="Partners in it and below.")

    def resolve_partner_count(root: Any, info: Any) -> Any:
        return PartnersOfNode.of(info, "group").load(root.pk)


class PartnerGradeType(ModelType, model=PartnerGrade, name="PartnerGrade", permission="partners.view"):
    """A class of partners such as A, B, C."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    position = Field(graphene.Int, required=True, description="Its place in lists.")
    partner_count = Field(graphene.Int, required=True, description="Partners of this grade.")

    def resolve_partner_count(root: Any, info: Any) -> Any:
        return PartnersOfNode.of(info, "grade").load(root.pk)


class TerritoryType(ModelType, model=Territory, name="Territory", permission="partners.view"):
    """A region in the tree of where partners may sell."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    depth = Field(graphene.Int, required=True, description="0 for a root.")
    parent = Related(f"{HERE}.TerritoryType", "parent", description="The territory around it.")
    partner_count = Field(graphene.Int, required=True, description="Partners in it and below.")

    def resolve_partner_count(root: Any, info: Any) -> Any:
        return PartnersOfNode.of(info, "territory").load(root.pk)


class PermissionType(graphene.ObjectType):
    """A code that roles grant."""

    class Meta:
        name = "Permission"

    code = text("Such as `orders.place`.")
    label = text("What it lets a person do, in the reader's language.")
    presets = listed(graphene.String, "Preset roles that carry it.", cost=0)
    reads = Field(graphene.Boolean, required=True, description="It changes nothing.")
