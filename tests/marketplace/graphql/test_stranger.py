"""Nobody finds what is not theirs: the whole schema, walked as nobody, as a stranger and as another dealer.

Everything private to the seller or to its dealer carries a marker in its text, or belongs to them by its columns. The
owner's walk comes upon it, which proves that the walk can see; the others' walks must not.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db.models import Q
from graphql import is_required_argument

from marketplace.core.actor import Actor
from marketplace.graphql import get_schema, to_global_id
from marketplace.graphql.ids import split_global_id
from tests.factories import make_stranger
from tests.marketplace.graphql.walker import Meddling, Walk
from tests.marketplace.graphql.world import DEALER, SELLER, make_world

pytestmark = pytest.mark.django_db

OWNERS = ("organization", "seller", "buyer", "upstream", "downstream")


def ids_of(*organizations, instead_of=()):
    """Global ids of all rows that belong to the organizations, by the columns that say so."""
    found = set()
    for model, type_ in get_schema().extensions["models"].items():
        columns = [name for name in OWNERS if name in {field.name for field in model._meta.get_fields()}]
        where = Q(pk__in=[o.pk for o in organizations]) if model._meta.label == "parties.Organization" else Q(pk__in=[])
        for column in columns:
            where |= Q(**{f"{column}__in": organizations})
        keep = Q(pk__in=[])
        for column in columns:
            keep |= Q(**{f"{column}__in": instead_of})
        rows = model._base_manager.filter(where).exclude(keep) if instead_of else model._base_manager.filter(where)
        found |= {to_global_id(type_._meta.name, pk) for pk in rows.values_list("pk", flat=True)}
    return found


@pytest.fixture
def world() -> SimpleNamespace:
    return make_world()


def walked(actor, *owners):
    return Walk(get_schema(), actor).run(sorted(ids_of(*owners)))


def test_the_owner_finds_what_the_others_must_not(world):
    found = walked(world.seller_actor, world.seller, world.dealer)
    assert found.internal == []
    assert found.told(SELLER)
    assert found.ids & ids_of(world.seller)
    assert found.told(DEALER)
    kinds = {split_global_id(gid)[0] for gid in found.ids}
    assert {"Order", "OrderLine", "Shipment", "PriceList", "StockBalance", "Product", "Assortment"} <= kinds
    assert {"Notification", "Bulletin", "Invitation", "ApiKey", "AuditEntry"} <= kinds


def test_the_dealer_finds_its_own(world):
    found = walked(world.dealer_actor, world.dealer)
    assert found.internal == []
    assert found.told(f"{DEALER} Special")
    assert found.told("9.8765")
    kinds = {split_global_id(gid)[0] for gid in found.ids}
    assert {"Order", "Cart", "SavedList", "Shipment", "Product", "Notification", "Bulletin"} <= kinds


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_a_stranger_finds_nothing(world, who):
    actor = Actor.anonymous() if who == "nobody" else make_stranger()
    found = walked(actor, world.seller, world.dealer)
    assert found.internal == []
    assert found.ids & ids_of(world.seller, world.dealer) == set()
    assert found.told(SELLER) == [] and found.told(DEALER) == []
    assert found.miscounted == []


def test_another_dealer_of_the_seller_finds_nothing_of_the_dealer(world):
    found = walked(world.other_actor, world.seller, world.dealer)
    assert found.internal == []
    assert found.ids & ids_of(world.dealer) == set()
    assert found.told(DEALER) == []
    assert found.told("9.8765") == []
    assert found.miscounted == []


def test_a_dealer_finds_nothing_that_is_the_sellers_own(world):
    """Costs, other partners, notes on partners: marked in the world as the seller's."""
    found = walked(world.dealer_actor, world.seller, world.dealer)
    assert found.internal == []
    assert found.told(SELLER) == []


def rows_of(*organizations):
    """All rows of the organizations as they are stored."""
    found = {}
    for model in get_schema().extensions["models"]:
        columns = [name for name in OWNERS if name in {field.name for field in model._meta.concrete_fields}]
        where = Q(pk__in=[])
        for column in columns:
            where |= Q(**{f"{column}__in": organizations})
        found[model] = sorted(model._base_manager.filter(where).values_list(), key=str)
    return found


@pytest.mark.parametrize("who", ["nobody", "stranger", "other_actor"])
def test_the_mutations_of_others_change_nothing_and_never_fail_inside(world, who):
    """Every mutation, with an id of each kind of object that is the seller's or the dealer's."""
    actor = {"nobody": Actor.anonymous(), "stranger": make_stranger()}.get(who) or world.other_actor
    owners = [world.dealer] if who == "other_actor" else [world.seller, world.dealer]
    one_of_each = {split_global_id(gid)[0]: gid for gid in sorted(ids_of(*owners))}
    meddling = Meddling(get_schema(), actor)
    meddling.run(list(one_of_each.values()), lambda: rows_of(*owners))
    assert meddling.internal == []
    assert meddling.changed == []


@pytest.mark.parametrize("who", ["seller", "dealer"])
def test_no_mutation_fails_inside_whatever_id_it_is_given(world, who):
    """As people who may: an id of the wrong kind or in the wrong state is refused by name."""
    one_of_each = {split_global_id(gid)[0]: gid for gid in sorted(ids_of(getattr(world, who)))}
    meddling = Meddling(get_schema(), getattr(world, f"{who}_actor"))
    meddling.run(list(one_of_each.values()), lambda: None)
    assert meddling.internal == []


def test_every_field_of_every_object_is_walked():
    """Only what needs an argument is reached in another way: as a query field, with each known id."""
    schema = get_schema()
    walk = Walk(schema, Actor.anonymous())
    wanted = set()
    for declared in schema.extensions["models"].values():
        type_ = schema.get_type(declared._meta.name)
        walk.selection(type_, 1)
        for name, definition in type_.fields.items():
            if not any(is_required_argument(argument) for argument in definition.args.values()):
                wanted.add(f"{type_.name}.{name}")
    assert wanted
    assert wanted - walk.found.walked == set()
