"""A schema of its own for the kernel's tests: partners and addresses as a room would declare them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar

import graphene
from django.db import models
from graphql import GraphQLSchema

from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors, not_found
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    DateTimeRange,
    Decimal,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Money,
    Quantity,
    RangeFilter,
    Related,
    Sort,
    SortKey,
    Subscribe,
    TextFilter,
    Upload,
    enum_of,
    from_global_id,
    grouped,
    label_field,
)
from marketplace.graphql.build import compose
from marketplace.graphql.nodes import fresh_types
from marketplace.graphql.schema import NodeQueries
from marketplace.graphql.token_schema import TokenMutations
from marketplace.graphql.tokens import SignInErrorCode
from marketplace.parties.models import Address, Organization, Partnership, PartnershipStatus


class ShopErrorCode(models.TextChoices):
    """What can go wrong here."""

    TOO_LONG = "TOO_LONG", "Too long"


class AddressesOf(BatchLoader):
    """The addresses of organizations."""

    batches: ClassVar[list[list[int]]] = []

    def batch(self, keys: list[int]) -> list[list[Address]]:
        self.batches.append(keys)
        rows = Address.objects.visible_to(self.actor).filter(organization__in=keys).order_by("pk")
        return grouped(rows, by="organization_id", keys=keys)


with fresh_types():

    class AddressType(ModelType, model=Address, name="Address"):
        """Where goods go."""

        contact = Field(graphene.String, required=True, description="Whom to ask for.")
        city = Field(graphene.String, required=True, description="The city.")

    class OrganizationType(ModelType, model=Organization, name="Organization"):
        """Who trades."""

        name = Field(graphene.String, required=True, description="The name.")
        code = Field(graphene.String, required=True, permission="partners.view", description="The code.")
        created_at = Field(DateTime, required=True, description="Since when.")
        addresses = Field(graphene.List(graphene.NonNull(AddressType)), description="Its addresses.")
        addresses_page = ConnectionField(AddressType, description="Its addresses, in pages.")

        def resolve_addresses(root, info):
            return AddressesOf.of(info).load(root.pk)

        resolve_addresses_page = resolve_addresses

    class PartnershipType(ModelType, model=Partnership, name="Partnership", permission="partners.view"):
        """Upstream sells to downstream."""

        code = Field(graphene.String, required=True, description="The partner's code.")
        status = Field(enum_of(PartnershipStatus), required=True, description="Where it stands.")
        status_label = label_field("status")
        credit = Field(Money, description="Money.")
        upstream = Related(OrganizationType, "upstream", required=True, description="Who sells.")
        downstream = Related(OrganizationType, "downstream", required=True, description="Who buys.")

    types = [AddressType, OrganizationType, PartnershipType]


class PartnershipFilter(FilterInput):
    """Narrows partnerships."""

    status = ListFilter(enum_of(PartnershipStatus), lookup="status", description="In any of these states.")
    downstream = IdFilter("Organization", lookup="downstream", description="With these buyers.")
    created = RangeFilter(DateTimeRange, lookup="created_at", description="Made in this time.")
    text = TextFilter(lookups=("code", "downstream__name"), description="Words of code or name.")
    even = Filter(graphene.Boolean, description="With an even number of payment days.")

    @staticmethod
    def filter_even(queryset, value, info):
        return queryset.annotate(odd=models.F("payment_days") % 2).filter(odd=0 if value else 1)


class PartnershipSort(Sort, default="CODE"):
    """Keys that partnerships are sorted by."""

    CODE = SortKey.of("code", description="The code.")
    NAME = SortKey.of("downstream__name", description="The buyer's name.")
    GRADE = SortKey.of("grade__position", "-payment_days", description="The grade.", nullable=True)


class AddressInput(graphene.InputObjectType):
    """An address."""

    contact = graphene.String(required=True, description="Whom to ask for.")
    street = graphene.String(default_value="Nowhere 1", description="The street.")


class AddressesCreate(BaseMutation, permission="addresses.manage", codes=ShopErrorCode):
    """Write addresses, one after the other, and refuse what is too long."""

    class Arguments:
        input = graphene.List(graphene.NonNull(AddressInput), required=True, description="The addresses.")

    addresses = Field(graphene.List(graphene.NonNull(AddressType)), description="What was written.")

    @classmethod
    def perform(cls, actor, input):
        made, problems = [], []
        for index, row in enumerate(input):
            made.append(Address.objects.create(organization=actor.organization, **row))
            if len(row.contact) > 20:
                problems.append(DomainError(ShopErrorCode.TOO_LONG, "Too long.", "contact_person.first_name", index))
        if problems:
            raise DomainErrors(problems)
        return cls(addresses=made)


class Foreign(BaseMutation, codes=ShopErrorCode):
    """Refuses with a code that its room does not list."""

    @classmethod
    def perform(cls, actor):
        raise DomainError(SignInErrorCode.INVALID_CODE, "Of another room.")


class Collide(BaseMutation):
    """Writes what somebody else has written since it looked."""

    class Arguments:
        check = graphene.Boolean(description="Break a rule of the table instead.")

    @classmethod
    def perform(cls, actor, check=False):
        Address.objects.create(organization=actor.organization, contact="Gone", street="-")
        if check:
            Address.objects.create(contact="Nobody's", street="-")
        Organization.objects.create(name="Again", code=actor.organization.code)


class Explode(BaseMutation):
    """Fails inside."""

    @classmethod
    def perform(cls, actor):
        Address.objects.create(organization=actor.organization, contact="Gone", street="-")
        raise ZeroDivisionError("a secret of the house")


class FileSum(BaseMutation):
    """Adds up bytes."""

    class Arguments:
        files = graphene.List(graphene.NonNull(Upload), required=True, description="The files.")

    size = graphene.Int(description="Bytes in all.")

    @classmethod
    def perform(cls, actor, files):
        return cls(size=sum(file.size for file in files))


class Rang(Subscribe, permission="partners.view"):
    """A bell rang."""

    class Arguments:
        partnership = graphene.ID(required=True, description="Where.")
        after = graphene.String(description="The note heard last.")

    partnership = Field(PartnershipType, description="Where it rang.")
    note = graphene.String(description="The note.")

    @classmethod
    def topic(cls, actor, partnership, after=None):
        found = PartnershipType.get_node(actor, from_global_id(partnership, "Partnership", "partnership"))
        if found is None:
            raise not_found("partnership")
        return f"bell:{found.pk}"

    @classmethod
    def missed(cls, actor, partnership, after=None):
        return [{"note": f"since {after}"}, {"skip": True}] if after else []

    @classmethod
    def event(cls, actor, payload, partnership, after=None):
        if payload.get("skip"):
            return None
        found = PartnershipType.get_node(actor, from_global_id(partnership, "Partnership", "partnership"))
        return cls(partnership=found, note=payload.get("note"))


class Queries:
    """Reads."""

    partnership = Field(
        PartnershipType, id=graphene.ID(required=True, description="Its id."), description="One partnership."
    )
    partnerships = ConnectionField(
        PartnershipType,
        filter=PartnershipFilter,
        sort=PartnershipSort,
        permission="partners.view",
        description="Partnerships in which you are a side.",
    )
    addresses = ConnectionField(AddressType, description="Your addresses.")
    leak = ConnectionField(AddressType, description="Rows that nobody checked.")
    leaked_list = Field(graphene.List(AddressType), description="The same as a list.")
    twice = Field(
        Quantity, quantity=Decimal(required=True, description="A number."), required=True, description="Its double."
    )
    secret = Field(graphene.String, permission="no.such", description="Nobody's.")
    refused = Field(graphene.String, description="Refuses.")
    broken = Field(graphene.String, description="Fails inside.")
    language = Field(graphene.String, description="The language of the answer.")

    def resolve_partnership(root, info, id):
        return PartnershipType.by_id(info, id)

    def resolve_leak(root, info):
        return Address.objects.all()

    resolve_leaked_list = resolve_leak

    def resolve_twice(root, info, quantity):
        return quantity * 2

    def resolve_refused(root, info):
        raise DomainError(CoreErrorCode.CONFLICT, "No.", "some_field", 3)

    def resolve_broken(root, info):
        raise ZeroDivisionError("a secret of the house")

    def resolve_language(root, info):
        from django.utils.translation import get_language

        return get_language()


class Mutations:
    """Writes."""

    addresses_create = AddressesCreate.Field()
    collide = Collide.Field()
    explode = Explode.Field()
    foreign = Foreign.Field()
    file_sum = FileSum.Field()


class Subscriptions:
    """Hears."""

    rang = Rang.Field()


def shop_schema() -> GraphQLSchema:
    """The schema of the pretended room with the kernel's own operations."""

    room = SimpleNamespace(Queries=Queries, Mutations=Mutations, Subscriptions=Subscriptions)
    return compose([room], {"Queries": [NodeQueries], "Mutations": [TokenMutations]}, types).graphql_schema
