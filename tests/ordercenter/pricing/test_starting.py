"""The price list that a partner starts with, given as it is invited."""

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.parties.invitations import InvitationDraft, invite_partner
from marketplace.parties.models import Invitation, Partnership
from marketplace.parties.partnerships import PartnerDraft
from ordercenter.pricing.models import PricePolicyLine
from tests.factories import make_actor
from tests.ordercenter.pricing.world import World
from tests.refusals import raises

pytestmark = pytest.mark.django_db


def invited(world: World, list_id: int, role: str = "seller_owner") -> Invitation:
    actor = make_actor(world.seller, role)
    partner = PartnerDraft("D-9", name="Lakeside")
    return invite_partner(actor, InvitationDraft("first@lakeside.example"), None, partner, {"price_list": list_id})


def test_a_partner_is_recorded_with_the_list_it_starts_with():
    world = World()
    chosen = world.price_list("NEW")
    partnership = invited(world, chosen.pk).partnership
    assert PricePolicyLine.objects.get(partnership=partnership).price_list == chosen


def test_without_the_list_or_the_right_to_assign_it_nobody_is_recorded():
    world = World()
    chosen = world.price_list("NEW")
    with raises(CoreErrorCode.NOT_FOUND, field="price_list"):
        invited(world, chosen.pk + 99)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        invited(world, chosen.pk, "seller_sales")
    assert not Partnership.objects.filter(code="D-9").exists()
    assert not Invitation.objects.exists()
