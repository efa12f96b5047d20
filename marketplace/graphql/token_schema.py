"""Mutations by which API clients sign in, stay signed in and sign out."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import tokens
from marketplace.graphql.failure import Unauthenticated
from marketplace.graphql.fields import Field
from marketplace.graphql.ids import from_global_id
from marketplace.graphql.mutations import BaseMutation
from marketplace.graphql.signin import sign_in
from marketplace.graphql.tokens import SignInErrorCode


class TokenPair(graphene.ObjectType):
    """Send the access token as `Authorization: Bearer ...`; spend the refresh token on the next pair."""

    access = Field(graphene.String, required=True, description="For requests, until it expires.")
    refresh = Field(graphene.String, required=True, description="For `tokenRefresh`, once.")
    expires_in = Field(graphene.Int, required=True, description="Seconds until the access token expires.")


class TokenCreate(BaseMutation, codes=SignInErrorCode, public=True, replayable=False, atomic=False):
    """Sign in an API client."""

    class Arguments:
        email = graphene.String(required=True, description="The e-mail address.")
        password = graphene.String(required=True, description="The password.")
        code = graphene.String(description="The code of the second factor, for those who have one.")

    tokens = Field(TokenPair, description="The first pair of tokens.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, email: str, password: str, code: str | None = None) -> Self:
        return cls(tokens=sign_in(info.context.request, email, password, code))


class TokenRefresh(BaseMutation, codes=SignInErrorCode, public=True, replayable=False, atomic=False):
    """Exchange a refresh token for the next pair. One that comes twice ends the sign-in: it has been copied."""

    class Arguments:
        refresh_token = graphene.String(required=True, description="The refresh token of the last pair.")

    tokens = Field(TokenPair, description="The next pair of tokens.")

    @classmethod
    def perform(cls, actor: Actor, refresh_token: str) -> Self:
        return cls(tokens=tokens.rotate(refresh_token))


class TokenRevoke(BaseMutation, codes=SignInErrorCode, public=True, atomic=False):
    """Sign an API client out. Access tokens made before end by themselves within minutes."""

    class Arguments:
        refresh_token = graphene.String(required=True, description="The refresh token of the last pair.")

    @classmethod
    def perform(cls, actor: Actor, refresh_token: str) -> Self:
        tokens.revoke(refresh_token)
        return cls()


class OrganizationSwitch(BaseMutation, codes=SignInErrorCode, replayable=False, atomic=False):
    """Act for another organization in which you have a seat: the next pair of tokens, for that organization."""

    class Arguments:
        organization = graphene.ID(required=True, description="The organization.")
        refresh_token = graphene.String(required=True, description="The refresh token of the last pair.")

    tokens = Field(TokenPair, description="The next pair of tokens.")

    @classmethod
    def perform(cls, actor: Actor, organization: str, refresh_token: str) -> Self:
        if actor.user is None:
            raise Unauthenticated(_("Sign in first."))
        pk = from_global_id(organization, "Organization", "organization")
        if not tokens.seat_of(actor.user.pk, pk):
            raise not_found("organization")
        return cls(tokens=tokens.rotate(refresh_token, tokens.Switch(actor.user.pk, pk)))


class TokenMutations:
    """Mounted by the kernel itself."""

    token_create = TokenCreate.Field()
    token_refresh = TokenRefresh.Field()
    token_revoke = TokenRevoke.Field()
    organization_switch = OrganizationSwitch.Field()
