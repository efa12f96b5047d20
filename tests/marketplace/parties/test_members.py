"""Seats: given, changed and taken away; nobody grants more than they hold, and the last owner stays."""

from contextlib import suppress
from threading import Barrier

import pytest

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.parties import members
from marketplace.parties.custom_roles import create_role, delete_role, update_role
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.members import (
    MemberDraft,
    change_member,
    create_member,
    deactivate_member,
    move_member,
    reactivate_member,
    set_member_roles,
)
from marketplace.parties.models import Membership, Organization, Role, Unit
from tests.factories import actor_of, make_actor, make_member, make_organization
from tests.refusals import raises
from tests.threads import at_once


def role(organization: Organization, preset: str) -> int:
    return Role.objects.get(organization=organization, preset=preset).pk


def test_somebody_new_gets_a_seat_and_no_password(owner, seller):
    seat = create_member(owner, MemberDraft("New@Xinghe.example", "Wang Lei", [role(seller, "seller_sales")]))
    assert (seat.user.email, seat.user.has_usable_password()) == ("new@xinghe.example", False)
    assert actor_of(seat).may("partners.manage")


def test_somebody_known_gets_a_second_seat_and_keeps_the_name(owner, dealer):
    seat = create_member(owner, MemberDraft(dealer.user.email, "Somebody else"))
    assert (seat.user, seat.user.name) == (dealer.user, dealer.user.name)
    with raises(CoreErrorCode.DUPLICATE, field="email"):
        create_member(owner, MemberDraft(dealer.user.email))


def test_bad_people_are_refused(owner, seller, stranger):
    with raises(CoreErrorCode.INVALID, field="email") as refusal:
        create_member(owner, MemberDraft("not an address", ""))
    assert {error.field for error in refusal.errors} == {"email", "name"}
    for roles in ([role(stranger.organization, "seller_sales")], [0]):
        with raises(CoreErrorCode.NOT_FOUND, field="roles"):
            create_member(owner, MemberDraft("a@b.example", "A", roles))


def test_the_first_member_claims_an_organization(db):
    organization = make_organization("Jinli", "dealer", status="unclaimed")
    create_member(Actor.system(organization), MemberDraft("o@jinli.example", "O", [role(organization, "dealer_owner")]))
    organization.refresh_from_db()
    assert organization.status == "active"


def test_the_last_owner_stays(owner, seller):
    for attempt in (
        lambda: deactivate_member(owner, owner.membership.pk),
        lambda: set_member_roles(owner, owner.membership.pk, [role(seller, "seller_sales")]),
    ):
        with raises(PartiesErrorCode.LAST_OWNER):
            attempt()
    assert actor_of(owner.membership).may("members.manage")
    second = make_member(seller, "seller_owner")
    deactivate_member(owner, owner.membership.pk)
    assert actor_of(owner.membership).organization is None
    assert reactivate_member(actor_of(second), owner.membership.pk).is_active


def owners_left() -> int:
    """How many owners an organization of two has after both removed each other at the same instant."""
    organization = make_organization("Two owners")
    seats = [make_member(organization, "seller_owner") for _n in range(2)]
    actors = [actor_of(seat) for seat in seats]

    def remove(n: int) -> None:
        with suppress(DomainError):  # LAST_OWNER
            deactivate_member(actors[n], seats[1 - n].pk)

    at_once(2, remove)
    return Membership.objects.filter(organization=organization, is_active=True).count()


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other():
    assert [owners_left() for _try in range(5)] == [1] * 5


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_nobody_is_left(monkeypatch):
    together = Barrier(2)
    keep = members._keep_an_owner

    def when_both_have_written(actor):
        keep(actor)
        together.wait(timeout=20)

    monkeypatch.setattr(members, "_lock", lambda actor: None)
    monkeypatch.setattr(members, "_keep_an_owner", when_both_have_written)
    assert owners_left() == 0


def test_nobody_grants_more_than_they_hold(owner, seller):
    keeper = create_role(owner, {"code": "hr", "name_en": "People", "permissions": ["members.manage"]})
    clerk = make_member(seller)
    clerk.roles.add(keeper)
    actor = actor_of(clerk)
    with raises(CoreErrorCode.PERMISSION_DENIED, field="roles"):
        set_member_roles(actor, clerk.pk, [role(seller, "seller_owner"), keeper.pk])
    with raises(CoreErrorCode.PERMISSION_DENIED, field="roles"):
        create_member(actor, MemberDraft("a@b.example", "A", [role(seller, "seller_sales")]))
    with raises(CoreErrorCode.PERMISSION_DENIED, field="permissions"):
        update_role(actor, keeper.pk, {"permissions": ["members.manage", "partners.manage"]})
    assert create_member(actor, MemberDraft("a@b.example", "A", [keeper.pk])).roles.count() == 1


def test_roles_of_ones_own_are_made_changed_and_deleted(owner, seller):
    own = create_role(owner, {"code": "viewer", "name_zh": "查看", "permissions": ["partners.view"]})
    member = make_member(seller)
    set_member_roles(owner, member.pk, [own.pk])
    assert actor_of(member).permissions == {"partners.view"}
    update_role(owner, own.pk, {"permissions": ["partners.view", "partners.manage"]})
    assert actor_of(member).may("partners.manage")
    with raises(CoreErrorCode.IN_USE):
        delete_role(owner, own.pk)
    set_member_roles(owner, member.pk, [])
    delete_role(owner, own.pk)
    with raises(CoreErrorCode.INVALID, field="permissions"):
        create_role(owner, {"code": "x", "name_en": "X", "permissions": ["no.such"]})
    with raises(PartiesErrorCode.ROLE_PRESET):
        update_role(owner, role(seller, "seller_sales"), {"name_en": "Mine"})


def test_a_member_sits_in_a_unit_of_its_own_organization(owner, seller, stranger):
    unit = Unit.objects.create(organization=seller, code="S", name_en="Sales")
    assert move_member(owner, owner.membership.pk, unit.pk).unit == unit
    theirs = Unit.objects.create(organization=stranger.organization, code="S", name_en="Sales")
    with raises(CoreErrorCode.NOT_FOUND, field="unit"):
        move_member(owner, owner.membership.pk, theirs.pk)


def test_members_of_others_are_not_there(owner, stranger):
    for attempt in (deactivate_member, reactivate_member):
        with raises(CoreErrorCode.NOT_FOUND, field="id"):
            attempt(stranger, owner.membership.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        deactivate_member(make_actor(owner.organization, "seller_sales"), owner.membership.pk)


def test_a_person_that_no_row_can_hold_is_refused_by_name(owner):
    far = ".".join("abcde"[n] * 60 for n in range(4))
    with raises(CoreErrorCode.INVALID, "email"):
        create_member(owner, MemberDraft(f"somebody@{far}.example", name="Somebody"))
    with raises(CoreErrorCode.INVALID, "language"):
        create_member(owner, MemberDraft("somebody@example.org", name="Somebody", language="tlh"))


def test_roles_and_unit_change_together_or_not_at_all(owner, seller):
    seat = make_member(seller, "seller_sales")
    unit = Unit.objects.create(organization=seller, code="S", name_en="Sales")
    pricing = role(seller, "seller_pricing")
    change_member(owner, seat.pk, [pricing], unit.pk)
    seat.refresh_from_db()
    assert (seat.unit, list(seat.roles.values_list("pk", flat=True))) == (unit, [pricing])
    with raises(CoreErrorCode.NOT_FOUND, field="unit"):
        change_member(owner, seat.pk, [], unit.pk + 1)
    assert list(seat.roles.values_list("pk", flat=True)) == [pricing]
