"""For whom a rule is: one partner, a group with all below it, a grade, everyone; never two of them at once."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from marketplace.catalog.models import Assortment
from marketplace.parties.audience import AudienceLevel, AudienceRow, audience_of
from marketplace.parties.models import Partnership
from tests.factories import make_grade, make_groups, make_organization, make_partnership


@pytest.fixture
def partnership(db) -> Partnership:
    seller = make_organization()
    return make_partnership(seller, group=make_groups(seller, "EAST", "ZJ")[1], grade=make_grade(seller))


def test_a_partner_stands_for_itself_its_groups_and_its_grade(partnership):
    audience = audience_of(partnership)
    east, zhejiang = partnership.group.ancestors
    assert (audience.organization_id, audience.partnership_id) == (partnership.upstream_id, partnership.pk)
    assert (audience.groups, audience.grade_id) == ((east, zhejiang), partnership.grade_id)
    bare = audience_of(make_partnership(partnership.upstream, "Bare"))
    assert (bare.groups, bare.grade_id) == ((), None)


def test_a_rule_knows_how_narrow_it_is():
    levels = [Assortment(partnership_id=1).level, Assortment(group_id=1).level, Assortment(grade_id=1).level]
    assert [*levels, Assortment().level] == list(AudienceLevel)


def test_rules_hold_for_those_they_are_aimed_at(partnership):
    seller = partnership.upstream
    other = make_partnership(seller, "Jinli", group=partnership.group.parent, grade=make_grade(seller, "B"))
    aims = {
        "everyone": {},
        "the partner": {"partnership": partnership},
        "a group above": {"group": partnership.group.parent},
        "its group": {"group": partnership.group},
        "its grade": {"grade": partnership.grade},
    }
    for name, aim in aims.items():
        Assortment.objects.create(organization=seller, code=name, name_en=name, **aim)

    def hold(of: Partnership) -> set[str]:
        return set(Assortment.objects.filter(audience_of(of).holds()).values_list("name_en", flat=True))

    assert hold(partnership) == set(aims)
    assert hold(other) == {"everyone", "a group above"}


def test_every_rule_with_an_audience_refuses_two_at_once():
    rules = [model for model in apps.get_models() if issubclass(model, AudienceRow)]
    assert rules
    for model in rules:
        conditions = [str(getattr(rule, "condition", "")) for rule in model._meta.constraints]
        assert any("NumNonNulls" in condition for condition in conditions), model


def test_the_database_refuses_an_audience_of_two(partnership):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assortment.objects.create(
            organization=partnership.upstream, code="X", name_en="X", grade=partnership.grade, group=partnership.group
        )
