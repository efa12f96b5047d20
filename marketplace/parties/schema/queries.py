"""What can be asked about organizations, partners and people."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.permissions import declared_permissions
from marketplace.graphql import (
    ConnectionField,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
)
from marketplace.graphql.failure import PermissionDenied
from marketplace.parties.models import (
    Address,
    OrganizationStatus,
    PartnerGrade,
    PartnerGroup,
    PartnershipStatus,
    Role,
    Territory,
    Unit,
)
from marketplace.parties.schema.trade_types import AddressType, PartnershipType
from marketplace.parties.schema.types import (
    ActorType,
    MembershipType,
    OrganizationType,
    PartnerGradeType,
    PartnerGroupType,
    PermissionType,
    RoleType,
    TerritoryType,
    UnitType,
    UserType,
    listed,
)
from marketplace.parties.sides import TradeSide

THE_ID = graphene.ID(required=True, description="Its id.")


class PartnershipFilter(FilterInput):
    """Narrows partnerships. Groups, grades and territories are the upstream's own: a downstream finds nothing."""

    search = Filter(graphene.String, description="Words of the partner's name, or the start of a code.")
    status = ListFilter(enum_of(PartnershipStatus), lookup="status", description="In any of these states.")
    group = Filter(graphene.List(graphene.NonNull(graphene.ID)), description="In any of these groups or below them.")
    grade = Filter(graphene.List(graphene.NonNull(graphene.ID)), description="Of any of these grades.")
    territory = Filter(
        graphene.List(graphene.NonNull(graphene.ID)), description="In any of these territories or below them."
    )

    is_claimed = Filter(graphene.Boolean, description="Somebody of the downstream signs in (true), or nobody yet.")

    @staticmethod
    def filter_is_claimed(queryset: Any, value: bool, info: Any) -> Any:
        nobody = {"downstream__status": OrganizationStatus.UNCLAIMED}
        return queryset.exclude(**nobody) if value else queryset.filter(**nobody)

    @staticmethod
    def filter_search(queryset: Any, value: str, info: Any) -> Any:
        actor: Actor = info.context.actor
        for word in value.split():
            own = Q(upstream=actor.organization_id) if actor.on_behalf_of is None else Q(pk__in=[])
            sold_to = own & (Q(downstream__name__icontains=word) | Q(code__istartswith=word))
            bought_from = Q(downstream=actor.buyer) & Q(upstream__name__icontains=word)
            queryset = queryset.filter(sold_to | bought_from)
        return queryset

    @staticmethod
    def filter_grade(queryset: Any, value: list[str], info: Any) -> Any:
        # Among the actor's own: a downstream that tries ids must not learn its grade.
        mine = PartnerGrade.objects.visible_to(info.context.actor)
        return queryset.filter(grade__in=mine.filter(pk__in=readable_ids(value, "PartnerGrade")))

    @staticmethod
    def filter_group(queryset: Any, value: list[str], info: Any) -> Any:
        return in_tree(queryset, PartnerGroup, "group", value, info)

    @staticmethod
    def filter_territory(queryset: Any, value: list[str], info: Any) -> Any:
        return in_tree(queryset, Territory, "territory", value, info)


def in_tree(queryset: Any, model: Any, column: str, gids: list[str], info: Any) -> Any:
    """Partnerships sorted under any of the nodes, or under a node below one of them."""
    keys = readable_ids(gids, model.__name__)
    below = model.objects.visible_to(info.context.actor).filter(ancestors__overlap=keys)
    return queryset.filter(**{f"{column}__in": below.values("pk")}) if keys else queryset.none().cleared()


def readable_ids(gids: list[str], type_name: str) -> list[int]:
    """The keys of those ids that are of the type."""
    keys = []
    for gid in gids:
        try:
            keys.append(from_global_id(gid, type_name))
        except DomainError:
            continue
    return keys


class PartnershipSort(Sort, default="NAME"):
    """Keys that partnerships are sorted by."""

    NAME = SortKey.of("downstream__name", description="The downstream's name.")
    UPSTREAM = SortKey.of("upstream__name", description="The upstream's name.")
    CREATED_AT = SortKey.of("created_at", description="When it was recorded.")
    STATUS_SINCE = SortKey.of("status_since", description="When its status changed.")


class MembershipFilter(FilterInput):
    """Narrows members."""

    search = Filter(graphene.String, description="Words of the name or of the e-mail address.")
    is_active = Filter(graphene.Boolean, lookup="is_active", description="Whether the seat counts.")
    role = IdFilter("Role", lookup="roles", description="With any of these roles.")
    unit = IdFilter("Unit", lookup="unit", description="Of any of these units.")

    @staticmethod
    def filter_search(queryset: Any, value: str, info: Any) -> Any:
        for word in value.split():
            queryset = queryset.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
        return queryset


class MembershipSort(Sort, default="NAME"):
    """Keys that members are sorted by."""

    NAME = SortKey.of("user__name", description="The person's name.")
    CREATED_AT = SortKey.of("created_at", description="When the seat was given.")
    LAST_USED_AT = SortKey.of("last_used_at", description="When it was taken last.", nullable=True)


class OrganizationSort(Sort, default="NAME"):
    """Keys that organizations are sorted by."""

    NAME = SortKey.of("name", description="Its name.")


class OrganizationFilter(FilterInput):
    """Narrows organizations."""

    search = Filter(graphene.String, description="Words of the name.")

    @staticmethod
    def filter_search(queryset: Any, value: str, info: Any) -> Any:
        for word in value.split():
            queryset = queryset.filter(name__icontains=word)
        return queryset


class PartiesQueries:
    """Mounted by the package."""

    actor = Field(ActorType, description="Who asks, and for which organization; null for nobody.")
    organization = Field(OrganizationType, id=THE_ID, description="Your organization or a partner.")
    organizations = ConnectionField(
        OrganizationType,
        filter=OrganizationFilter,
        sort=OrganizationSort,
        description="Your organization and its partners.",
    )
    partnership = Field(PartnershipType, id=THE_ID, description="One partnership of yours.")
    partnerships = ConnectionField(
        PartnershipType,
        side=graphene.Argument(
            enum_of(TradeSide), description="What you are in it: SELLER lists downstream partners. Both unless told."
        ),
        filter=PartnershipFilter,
        sort=PartnershipSort,
        description="Partnerships in which you are a side. Those in which you sell require `partners.view`.",
    )
    partner_groups = listed(
        PartnerGroupType, "Your partner groups, each after the one above it.", permission="partners.view"
    )
    partner_grades = listed(PartnerGradeType, "Your partner grades.", permission="partners.view")
    territories = listed(TerritoryType, "Your territories, each after the one around it.", permission="partners.view")
    units = listed(
        UnitType,
        "Your organization's units, each after the one it is part of.",
        include_retired=graphene.Boolean(default_value=False, description="With those out of use."),
    )
    members = ConnectionField(
        MembershipType,
        filter=MembershipFilter,
        sort=MembershipSort,
        permission="members.view",
        description="The members of your organization.",
    )
    member = Field(MembershipType, id=THE_ID, permission="members.view", description="One member of your organization.")
    roles = listed(RoleType, "The roles of your organization, presets first.", permission="members.view")
    permissions = listed(PermissionType, "Every code that a role can grant.", permission="members.view", size=40)
    addresses = listed(
        AddressType,
        "Addresses of your organization that are in use, the default first.",
        include_retired=graphene.Boolean(default_value=False, description="With those out of use."),
    )
    address = Field(AddressType, id=THE_ID, description="One address of yours.")
    user = Field(UserType, id=THE_ID, description="Yourself or a member of your organization.")

    def resolve_actor(root: Any, info: Any) -> Actor | None:
        actor = info.context.actor
        return actor if actor.user is not None else None

    def resolve_organization(root: Any, info: Any, id: str) -> Any:
        return OrganizationType.by_id(info, id)

    def resolve_partnership(root: Any, info: Any, id: str) -> Any:
        return PartnershipType.by_id(info, id)

    def resolve_partnerships(root: Any, info: Any, side: TradeSide | None = None) -> Any:
        actor = info.context.actor
        rows = PartnershipType.visible(actor)
        if side == TradeSide.SELLER:
            if actor.on_behalf_of is not None:
                return rows.none()
            if not actor.may("partners.view"):
                raise PermissionDenied("You need the permission partners.view.", permission="partners.view")
            return rows.filter(upstream=actor.organization_id)
        return rows.filter(downstream=actor.buyer) if side == TradeSide.BUYER else rows

    def resolve_partner_groups(root: Any, info: Any) -> Any:
        return PartnerGroup.objects.visible_to(info.context.actor).order_by("ancestors")

    def resolve_partner_grades(root: Any, info: Any) -> Any:
        return PartnerGrade.objects.visible_to(info.context.actor).order_by("position", "code")

    def resolve_territories(root: Any, info: Any) -> Any:
        return Territory.objects.visible_to(info.context.actor).order_by("ancestors")

    def resolve_units(root: Any, info: Any, include_retired: bool = False) -> Any:
        rows = Unit.objects.visible_to(info.context.actor).order_by("ancestors")
        return rows if include_retired else rows.filter(is_active=True)

    def resolve_members(root: Any, info: Any) -> Any:
        actor = info.context.actor
        return MembershipType.visible(actor).filter(organization=actor.organization_id)

    def resolve_member(root: Any, info: Any, id: str) -> Any:
        rows = MembershipType.visible(info.context.actor).filter(organization=info.context.actor.organization_id)
        return rows.filter(pk__in=readable_ids([id], "Membership")).first()

    def resolve_roles(root: Any, info: Any) -> Any:
        return Role.objects.visible_to(info.context.actor).order_by("-preset", "code")

    def resolve_permissions(root: Any, info: Any) -> Any:
        return list(declared_permissions().values())

    def resolve_addresses(root: Any, info: Any, include_retired: bool = False) -> Any:
        rows = Address.objects.visible_to(info.context.actor).order_by("-is_default", "label", "pk")
        return rows if include_retired else rows.filter(is_active=True)

    def resolve_address(root: Any, info: Any, id: str) -> Any:
        return AddressType.by_id(info, id)

    def resolve_user(root: Any, info: Any, id: str) -> Any:
        return UserType.by_id(info, id)
