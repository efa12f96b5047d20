"""Addresses, an organization's own facts, a person's own profile."""

import pytest

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.parties.addresses import create_address, retire_address, update_address
from marketplace.parties.models import Address, Membership
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization
from marketplace.parties.organizations import update_organization
from marketplace.parties.roles import refresh_preset_roles
from marketplace.parties.users import select_organization, update_profile, viewable_partnership
from tests.factories import actor_of, make_actor, make_member, make_organization
from tests.refusals import raises
from tests.threads import at_once

HOME = {"contact": "Chen Mei", "phone": "0571", "city": "Hangzhou", "street": "1 Wensan Road"}


def test_there_is_exactly_one_default_address(owner):
    first = create_address(owner, HOME)
    second = create_address(owner, HOME | {"is_default": True})
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    assert update_address(owner, second.pk, {"is_default": False}).is_default
    update_address(owner, first.pk, {"is_default": True, "street": "2 Wensan Road"})
    retire_address(owner, first.pk)
    second.refresh_from_db()
    assert second.is_default
    retire_address(owner, second.pk)
    assert not Address.objects.filter(is_active=True).exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_is_the_default():
    actor = make_actor(make_organization("Many"))
    at_once(8, lambda n: create_address(actor, HOME | {"is_default": n % 2 == 0}))
    assert Address.objects.filter(organization=actor.organization, is_default=True).count() == 1


def test_bad_addresses_are_refused(owner, stranger):
    with raises(CoreErrorCode.REQUIRED, field="street") as refusal:
        create_address(owner, {"contact": "Chen Mei", "city": " ", "country": "China", "phone": "1" * 40})
    assert {(e.code.name, e.field) for e in refusal.errors} == {
        ("REQUIRED", "street"), ("REQUIRED", "city"), ("INVALID", "country"), ("INVALID", "phone"),
    }  # fmt: skip
    address = create_address(owner, HOME)
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        update_address(stranger, address.pk, {"street": "x"})
    retire_address(owner, address.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        update_address(owner, address.pk, {"street": "x"})


def test_an_organization_changes_its_own_facts(owner, seller):
    changed = update_organization(owner, {"time_zone": "Europe/London", "name": "Xinghe"})
    assert (changed.time_zone, changed.currency) == ("Europe/London", "CNY")
    with raises(CoreErrorCode.INVALID, field="time_zone") as refusal:
        update_organization(owner, {"time_zone": "Mars/Olympus", "name": "", "currency": "¥", "language": "fr"})
    assert {error.field for error in refusal.errors} == {"time_zone", "name", "currency", "language"}
    with raises(CoreErrorCode.PERMISSION_DENIED):
        update_organization(make_actor(seller, "seller_sales"), {"name": "X"})


def test_onboarding_refuses_a_code_that_is_taken(seller):
    with raises(CoreErrorCode.DUPLICATE, field="code") as refusal:
        onboard_organization(Actor.system(), OrganizationDraft("", code=seller.code, currency="x"))
    assert {error.field for error in refusal.errors} == {"name", "code", "currency"}


def test_preset_roles_are_brought_up_to_what_is_declared(seller):
    from marketplace.parties.models import Role

    Role.objects.filter(organization=seller, preset="seller_sales").update(permissions=["gone.code"])
    assert refresh_preset_roles() == 1
    assert refresh_preset_roles() == 0


def test_people_change_their_own_profile(owner):
    user = update_profile(owner, {"name": "Li Na", "language": "zh-hans"})
    assert (user.name, user.language) == ("Li Na", "zh-hans")
    with raises(CoreErrorCode.INVALID, field="language"):
        update_profile(owner, {"language": "fr"})
    with raises(CoreErrorCode.REQUIRED, field="name"):
        update_profile(owner, {"name": ""})


def test_in_a_partners_view_only_the_language_changes(seller, partnership):
    viewing = actor_of(make_member(seller, "seller_owner"), partnership.downstream)
    assert update_profile(viewing, {"language": "en"}).language == "en"
    with raises(CoreErrorCode.READ_ONLY):
        update_profile(viewing, {"name": "X"})


def test_one_switches_between_ones_own_seats(owner, dealer):
    other = Membership.objects.create(user=owner.user, organization=dealer.organization)
    select_organization(owner, dealer.organization_id)
    other.refresh_from_db()
    assert other.last_used_at
    for organization_id in (make_organization("No seat").pk, 0):
        with raises(CoreErrorCode.NOT_FOUND, field="organization"):
            select_organization(owner, organization_id)


def test_a_view_is_taken_of_an_active_downstream_partner(owner, dealer, stranger, partnership):
    assert viewable_partnership(owner, partnership.pk) == partnership
    with raises(CoreErrorCode.NOT_FOUND):
        viewable_partnership(stranger, partnership.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        viewable_partnership(dealer, partnership.pk)
