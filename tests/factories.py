"""Organizations, partners and people for tests. A name in, a saved row out; what a test does not name gets a default.

Rows are made by the domain functions where these cost nothing extra, so that a test starts from what users start from.
"""

from collections.abc import Iterable
from itertools import count
from typing import Any

from marketplace.core.actor import Actor
from marketplace.parties.actors import load_actor
from marketplace.parties.models import (
    Address,
    Membership,
    Organization,
    PartnerGrade,
    PartnerGroup,
    Partnership,
    Role,
    Territory,
    User,
)
from marketplace.parties.onboarding import OrganizationDraft, become, onboard_organization

PASSWORD = "entrepot-test"

_numbers = count(1)


def make_organization(name: str = "Xinghe Home", *kinds: str, **fields: Any) -> Organization:
    """An organization with its preset roles; kinds "seller" (the default), "dealer" or both."""
    return onboard_organization(Actor.system(), OrganizationDraft(name, **fields), *kinds)


def make_partnership(
    upstream: Organization, downstream: Organization | str = "Yunqi Trading", **fields: Any
) -> Partnership:
    """An active partnership; a name for `downstream` makes the dealer, too."""
    if isinstance(downstream, str):
        downstream = make_organization(downstream, "dealer")
    become("seller", upstream)
    become("dealer", downstream)
    fields = {"code": f"K{next(_numbers):05}", "currency": upstream.currency} | fields
    return Partnership.objects.create(upstream=upstream, downstream=downstream, **fields)


def make_member(organization: Organization, *presets: str, email: str = "", **fields: Any) -> Membership:
    """A person with a seat and the roles of these presets ("seller_owner", "dealer_buyer" ...); none: no permission."""
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"person-{number}@{organization.code}.example", PASSWORD, name=fields.pop("name", f"Person {number}")
    )
    membership = Membership.objects.create(organization=organization, user=user, **fields)
    membership.roles.set(Role.objects.filter(organization=organization, preset__in=presets))
    return membership


def actor_of(membership: Membership, on_behalf_of: Organization | None = None) -> Actor:
    """The actor a request of this member would have."""
    return load_actor(membership.user_id, membership.organization_id, on_behalf_of and on_behalf_of.pk)


def make_actor(organization: Organization, *presets: str) -> Actor:
    """A new member's actor; without presets the owner's of what the organization does."""
    owner = ["seller_owner"] * organization.sells + ["dealer_owner"] * organization.buys
    return actor_of(make_member(organization, *(presets or owner)))


def make_stranger() -> Actor:
    """The owner of an organization that trades with nobody."""
    return make_actor(make_organization("Stranger", "seller", "dealer"))


def make_groups(organization: Organization, *codes: str) -> list[PartnerGroup]:
    """Partner groups, each below the one before: a chain from the root down."""
    return _chain(PartnerGroup, organization, codes)


def make_territories(organization: Organization, *codes: str) -> list[Territory]:
    """Territories, each below the one before."""
    return _chain(Territory, organization, codes)


def make_grade(organization: Organization, code: str = "A", position: int = 0) -> PartnerGrade:
    """A partner grade."""
    return PartnerGrade.objects.create(organization=organization, code=code, name_en=f"Grade {code}", position=position)


def make_address(organization: Organization, **fields: Any) -> Address:
    """An address in Hangzhou; the organization's first one is its default."""
    fields.setdefault("is_default", not Address.objects.filter(organization=organization, is_default=True).exists())
    known = {"contact": "Chen Mei", "phone": "0571-8888", "city": "Hangzhou", "street": "1 Wensan Road"}
    return Address.objects.create(organization=organization, **(known | fields))


def _chain(model: Any, organization: Organization, codes: Iterable[str]) -> list[Any]:
    made: list[Any] = []
    for code in codes:
        parent = made[-1] if made else None
        row = model.objects.create(organization=organization, code=code, name_en=code.title(), parent=parent)
        row.ancestors = [*(parent.ancestors if parent else []), row.pk]
        row.depth = len(row.ancestors) - 1
        row.save(update_fields=["ancestors", "depth"])
        made.append(row)
    return made
