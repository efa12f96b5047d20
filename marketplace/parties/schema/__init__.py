"""What parties put into the schema. Other rooms refer to the types by `marketplace.parties.schema.<Name>Type`."""

from marketplace.parties.schema.invitations import InvitationMutations, InvitationQueries, InvitationType
from marketplace.parties.schema.nodes import NodeMutations
from marketplace.parties.schema.organization import OrganizationMutations
from marketplace.parties.schema.partners import PartnerMutations
from marketplace.parties.schema.people import PeopleMutations
from marketplace.parties.schema.queries import PartiesQueries
from marketplace.parties.schema.session import SessionMutations
from marketplace.parties.schema.tax import TaxMutations, TaxProfileType, TaxQueries
from marketplace.parties.schema.trade_types import AddressType, PartnershipType
from marketplace.parties.schema.types import (
    ActorType,
    MembershipType,
    OrganizationType,
    PartnerGradeType,
    PartnerGroupType,
    RoleType,
    TerritoryType,
    UnitType,
    UserType,
)

__all__ = [
    "ActorType",
    "AddressType",
    "InvitationType",
    "MembershipType",
    "Mutations",
    "OrganizationType",
    "PartnerGradeType",
    "PartnerGroupType",
    "PartnershipType",
    "Queries",
    "RoleType",
    "TaxProfileType",
    "TerritoryType",
    "UnitType",
    "UserType",
]


class Queries(PartiesQueries, InvitationQueries, TaxQueries):
    """What can be read of organizations, partners and people."""


class Mutations(
    SessionMutations,
    OrganizationMutations,
    PartnerMutations,
    PeopleMutations,
    NodeMutations,
    InvitationMutations,
    TaxMutations,
):
    """What can be done to them."""
