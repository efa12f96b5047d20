"""Groups, grades, territories, units: trees keep their shape, whoever moves them at the same time."""

from contextlib import suppress
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core import trees
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.models import OutboxEvent
from marketplace.core.trees import wrong_ancestors
from marketplace.parties.models import PartnerGroup
from marketplace.parties.nodes import (
    GRADES,
    GROUPS,
    UNITS,
    arrange_grades,
    create_node,
    delete_node,
    move_node,
    update_node,
)
from tests.factories import make_actor, make_grade, make_groups, make_organization, make_partnership
from tests.refusals import raises
from tests.threads import at_once


def test_a_node_knows_its_ancestors_root_first(owner):
    east = create_node(owner, GROUPS, {"code": "EAST", "name_en": "East"})
    zhejiang = create_node(owner, GROUPS, {"code": "ZJ", "name_zh": "浙江"}, east.pk)
    assert (zhejiang.ancestors, zhejiang.depth) == ([east.pk, zhejiang.pk], 1)
    assert OutboxEvent.objects.filter(kind="partner_group.changed", aggregate_id=zhejiang.pk).count() == 1


def test_a_moved_branch_takes_everything_below_it_along(owner, seller):
    _a, b, c, d = make_groups(seller, "A", "B", "C", "D")
    other = create_node(owner, GROUPS, {"code": "X", "name_en": "X"})
    move_node(owner, GROUPS, b.pk, other.pk)
    d.refresh_from_db()
    assert (d.ancestors, d.depth) == ([other.pk, b.pk, c.pk, d.pk], 3)
    assert not list(wrong_ancestors(PartnerGroup))
    move_node(owner, GROUPS, c.pk, None)
    d.refresh_from_db()
    assert d.ancestors == [c.pk, d.pk]
    assert not list(wrong_ancestors(PartnerGroup))


def test_moving_takes_the_same_statements_for_a_deep_branch(owner, seller, sql_count):
    chain = make_groups(seller, *"ABCDEFGH")
    root = create_node(owner, GROUPS, {"code": "X", "name_en": "X"})
    with sql_count("partner group moved"):
        move_node(owner, GROUPS, chain[0].pk, root.pk)
    assert not list(wrong_ancestors(PartnerGroup))


def test_a_cycle_is_refused(owner, seller):
    a, _b, c = make_groups(seller, "A", "B", "C")
    for parent in (a, c):
        with raises(CoreErrorCode.TREE_CYCLE, field="parent"):
            move_node(owner, GROUPS, a.pk, parent.pk)
    assert not list(wrong_ancestors(PartnerGroup))


def test_a_tree_does_not_grow_without_end(owner, seller):
    chain = make_groups(seller, *[f"G{n}" for n in range(trees.MAX_DEPTH)])
    with raises(CoreErrorCode.INVALID, field="parent"):
        create_node(owner, GROUPS, {"code": "X", "name_en": "X"}, chain[-1].pk)
    two = create_node(owner, GROUPS, {"code": "Y", "name_en": "Y"})
    create_node(owner, GROUPS, {"code": "Z", "name_en": "Z"}, two.pk)
    with raises(CoreErrorCode.INVALID, field="parent"):
        move_node(owner, GROUPS, two.pk, chain[-2].pk)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=12))
def test_whatever_is_moved_where_ancestors_are_right(owner, seller, moves):
    PartnerGroup.objects.filter(organization=seller).update(parent=None)
    PartnerGroup.objects.filter(organization=seller).delete()
    nodes = [create_node(owner, GROUPS, {"code": f"N{n}", "name_en": f"N{n}"}) for n in range(8)]
    for node, parent in moves:
        with suppress(DomainError):  # a cycle
            move_node(owner, GROUPS, nodes[node].pk, None if parent < 0 else nodes[parent].pk)
    assert not list(wrong_ancestors(PartnerGroup))


def swap_at_once() -> list[object]:
    """Two nodes moved below one another, both at the same instant; what each move came to."""
    organization = make_organization("Swap")
    actor = make_actor(organization)
    a, b = (create_node(actor, GROUPS, {"code": code, "name_en": code}) for code in "AB")

    def move(n: int) -> object:
        mine, other = (a, b) if n else (b, a)
        try:
            return move_node(actor, GROUPS, mine.pk, other.pk)
        except DomainError as error:
            return error.code

    return at_once(2, move)


@pytest.mark.django_db(transaction=True)
def test_two_nodes_are_never_moved_below_one_another():
    for _try in range(5):
        assert swap_at_once().count(CoreErrorCode.TREE_CYCLE) == 1
    assert not list(wrong_ancestors(PartnerGroup))


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_two_nodes_are(monkeypatch):
    together = Barrier(2)
    move = trees.move

    def after_both_have_read(row, parent):
        together.wait(timeout=20)
        move(row, parent)

    monkeypatch.setattr(trees, "lock_tree", lambda model, organization: None)
    monkeypatch.setattr(trees, "move", after_both_have_read)
    assert CoreErrorCode.TREE_CYCLE not in swap_at_once()
    assert list(wrong_ancestors(PartnerGroup))


def test_bad_nodes_are_refused_with_all_problems_at_once(owner, seller):
    make_grade(seller, "A")
    with raises(CoreErrorCode.DUPLICATE, field="code") as refusal:
        create_node(owner, GRADES, {"code": "A", "position": -1})
    assert {error.field for error in refusal.errors} == {"code", "position", "name_zh"}
    with raises(CoreErrorCode.REQUIRED, field="code"):
        create_node(owner, UNITS, {"code": " ", "name_en": "Sales"})
    with raises(CoreErrorCode.INVALID, field="kind"):
        create_node(owner, UNITS, {"code": "S", "name_en": "Sales", "kind": "team"})


def test_a_node_in_use_stays(owner, seller):
    a, _b = make_groups(seller, "A", "B")
    with raises(CoreErrorCode.IN_USE):
        delete_node(owner, GROUPS, a.pk)
    grade = make_grade(seller)
    make_partnership(seller, grade=grade)
    with raises(CoreErrorCode.IN_USE):
        delete_node(owner, GRADES, grade.pk)
    free = make_grade(seller, "Z")
    delete_node(owner, GRADES, free.pk)


def test_a_name_may_be_taken_away_in_one_language_not_in_both(owner, seller):
    grade = make_grade(seller)
    update_node(owner, GRADES, grade.pk, {"name_zh": "甲级", "name_en": ""})
    with raises(CoreErrorCode.REQUIRED, field="name_zh"):
        update_node(owner, GRADES, grade.pk, {"name_zh": ""})


def test_another_organizations_nodes_are_not_there(owner, seller, stranger):
    group = make_groups(seller, "A")[0]
    theirs = create_node(stranger, GROUPS, {"code": "A", "name_en": "A"})
    for attempt in (
        lambda: move_node(stranger, GROUPS, group.pk, None),
        lambda: update_node(stranger, GROUPS, group.pk, {"code": "X"}),
        lambda: delete_node(stranger, GROUPS, group.pk),
    ):
        with raises(CoreErrorCode.NOT_FOUND, field="id"):
            attempt()
    with raises(CoreErrorCode.NOT_FOUND, field="parent"):
        move_node(owner, GROUPS, group.pk, theirs.pk)


def test_the_permission_is_needed(seller):
    clerk = make_actor(seller, "seller_warehouse")
    with raises(CoreErrorCode.PERMISSION_DENIED):
        create_node(clerk, GROUPS, {"code": "A", "name_en": "A"})


def test_grades_are_put_into_an_order_and_those_not_named_follow(owner, seller, stranger):
    a, b, c = (create_node(owner, GRADES, {"code": code, "name_en": code}) for code in "ABC")
    assert [row.code for row in arrange_grades(owner, [c.pk, a.pk])] == ["C", "A", "B"]
    b.refresh_from_db()
    assert b.position == 3
    with raises(CoreErrorCode.NOT_FOUND, "ids", 1):
        arrange_grades(owner, [a.pk, make_grade(stranger.organization).pk])
