"""The demo enterprise is made once, by the functions that people use, and everybody in it can sign in."""

from django.core.management import call_command

from marketplace.core.models import OutboxEvent
from marketplace.core.verify import run_checks
from marketplace.parties.demo import PASSWORD, accounts, demo_actor, organizations
from marketplace.parties.models import Address, Membership, Organization, PartnerGroup, Partnership, Role, User

MADE = (Organization, Membership, Partnership, Address, PartnerGroup, OutboxEvent)


def test_the_demo_is_made_once(db):
    list(organizations("small"))
    before = [model.objects.count() for model in MADE]
    list(organizations("small"))
    assert [model.objects.count() for model in MADE] == before
    assert not [difference for difference in run_checks() if difference.check.startswith("parties")]


def test_everybody_on_the_first_screen_can_sign_in(db):
    list(organizations("small"))
    emails = {account.email for account in accounts()}
    assert {"owner@xinghe.example", "buyer@yunqi.example", "finance@yunqi.example", "buyer@harbour.example"} <= emails
    for user in User.objects.filter(email__in=emails):
        assert user.check_password(PASSWORD)
    buyer = demo_actor("yunqi", "buyer")
    assert buyer.may("orders.place")
    assert not buyer.may("partners.manage")
    assert demo_actor("yunqi").may("partners.manage"), "a dealer that has a dealer of its own sells, too"


def test_the_large_demo_has_three_hundred_dealers_more(db):
    list(organizations("large"))
    list(organizations("large"))
    assert Partnership.objects.filter(upstream__code="xinghe").count() == 304


def test_an_upgrade_brings_preset_roles_up_to_date(db):
    list(organizations("small"))
    Role.objects.update(permissions=[])
    call_command("migrate", verbosity=0, skip_checks=True)
    assert demo_actor("xinghe").may("partners.manage")
