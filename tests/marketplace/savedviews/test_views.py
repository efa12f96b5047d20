"""Saved views: one's own, shared ones, and what is no view."""

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import execute
from marketplace.savedviews.keep import MOST, ViewDraft, delete_view, write_view
from marketplace.savedviews.models import SavedView
from tests.factories import make_actor, make_organization, make_stranger
from tests.refusals import raises

VIEWS = '{ savedViews(page: "office/inbox") { name query shared isOwn owner { displayName } } }'


@pytest.fixture
def organization(db):
    return make_organization("Xinghe", "seller")


@pytest.fixture
def clerk(organization):
    return make_actor(organization, "seller_sales")


@pytest.fixture
def colleague(organization):
    return make_actor(organization, "seller_sales")


def draft(name: str = "Late", **more) -> ViewDraft:
    return ViewDraft(page="office/inbox", name=name, query="?flag=LATE&sort=-GROSS", **more)


def names(actor) -> list[str]:
    return [one["name"] for one in execute(VIEWS, {}, actor=actor).data["savedViews"]]


def test_a_view_is_ones_own_until_it_is_shared_and_stays_in_the_organization(clerk, colleague):
    view = write_view(clerk, draft(" Late "))
    found = execute(VIEWS, {}, actor=clerk).data["savedViews"]
    assert [(one["name"], one["query"], one["isOwn"]) for one in found] == [("Late", "flag=LATE&sort=-GROSS", True)]
    assert names(colleague) == []
    write_view(clerk, ViewDraft(view_id=view.pk, shared=True))
    write_view(colleague, draft("Mine"))
    assert names(colleague) == ["Mine", "Late"]
    assert names(make_stranger()) == []


def test_only_its_owner_changes_or_deletes_a_view(clerk, colleague):
    view = write_view(clerk, draft(shared=True))
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        write_view(colleague, ViewDraft(view_id=view.pk, name="Taken"))
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        delete_view(colleague, view.pk)
    delete_view(clerk, view.pk)
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_or_with_one_that_is_taken_is_refused(clerk, colleague):
    write_view(clerk, draft())
    with raises(CoreErrorCode.REQUIRED, field="name"):
        write_view(clerk, draft("  "))
    with raises(CoreErrorCode.DUPLICATE, field="name"):
        write_view(clerk, draft())
    with raises(CoreErrorCode.INVALID, field="query"):
        write_view(clerk, ViewDraft(page="office/inbox", name="Long", query="x" * 2001))
    write_view(colleague, draft())
    assert SavedView.objects.count() == 2


def test_a_person_keeps_so_many_views_of_a_page_and_no_more(clerk):
    for number in range(MOST):
        write_view(clerk, draft(f"View {number}"))
    with raises(CoreErrorCode.INVALID, field="name"):
        write_view(clerk, draft("One more"))
    write_view(clerk, ViewDraft(page="office/products", name="Elsewhere", query=""))
