"""What `entrepot verify` sees of parties: nothing in what the functions made, and each fault that is put in by hand."""

import pytest

from marketplace.core.verify import run_checks
from marketplace.parties.models import Organization, PartnerGroup, Partnership, Role
from tests.factories import make_grade, make_groups, make_member, make_organization, make_partnership


@pytest.fixture
def trade(db) -> Partnership:
    seller = make_organization()
    return make_partnership(seller, group=make_groups(seller, "A", "B", "C")[2], grade=make_grade(seller))


def faults() -> set[str]:
    return {difference.check for difference in run_checks() if difference.check.startswith("parties:")}


def test_what_the_functions_made_is_right(trade):
    assert not faults()


def test_wrong_ancestors_are_seen(trade):
    PartnerGroup.objects.filter(code="C").update(ancestors=[1])
    assert faults() == {"parties: ancestors of units, groups and territories"}


def test_a_loop_is_seen(trade):
    PartnerGroup.objects.filter(code="A").update(parent=PartnerGroup.objects.get(code="C"))
    assert faults() == {"parties: ancestors of units, groups and territories"}


def test_rows_of_others_are_seen(trade):
    other = make_organization("Other")
    Partnership.objects.update(grade=make_grade(other))
    PartnerGroup.objects.filter(code="A").update(organization=other)
    make_member(other).roles.add(Role.objects.filter(organization=trade.upstream)[0])
    assert faults() == {
        "parties: what a partnership refers to belongs to its upstream",
        "parties: parents of the same organization",
        "parties: roles belong to the member's organization",
    }


def test_a_buyer_that_does_not_buy_is_seen(trade):
    Organization.objects.filter(pk=trade.downstream_id).update(buys=False)
    assert faults() == {"parties: who trades may trade"}
