"""Clauses, templates and types in the schema."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.graphql import (
    DateTime,
    Field,
    ModelType,
    enum_of,
    label_field,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.contracts.enums import (
    ClauseClass,
    ClauseStanding,
    ContractKind,
    LimitBasis,
    SignatureRule,
    VariableKind,
)
from ordercenter.contracts.models import (
    ContractClause,
    ContractTemplate,
    ContractType,
)

ORGANIZATION = "marketplace.parties.schema.OrganizationType"
PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
USER = "marketplace.parties.schema.types.UserType"
UOM = "marketplace.catalog.schema.types.UnitOfMeasureType"
HERE = "ordercenter.contracts.schema.types"
VIEW = "contracts.view"
HUNDRED = Number(100)


def yes(description: str) -> Field:
    """True or false, never null."""
    return Field(graphene.Boolean, required=True, description=description)


def count(description: str) -> Field:
    """A whole number, never null."""
    return Field(graphene.Int, required=True, description=description)


class ContractClauseType(ModelType, model=ContractClause, name="ContractClause", permission=VIEW):
    """A clause of the library, in one version. What was published never changes."""

    code = text("Unique in the organization, together with the version.")
    version = count("1 for the first.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    text = text("Its words in the reader's language, with variables such as {{buyer.name}}.")
    text_zh = Field(graphene.String, required=True, description="Its words in Chinese.")
    text_en = Field(graphene.String, required=True, description="Its words in English.")
    clause_class = Field(enum_of(ClauseClass), required=True, description="What it is about.")
    clause_class_label = label_field("clause_class")
    standing = Field(enum_of(ClauseStanding), required=True, description="As it should be, or what may stand for it.")
    standing_label = label_field("standing")
    stands_for = Field(graphene.String, required=True, description="The code of the clause a fallback stands for.")
    risk = count("What a deviation by it adds to the risk, 0 to 100.")
    may_edit = yes("Its words may be changed in a contract.")
    may_omit = yes("It may be left out.")
    published_at = Field(DateTime, required=True, description="Since when it is there.")


class ContractVariableType(graphene.ObjectType):
    """What people fill in for a template."""

    class Meta:
        name = "ContractVariable"

    name = Field(graphene.String, required=True, description="As it stands in texts.")
    type = Field(enum_of(VariableKind), required=True, description="What may be filled in.")
    label = Field(graphene.String, required=True, description="What to ask for, in the reader's language.")

    def resolve_type(root: dict[str, str], _info: Any) -> VariableKind:
        return VariableKind(root["type"])

    def resolve_label(root: dict[str, str], _info: Any) -> str:
        from marketplace.core.names import localized

        return localized(root["label_zh"], root["label_en"]) or root["name"]


class ContractTemplateType(ModelType, model=ContractTemplate, name="ContractTemplate", permission=VIEW):
    """A contract to begin with, in one version."""

    code = text("Unique in the organization, together with the version.")
    version = count("1 for the first.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    text_zh = Field(graphene.String, required=True, description="The opening words in Chinese.")
    text_en = Field(graphene.String, required=True, description="The opening words in English.")
    clauses = listed(graphene.String, "Codes of its clauses, in their order.", size=30)
    variables = listed(ContractVariableType, "What is filled in.", size=10)
    published_at = Field(DateTime, required=True, description="Since when it is there.")


class ContractTypeType(ModelType, model=ContractType, name="ContractType", permission=VIEW):
    """What a new contract starts from."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    kind = Field(enum_of(ContractKind), required=True, description="What its contracts are for.")
    kind_label = label_field("kind")
    limit_basis = Field(enum_of(LimitBasis), required=True, description="What limits call-offs.")
    limit_basis_label = label_field("limit_basis")
    template = text("The code of its template, or nothing.")
    mandatory = listed(graphene.String, "Codes of clauses that cannot be left out.", size=30)
    signature_rule = Field(enum_of(SignatureRule), required=True, description="Whether signers wait for one another.")
    signature_rule_label = label_field("signature_rule")
    number_prefix = text("With which numbers begin.")
    is_active = yes("New contracts may be made from it.")
