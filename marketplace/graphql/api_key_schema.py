"""API keys in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql.api_keys import MANAGE, ApiKeyStatus, create_key, revoke_key, status_of
from marketplace.graphql.connections import ConnectionField
from marketplace.graphql.enums import enum_of
from marketplace.graphql.fields import Field
from marketplace.graphql.filters import Filter, FilterInput, TextFilter
from marketplace.graphql.ids import from_global_id
from marketplace.graphql.models import ApiKey
from marketplace.graphql.mutations import BaseMutation
from marketplace.graphql.nodes import ModelType, Related
from marketplace.graphql.scalars import DateTime
from marketplace.graphql.sorting import Sort, SortKey

PARTIES = "marketplace.parties.schema"


class ApiKeyType(ModelType, model=ApiKey, name="ApiKey", permission=MANAGE):
    """Lets a program act for your organization with a role: it sends `Authorization: Bearer <key>`."""

    name = Field(graphene.String, required=True, description="What you call it.")
    prefix = Field(graphene.String, required=True, description="The part of the key by which it is recognized.")
    role = Related(f"{PARTIES}.RoleType", "role", required=True, description="What it may do.")
    status = Field(enum_of(ApiKeyStatus), required=True, description="Whether it opens anything now.")
    status_label = Field(graphene.String, required=True, description="The label of `status`.")
    created_by = Related(f"{PARTIES}.UserType", "created_by", description="Who made it; null when they have left.")
    created_at = Field(DateTime, required=True, description="When it was made.")
    expires_at = Field(DateTime, description="When it ends; never without.")
    last_used_at = Field(DateTime, description="When it was used last, to the minute.")
    revoked_at = Field(DateTime, description="When it was revoked.")

    def resolve_status(root: Any, _info: Any) -> ApiKeyStatus:
        return status_of(root)

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(status_of(root).label)


class ApiKeyFilter(FilterInput):
    """Narrows API keys."""

    search = TextFilter(lookups=("name", "prefix"), description="Words of the name, or the prefix.")
    revoked = Filter(graphene.Boolean, description="Those that were revoked, or were not.")

    @staticmethod
    def filter_revoked(queryset: Any, value: bool, info: Any) -> Any:
        return queryset.filter(revoked_at__isnull=not value)


class ApiKeySort(Sort, default="-CREATED_AT"):
    """Keys that API keys are sorted by."""

    CREATED_AT = SortKey.of("created_at", description="When it was made.")
    NAME = SortKey.of("name", description="What it is called.")
    LAST_USED_AT = SortKey.of("last_used_at", description="When it was used last.", nullable=True)


class ApiKeyCreateInput(graphene.InputObjectType):
    """A key to make."""

    name = graphene.String(required=True, description="What you call it, such as the program that will use it.")
    role = graphene.ID(required=True, description="What it may do; a role whose permissions you hold yourself.")
    expires_at = DateTime(description="When it ends; never without.")


class ApiKeyCreate(BaseMutation, permission=MANAGE, replayable=False, atomic=False):
    """Make an API key. The key itself is in this answer and can never be read again."""

    class Arguments:
        input = ApiKeyCreateInput(required=True, description="The key.")

    api_key = Field(ApiKeyType, description="The key as it is listed.")
    secret = Field(graphene.String, description="The key: keep it where your program finds it.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        expires_at: datetime | None = input.get("expires_at")
        made = create_key(actor, input["name"], from_global_id(input["role"], "Role", "role"), expires_at)
        return cls(api_key=made.row, secret=made.secret)


class ApiKeyRevoke(BaseMutation, permission=MANAGE, atomic=False):
    """End a key, from the next request on."""

    class Arguments:
        id = graphene.ID(required=True, description="The key.")

    api_key = Field(ApiKeyType, description="The key.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(api_key=revoke_key(actor, from_global_id(id, "ApiKey")))


class ApiKeyQueries:
    """Mounted by the kernel itself."""

    api_keys = ConnectionField(
        ApiKeyType,
        filter=ApiKeyFilter,
        sort=ApiKeySort,
        permission=MANAGE,
        description="The API keys of your organization.",
    )


class ApiKeyMutations:
    """Mounted by the kernel itself."""

    api_key_create = ApiKeyCreate.Field()
    api_key_revoke = ApiKeyRevoke.Field()
