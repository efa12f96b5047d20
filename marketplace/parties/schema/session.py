"""Whom a session acts for, whose view it shows, and one's own profile."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import BaseMutation, Field, from_global_id
from marketplace.graphql.authentication import act_for, view_as
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.schema.inputs import given, renamed, same
from marketplace.parties.schema.types import ActorType, UserType
from marketplace.parties.users import select_organization, update_profile, viewable_partnership


def session_of(info: Any) -> Any:
    """The request whose session is changed; NOT_FOUND for a client without one, which uses tokens."""
    request = info.context.request
    if request is None or not hasattr(request, "session"):
        raise not_found("session")
    return request


class ActingOrganizationSelect(BaseMutation, codes=PartiesErrorCode, in_partner_view=True, replayable=False):
    """Act for another organization in which you have a seat, in this session. With tokens use `organizationSwitch`."""

    class Arguments:
        organization = graphene.ID(required=True, description="The organization.")

    actor = Field(ActorType, description="Who you are now.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, organization: str) -> Self:
        request = session_of(info)
        seat = select_organization(actor, from_global_id(organization, "Organization", "organization"))
        return cls(actor=act_for(request, seat.organization_id))


class PartnerViewStart(BaseMutation, codes=PartiesErrorCode, permission="partners.view_as", replayable=False):
    """See what a downstream partner sees of its trade with you, in this session. Nothing can be changed meanwhile."""

    class Arguments:
        partnership = graphene.ID(required=True, description="The partnership.")

    actor = Field(ActorType, description="Who you are now.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, partnership: str) -> Self:
        request = session_of(info)
        found = viewable_partnership(actor, from_global_id(partnership, "Partnership", "partnership"))
        return cls(actor=view_as(request, found.downstream_id))


class PartnerViewStop(BaseMutation, codes=PartiesErrorCode, in_partner_view=True, replayable=False):
    """Look through your own eyes again. Harmless when you do already."""

    actor = Field(ActorType, description="Who you are now.")

    @classmethod
    def perform(cls, actor: Actor, info: Any) -> Self:
        return cls(actor=view_as(session_of(info), None))


class UserUpdateInput(graphene.InputObjectType):
    """What changes of your profile; what is left out stays."""

    display_name = graphene.String(description="The name others read.")
    phone = graphene.String(description="Telephone number.")
    language = graphene.String(description="`zh-hans`, `en`, or empty for the browser's.")


class UserUpdate(BaseMutation, codes=PartiesErrorCode, in_partner_view=True, atomic=False):
    """Change your own profile."""

    class Arguments:
        input = UserUpdateInput(required=True, description="What changes.")

    user = Field(UserType, description="You.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        changes = given(input, display_name="name") | same(input, "phone", "language")
        with renamed(name="display_name"):
            return cls(user=update_profile(actor, changes))


class SessionMutations:
    """Mounted by the package."""

    acting_organization_select = ActingOrganizationSelect.Field()
    partner_view_start = PartnerViewStart.Field()
    partner_view_stop = PartnerViewStop.Field()
    user_update = UserUpdate.Field()
