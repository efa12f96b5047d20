"""The demo enterprise: a maker of household goods, its dealers here and abroad, one dealer's own dealer, their people.

Other rooms find the organizations by code: xinghe, yunqi, jinli, harbour, xixi.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.actors import load_actor
from marketplace.parties.addresses import create_address
from marketplace.parties.demo_data import (
    ALL,
    GRADE_ROWS,
    GROUP_ROWS,
    TERRITORY_ROWS,
    UNIT_ROWS,
    DemoOrganization,
    Person,
)
from marketplace.parties.invitations import InvitationDraft, invite_member, invite_partner
from marketplace.parties.members import MemberDraft, create_member
from marketplace.parties.models import (
    Address,
    Invitation,
    Membership,
    Organization,
    PartnerGrade,
    PartnerGroup,
    Partnership,
    Role,
    User,
)
from marketplace.parties.nodes import GRADES, GROUPS, TERRITORIES, UNITS, NodeKind, create_node
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization
from marketplace.parties.partnerships import PartnerDraft, create_partnership, create_partnerships
from marketplace.parties.roles import RolePreset
from marketplace.runtime.demo import SignIn, Size, demo_step, sign_ins

PASSWORD = "entrepot-demo"  # noqa: S105  (printed on the first screen)


LARGE = 300


@demo_step(10, _("Organizations and people"))
def organizations(size: Size) -> Iterator[tuple[int, int]]:
    """Make the organizations, their people and addresses, and how they trade."""
    for done, one in enumerate(ALL):
        yield done, len(ALL) + 1
        organization = _organization(one)
        _people(one, organization)
        if not Address.objects.filter(organization=organization).exists():
            for values in one.addresses:
                create_address(Actor.system(organization), values)
    _trade()
    if size == "large":
        _more_dealers()
    yield len(ALL) + 1, len(ALL) + 1


@sign_ins
def accounts() -> list[SignIn]:
    """Who can sign in, sellers first."""
    seats = Membership.objects.filter(organization__code__in=[one.code for one in ALL], is_active=True)
    known = {seat.user.email: seat for seat in seats.select_related("user", "organization")}
    found = []
    for one in ALL:
        for person in one.people:
            seat = known.get(_email(one, person))
            if seat:
                role = str(RolePreset(person.preset).label)
                found.append(SignIn(role, seat.organization.name, seat.user.email, PASSWORD))
    return found


def demo_organization(code: str) -> Organization:
    """An organization of the demo, for other rooms' steps."""
    return Organization.objects.get(code=code)


def demo_actor(code: str, mailbox: str = "owner") -> Actor:
    """A member of the demo as actor: documents that other rooms make were made by somebody."""
    organization = demo_organization(code)
    user = User.objects.get(email=f"{mailbox}@{code}.example")
    return load_actor(user.pk, organization.pk)


def _email(one: DemoOrganization, person: Person) -> str:
    return f"{person.mailbox}@{one.code}.example"


def _organization(one: DemoOrganization) -> Organization:
    known = Organization.objects.filter(code=one.code).first()
    return known or onboard_organization(Actor.system(), OrganizationDraft(one.name, one.code, **one.draft), *one.kinds)


def _people(one: DemoOrganization, organization: Organization) -> None:
    roles = dict(Role.objects.filter(organization=organization).exclude(preset="").values_list("preset", "pk"))
    present = set(Membership.objects.filter(organization=organization).values_list("user__email", flat=True))
    for person in one.people:
        if _email(one, person) in present:
            continue
        granted = [roles[person.preset]]
        if person.preset == "dealer_owner" and "seller_owner" in roles:
            granted.append(roles["seller_owner"])
        draft = MemberDraft(_email(one, person), person.name, granted, language=person.language)
        seat = create_member(Actor.system(organization), draft)
        User.objects.filter(pk=seat.user_id).update(password=_password_hash())


@cache
def _password_hash() -> str:
    """One hash for all: each takes a tenth of a second, and the password is no secret."""
    return make_password(PASSWORD)


def _trade() -> None:
    seller = demo_organization("xinghe")
    units = _nodes(seller, UNITS, UNIT_ROWS)
    groups, grades = _nodes(seller, GROUPS, GROUP_ROWS), _nodes(seller, GRADES, GRADE_ROWS)
    territories = _nodes(seller, TERRITORIES, TERRITORY_ROWS)
    rep = Membership.objects.get(organization=seller, user__email="sales@xinghe.example")
    Membership.objects.filter(pk=rep.pk, unit=None).update(unit=units["SALES"])
    terms: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
        "yunqi": ("D-1001", "EAST", "A", "ZJ", {"payment_days": 45}),
        "jinli": ("D-1002", "WEST", "B", "SC", {"short_policy": "complete_line"}),
        "harbour": ("D-2001", "EXPORT", "A", "GB", {"payment_method": "bank_transfer"}),
    }
    for code, (number, group, grade, territory, more) in terms.items():
        own = {"group_id": groups[group], "grade_id": grades[grade], "territory_id": territories[territory]}
        _partner(seller, code, number, {**own, **more, "sales_rep_id": rep.pk})
    _partner(demo_organization("yunqi"), "xixi", "S-01", {"downstream_role": "sub_dealer", "payment_days": 15})
    _invitations(seller, groups["EAST"], grades["B"])


def _invitations(seller: Organization, group: int, grade: int) -> None:
    """A colleague and a new dealer who have not answered yet."""
    if Invitation.objects.filter(organization=seller).exists():
        return
    owner = demo_actor(seller.code)
    sales = Role.objects.get(organization=seller, preset=RolePreset.SELLER_SALES)
    invite_member(owner, InvitationDraft("new.colleague@xinghe.example", "林晓", roles=[sales.pk]))
    terms = {"group_id": group, "grade_id": grade, "payment_days": 30}
    dealer = PartnerDraft("D-1003", "苏州金鸡湖家居 Jinji Living", terms=terms)
    invite_partner(owner, InvitationDraft("owner@jinji.example", "顾伟", note="欢迎加入星河家居。"), partner=dealer)


def _nodes(organization: Organization, kind: NodeKind, rows: Any) -> dict[str, int]:
    """The nodes by code; those that are missing are made, parents first."""
    known = dict(kind.model.objects.filter(organization=organization).values_list("code", "pk"))
    for position, (code, chinese, english, parent) in enumerate(rows):
        if code not in known:
            values = {"code": code, "name_zh": chinese, "name_en": english}
            values |= {"position": position} if "position" in kind.fields else {}
            above = known[parent] if parent else None
            known[code] = create_node(Actor.system(organization), kind, values, above).pk
    return known


def _partner(upstream: Organization, code: str, number: str, terms: dict[str, Any]) -> None:
    downstream = demo_organization(code)
    if not Partnership.objects.filter(upstream=upstream, downstream=downstream).exists():
        draft = PartnerDraft(number, organization_id=downstream.pk, terms=terms)
        create_partnership(Actor.system(upstream), draft)


def _more_dealers() -> None:
    seller = demo_organization("xinghe")
    known = set(Partnership.objects.filter(upstream=seller).values_list("code", flat=True))
    groups = list(PartnerGroup.objects.filter(organization=seller).order_by("code").values_list("pk", flat=True))
    grades = list(PartnerGrade.objects.filter(organization=seller).order_by("code").values_list("pk", flat=True))
    drafts = [
        PartnerDraft(f"D-{3000 + n}", f"第 {n + 1} 家经销商 Dealer {n + 1}", terms={
            "group_id": groups[n % len(groups)], "grade_id": grades[n % len(grades)],
        })
        for n in range(LARGE)
        if f"D-{3000 + n}" not in known
    ]  # fmt: skip
    create_partnerships(Actor.system(seller), drafts)
