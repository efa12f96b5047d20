"""From a user to an actor: which seat, which permissions, whose view; always in one statement."""

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.parties.actors import load_actor
from marketplace.parties.models import Membership, Organization, Partnership
from tests.factories import actor_of, make_actor, make_member, make_organization

pytestmark = pytest.mark.django_db


def test_an_actor_is_loaded_in_one_statement(seller, partnership, django_assert_num_queries):
    member = make_member(seller, "seller_owner")
    with django_assert_num_queries(1):
        actor = load_actor(member.user_id, seller.pk, partnership.downstream_id)
        assert actor.organization.name == "Xinghe Home"
        assert actor.membership.user.email == member.user.email
        assert actor.on_behalf_of.name == "Yunqi Trading"


def test_permissions_are_the_union_of_the_roles_of_the_seat(seller):
    assert make_actor(seller, "seller_sales", "seller_warehouse").permissions == (
        make_actor(seller, "seller_sales").permissions | make_actor(seller, "seller_warehouse").permissions
    )
    assert not make_actor(seller, "nothing").permissions


def test_roles_of_another_seat_of_the_same_person_do_not_count(seller, partnership):
    member = make_member(seller, "seller_owner")
    other = Membership.objects.create(user=member.user, organization=partnership.downstream)
    assert load_actor(member.user_id, seller.pk).may("partners.manage")
    assert not actor_of(other).permissions


def test_the_seat_asked_for_wins_then_the_one_used_last(seller, partnership):
    member = make_member(seller, "seller_owner")
    other = Membership.objects.create(user=member.user, organization=partnership.downstream)
    assert load_actor(member.user_id).organization == seller
    other.last_used_at = timezone.now()
    other.save()
    assert load_actor(member.user_id).organization == partnership.downstream
    assert load_actor(member.user_id, seller.pk).organization == seller


def test_an_organization_without_a_seat_is_not_entered(seller, partnership):
    member = make_member(seller, "seller_owner")
    assert load_actor(member.user_id, partnership.downstream_id).organization == seller


@pytest.mark.parametrize("gone", ["user", "seat", "organization"])
def test_what_is_closed_or_deactivated_gives_nothing(seller, gone):
    member = make_member(seller, "seller_owner")
    if gone == "user":
        member.user.is_active = False
        member.user.save()
    elif gone == "seat":
        Membership.objects.filter(pk=member.pk).update(is_active=False)
    else:
        Organization.objects.filter(pk=seller.pk).update(status="closed")
    actor = actor_of(member)
    assert actor.organization is None
    assert not actor.permissions
    assert (actor == Actor.anonymous()) == (gone == "user")


def test_a_suspended_organization_only_reads(seller):
    member = make_member(seller, "seller_owner")
    Organization.objects.filter(pk=seller.pk).update(status="suspended")
    actor = actor_of(member)
    assert actor.may("partners.view")
    assert not actor.may("partners.manage")


def test_a_partners_view_reads_as_the_partner_and_changes_nothing(seller, partnership):
    member = make_member(seller, "seller_sales")
    actor = actor_of(member, on_behalf_of=partnership.downstream)
    assert (actor.organization, actor.buyer) == (seller, partnership.downstream)
    assert actor.is_read_only
    assert not actor.may("partners.view")
    assert not actor.may("partners.manage")


def test_a_partners_view_needs_its_permission(seller, partnership):
    member = make_member(seller, "seller_warehouse")
    actor = actor_of(member, on_behalf_of=partnership.downstream)
    assert actor.on_behalf_of is None
    assert actor.may("partners.view")


@pytest.fixture(params=["force_custom_plan", "force_generic_plan"])
def every_plan(request):
    """A statement that is prepared gets another plan after its fifth run; what it finds must not follow from that."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {request.param}")


@pytest.mark.usefixtures("every_plan")
@pytest.mark.parametrize("status", ["suspended", "terminated", "potential", "blocklisted"])
def test_a_partners_view_needs_an_active_partnership(seller, partnership, status):
    Partnership.objects.update(status=status)
    assert actor_of(make_member(seller, "seller_owner"), partnership.downstream).on_behalf_of is None


@pytest.mark.usefixtures("every_plan")
def test_a_partners_view_does_not_reach_upstream_or_to_strangers(seller, partnership):
    dealer = make_member(partnership.downstream, "dealer_owner", "seller_owner")
    assert actor_of(dealer, on_behalf_of=seller).on_behalf_of is None
    stranger = make_organization("Stranger", "seller", "dealer")
    assert actor_of(make_member(seller, "seller_owner"), on_behalf_of=stranger).on_behalf_of is None
