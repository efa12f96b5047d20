"""Mutations of members and roles."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, from_global_id, ids_of
from marketplace.parties import members
from marketplace.parties.custom_roles import create_role, delete_role, update_role
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.members import MemberDraft
from marketplace.parties.schema.inputs import key, same
from marketplace.parties.schema.types import MembershipType, RoleType

MANAGE = "members.manage"
THE_MEMBER = graphene.ID(required=True, description="The membership.")
CHANGED = "The member."


def ids(description: str, required: bool = False) -> graphene.List:
    """A list of ids."""
    return graphene.List(graphene.NonNull(graphene.ID), required=required, description=description)


class MemberCreateInput(graphene.InputObjectType):
    """A person to give a seat."""

    email = graphene.String(required=True, description="The address the person signs in with.")
    name = graphene.String(description="Needed for somebody new; others keep their own.")
    roles = ids("What the member may do.")
    unit = graphene.ID(description="The unit the member belongs to.")
    language = graphene.String(description="For somebody new: `zh-hans` or `en`.")


class MemberCreate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Give a person a seat. Somebody new sets a password by the link in the e-mail they are sent."""

    class Arguments:
        input = MemberCreateInput(required=True, description="The person.")

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        draft = MemberDraft(
            **same(input, "email", "name", "language"),
            roles=ids_of(input.get("roles") or [], "Role", "roles"),
            unit_id=key(input, "unit", "Unit"),
        )
        return cls(member=members.create_member(actor, draft))


class MemberRolesSet(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Give a member exactly these roles, from the next request on."""

    class Arguments:
        id = THE_MEMBER
        roles = ids("All roles the member is to have.", required=True)

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, id: str, roles: list[str]) -> Self:
        keys = ids_of(roles, "Role", "roles")
        return cls(member=members.set_member_roles(actor, from_global_id(id, "Membership"), keys))


class MemberUnitSet(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Put a member into a unit, or into none."""

    class Arguments:
        id = THE_MEMBER
        unit = graphene.ID(description="The unit; none without.")

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, id: str, unit: str | None = None) -> Self:
        found = key({"unit": unit}, "unit", "Unit")
        return cls(member=members.move_member(actor, from_global_id(id, "Membership"), found))


class MemberUpdate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Give a member exactly these roles and put it into a unit, or into none; refused, nothing changes."""

    class Arguments:
        id = THE_MEMBER
        roles = ids("All roles the member is to have.", required=True)
        unit = graphene.ID(description="The unit; none without.")

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, id: str, roles: list[str], unit: str | None = None) -> Self:
        keys, found = ids_of(roles, "Role", "roles"), key({"unit": unit}, "unit", "Unit")
        return cls(member=members.change_member(actor, from_global_id(id, "Membership"), keys, found))


class MemberDeactivate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Take a member's seat away, from the next request on. What the person did stays."""

    class Arguments:
        id = THE_MEMBER

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(member=members.deactivate_member(actor, from_global_id(id, "Membership")))


class MemberReactivate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Give a member the seat back, with the roles it had."""

    class Arguments:
        id = THE_MEMBER

    member = Field(MembershipType, description=CHANGED)

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(member=members.reactivate_member(actor, from_global_id(id, "Membership")))


class RoleInput(graphene.InputObjectType):
    """A role of your own; what is left out of an old one stays."""

    code = graphene.String(description="Unique in the organization; needed for a new role.")
    name_zh = graphene.String(description="Name in Chinese.")
    name_en = graphene.String(description="Name in English; one of the two is needed.")
    permissions = graphene.List(graphene.NonNull(graphene.String), description="The codes it grants.")


class RoleCreate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Make a role of your own. You can only grant what you hold yourself, unless you are an owner."""

    class Arguments:
        input = RoleInput(required=True, description="The role.")

    role = Field(RoleType, description="The role.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(role=create_role(actor, same(input, "code", "name_zh", "name_en", "permissions")))


class RoleUpdate(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Change a role of your own; it holds at once for all who have it."""

    class Arguments:
        id = graphene.ID(required=True, description="The role.")
        input = RoleInput(required=True, description="What changes.")

    role = Field(RoleType, description="The role.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        values = same(input, "code", "name_zh", "name_en", "permissions")
        return cls(role=update_role(actor, from_global_id(id, "Role"), values))


class RoleDelete(BaseMutation, codes=PartiesErrorCode, permission=MANAGE, atomic=False):
    """Delete a role of your own that nobody has."""

    class Arguments:
        id = graphene.ID(required=True, description="The role.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_role(actor, from_global_id(id, "Role"))
        return cls()


class PeopleMutations:
    """Mounted by the package."""

    member_create = MemberCreate.Field()
    member_roles_set = MemberRolesSet.Field()
    member_unit_set = MemberUnitSet.Field()
    member_update = MemberUpdate.Field()
    member_deactivate = MemberDeactivate.Field()
    member_reactivate = MemberReactivate.Field()
    role_create = RoleCreate.Field()
    role_update = RoleUpdate.Field()
    role_delete = RoleDelete.Field()
