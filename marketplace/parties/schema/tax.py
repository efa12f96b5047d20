"""Tax profiles and the tax treatment of partners in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    Date,
    DateTime,
    Field,
    ModelType,
    enum_of,
    from_global_id,
    grouped,
    label_field,
    one_each,
)
from marketplace.graphql.extending import extend
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.models import InvoiceKind, PartnerTax, TaxProfile, TaxTreatment
from marketplace.parties.schema.inputs import key, same
from marketplace.parties.schema.trade_types import PartnershipType, upstream_only
from marketplace.parties.schema.types import OrganizationType, text
from marketplace.parties.tax import FIELDS, partner_tax_write, tax_profile_write


class ProfileOfOrganization(BatchLoader):
    """By organization: its tax profile, for itself and its partners."""

    def batch(self, keys: list[int]) -> list[TaxProfile | None]:
        rows = TaxProfile.objects.visible_to(self.actor).filter(organization__in=keys)
        found = {row.organization_id: row for row in rows}
        return [found.get(key) for key in keys]


class TreatmentNow(BatchLoader):
    """By partnership: how it is taxed now, None for STANDARD. Both sides may know."""

    def batch(self, keys: list[int]) -> list[PartnerTax | None]:
        now = timezone.now()
        rows = PartnerTax.objects.filter(partnership__in=keys, valid_from__lte=now, valid_to__gt=now)
        return one_each(rows, keys, by="partnership_id")


class TreatmentsOfPartnership(BatchLoader):
    """By partnership of the reader: all its treatments, the latest first."""

    def batch(self, keys: list[int]) -> list[list[PartnerTax]]:
        rows = PartnerTax.objects.visible_to(self.actor).filter(partnership__in=keys).order_by("-valid_from")
        return grouped(rows, by="partnership_id", keys=keys)


class TaxProfileType(ModelType, model=TaxProfile, name="TaxProfile"):
    """What invoices of an organization say, and where they are sent."""

    title = text("The name on the invoice.")
    tax_number = text("The number its tax office knows it by.")
    address = text("Registered address.")
    phone = text("Telephone number.")
    bank_name = text("The bank, with its branch.")
    bank_account = text("The account number.")
    invoice_kind = Field(enum_of(InvoiceKind), required=True, description="Which invoices it asks for.")
    invoice_kind_label = label_field("invoice_kind")
    email = text("Where invoices are sent.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")


class PartnerTaxType(ModelType, model=PartnerTax, name="PartnerTax"):
    """How a seller taxes a partner for a time, and why."""

    treatment = Field(enum_of(TaxTreatment), required=True, description="How it is taxed.")
    treatment_label = label_field("treatment")
    reason = text("Why.")
    valid_from = Field(DateTime, description="Since when; null: always.")
    valid_to = Field(DateTime, description="Until when; null: for good.")

    def resolve_valid_from(root: Any, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> Any:
        return or_none(root.valid_to)


@extend(OrganizationType)
class OrganizationTax:
    """Its invoices."""

    tax_profile = Field(TaxProfileType, description="What its invoices say; null until somebody has written it.")

    def resolve_tax_profile(root: Any, info: Any) -> Any:
        return ProfileOfOrganization.of(info).load(root.pk)


@extend(PartnershipType)
class PartnershipTax:
    """How the downstream is taxed."""

    tax_treatment = Field(enum_of(TaxTreatment), required=True, description="How the downstream is taxed now.")
    tax_treatment_label = text("The same in the reader's language.")
    tax_treatments = Field(
        graphene.List(graphene.NonNull(PartnerTaxType)),
        size=3,
        description="Every treatment other than the standard one, with its time. Only the upstream sees it.",
    )

    def resolve_tax_treatment(root: Any, info: Any) -> Any:
        return TreatmentNow.of(info).load(root.pk).then(lambda row: row.treatment if row else TaxTreatment.STANDARD)

    def resolve_tax_treatment_label(root: Any, info: Any) -> Any:
        found = TreatmentNow.of(info).load(root.pk)
        return found.then(lambda row: str(TaxTreatment(row.treatment if row else "standard").label))

    resolve_tax_treatments = upstream_only(lambda root, info: TreatmentsOfPartnership.of(info).load(root.pk))


class TaxProfileInput(graphene.InputObjectType):
    """What invoices are to say; what is left out stays as it is."""

    title = graphene.String(description="The name on the invoice.")
    tax_number = graphene.String(description="The number its tax office knows it by.")
    address = graphene.String(description="Registered address.")
    phone = graphene.String(description="Telephone number.")
    bank_name = graphene.String(description="The bank, with its branch.")
    bank_account = graphene.String(description="The account number.")
    invoice_kind = graphene.InputField(enum_of(InvoiceKind), description="Which invoices it asks for.")
    email = graphene.String(description="Where invoices are sent.")
    partnership = graphene.ID(description="A downstream partner nobody of its own looks after; yourself unless told.")


class TaxProfileWrite(BaseMutation, codes=PartiesErrorCode, atomic=False):
    """Say what your invoices say, or those of a partner that does not sign in. Invoices that are issued stay."""

    class Arguments:
        input = TaxProfileInput(required=True, description="The profile.")

    tax_profile = Field(TaxProfileType, description="The profile.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        partnership = key(input, "partnership", "Partnership")
        return cls(tax_profile=tax_profile_write(actor, same(input, *FIELDS), partnership))


class PartnershipTaxInput(graphene.InputObjectType):
    """How a partner is taxed from a day on."""

    partnership = graphene.ID(required=True, description="The downstream partner.")
    treatment = graphene.InputField(enum_of(TaxTreatment), required=True, description="How it is taxed.")
    reason = graphene.String(description="Why, such as the number of the certificate; not for STANDARD.")
    since = Date(description="From the beginning of this day; from now on unless told.")
    until = Date(description="To the day before this one; for good unless told.")


class PartnershipTaxWrite(BaseMutation, codes=PartiesErrorCode, permission="partners.manage", atomic=False):
    """Say how a downstream partner is taxed. Orders keep the treatment they were placed with."""

    class Arguments:
        input = PartnershipTaxInput(required=True, description="The treatment.")

    partnership = Field(PartnershipType, description="The partner.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        pk = from_global_id(input["partnership"], "Partnership", "partnership")
        more = (input.get("reason") or "", input.get("since"), input.get("until"))
        return cls(partnership=partner_tax_write(actor, pk, input["treatment"], *more))


class TaxQueries:
    """What can be asked about tax."""

    tax_profile = Field(TaxProfileType, description="What your invoices say; null until somebody has written it.")

    def resolve_tax_profile(root: Any, info: Any) -> Any:
        organization = info.context.actor.organization
        return ProfileOfOrganization.of(info).load(organization.pk) if organization else None


class TaxMutations:
    """What can be done with it."""

    tax_profile_write = TaxProfileWrite.Field()
    partnership_tax_write = PartnershipTaxWrite.Field()
