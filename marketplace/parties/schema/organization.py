"""What an organization changes of itself: its facts and its addresses."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, from_global_id
from marketplace.parties.addresses import create_address, retire_address, update_address
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.organizations import FIELDS, update_organization
from marketplace.parties.schema.inputs import given, key, renamed, same
from marketplace.parties.schema.trade_types import AddressType
from marketplace.parties.schema.types import OrganizationType

ADDRESS_ERRORS = {"label": "name", "contact": "recipient"}


class OrganizationUpdateInput(graphene.InputObjectType):
    """What changes of your organization; what is left out stays."""

    name = graphene.String(description="Its registered name; it stands where there is none of the reader's language.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English.")
    tax_number = graphene.String(description="The number its tax office knows it by.")
    contact = graphene.String(description="Whom to ask for.")
    phone = graphene.String(description="Telephone number.")
    email = graphene.String(description="E-mail address.")
    website = graphene.String(description="Web address, such as https://example.com.")
    country = graphene.String(description="ISO 3166 code.")
    currency = graphene.String(description="ISO 4217 code of new documents.")
    timezone = graphene.String(description="Such as Asia/Shanghai.")
    language = graphene.String(description="`zh-hans` or `en`.")


class OrganizationUpdate(BaseMutation, codes=PartiesErrorCode, permission="organization.manage", atomic=False):
    """Change your organization."""

    class Arguments:
        input = OrganizationUpdateInput(required=True, description="What changes.")

    organization = Field(OrganizationType, description="Your organization.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        changes = same(input, *(name for name in FIELDS if name != "time_zone")) | given(input, timezone="time_zone")
        with renamed(time_zone="timezone"):
            return cls(organization=update_organization(actor, changes))


class AddressInput(graphene.InputObjectType):
    """An address; recipient, city and street are needed for a new one, what is left out of an old one stays."""

    id = graphene.ID(description="The address to change; a new one without.")
    name = graphene.String(description="What you call it.")
    recipient = graphene.String(description="Who receives there.")
    phone = graphene.String(description="Telephone number.")
    country = graphene.String(description="ISO 3166 code, CN unless told.")
    region = graphene.String(description="Province or state.")
    city = graphene.String(description="City.")
    district = graphene.String(description="District.")
    street = graphene.String(description="Street and number.")
    postal_code = graphene.String(description="Postal code.")
    is_default = graphene.Boolean(description="Make it the default.")


class AddressWrite(BaseMutation, codes=PartiesErrorCode, permission="addresses.manage", atomic=False):
    """Add an address to your organization, or change one."""

    class Arguments:
        input = AddressInput(required=True, description="The address.")

    address = Field(AddressType, description="The address.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        values = given(input, name="label", recipient="contact") | same(
            input, "phone", "country", "region", "city", "district", "street", "postal_code", "is_default"
        )
        pk = key(input, "id", "Address")
        with renamed(**ADDRESS_ERRORS):
            return cls(address=create_address(actor, values) if pk is None else update_address(actor, pk, values))


class AddressRetire(BaseMutation, codes=PartiesErrorCode, permission="addresses.manage", atomic=False):
    """Take an address out of use. Documents that name it keep it."""

    class Arguments:
        id = graphene.ID(required=True, description="The address.")

    address = Field(AddressType, description="The address.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(address=retire_address(actor, from_global_id(id, "Address")))


class OrganizationMutations:
    """Mounted by the package."""

    organization_update = OrganizationUpdate.Field()
    address_write = AddressWrite.Field()
    address_retire = AddressRetire.Field()
