"""Layouts of the pad: one's own, shared ones, and what is no layout."""

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import execute, to_global_id
from ordercenter.pad.layouts import LayoutDraft, delete_layout, use_layout, write_layout
from ordercenter.pad.models import PadColumn, PadLayout
from tests.factories import make_actor, make_organization
from tests.refusals import raises

COLUMNS = [(PadColumn.CODE, 160), (PadColumn.QUANTITY, 80), (PadColumn.AMOUNT, 120)]
LAYOUTS = "{ padLayouts { name isOwn shared columns { column width } } }"


@pytest.fixture
def organization(db):
    return make_organization("Yunqi")


@pytest.fixture
def buyer(organization):
    return make_actor(organization, "dealer_buyer")


@pytest.fixture
def colleague(organization):
    return make_actor(organization, "dealer_buyer")


def names(actor) -> list[str]:
    return [one["name"] for one in execute(LAYOUTS, {}, actor=actor).data["padLayouts"]]


def test_the_layout_used_last_comes_first_and_is_ones_own(buyer, colleague):
    wide = write_layout(buyer, LayoutDraft(name=" Wide ", columns=COLUMNS))
    write_layout(buyer, LayoutDraft(name="Bare", columns=COLUMNS[:2]))
    use_layout(buyer, wide.pk)
    assert names(buyer) == ["Wide", "Bare"]
    assert names(colleague) == []
    assert execute(LAYOUTS, {}, actor=buyer).data["padLayouts"][0] == {
        "name": "Wide",
        "isOwn": True,
        "shared": False,
        "columns": [{"column": column.name, "width": width} for column, width in COLUMNS],
    }


def test_a_shared_layout_is_copied_by_whoever_takes_it(buyer, colleague):
    shared = write_layout(buyer, LayoutDraft(name="Ours", columns=COLUMNS, shared=True))
    assert names(colleague) == ["Ours"]
    copy = use_layout(colleague, shared.pk)
    assert (copy.pk != shared.pk, copy.user_id, copy.columns) == (True, colleague.user_id, shared.columns)
    write_layout(buyer, LayoutDraft(layout_id=shared.pk, columns=COLUMNS[:2]))
    assert len(PadLayout.objects.visible_to(colleague).get(pk=copy.pk).columns) == 3
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        write_layout(colleague, LayoutDraft(layout_id=shared.pk, name="Mine now"))
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        delete_layout(colleague, shared.pk)


def test_a_layout_of_strangers_is_not_there(buyer):
    own = write_layout(buyer, LayoutDraft(name="Ours", columns=COLUMNS, shared=True))
    stranger = make_actor(make_organization("Jinli"), "dealer_owner")
    assert names(stranger) == []
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        use_layout(stranger, own.pk)


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (LayoutDraft(name=" ", columns=COLUMNS), CoreErrorCode.REQUIRED, "name"),
        (LayoutDraft(name="x" * 65, columns=COLUMNS), CoreErrorCode.INVALID, "name"),
        (LayoutDraft(name="A", columns=COLUMNS[:1]), CoreErrorCode.REQUIRED, "columns"),
        (LayoutDraft(name="A", columns=[*COLUMNS, COLUMNS[0]]), CoreErrorCode.INVALID, "columns"),
        (LayoutDraft(name="A", columns=[*COLUMNS, (PadColumn.NAME, 9)]), CoreErrorCode.INVALID, "columns"),
        (LayoutDraft(name="Taken", columns=COLUMNS), CoreErrorCode.DUPLICATE, "name"),
    ],
)
def test_what_is_no_layout_is_refused_and_nothing_is_kept(buyer, draft, code, field):
    write_layout(buyer, LayoutDraft(name="Taken", columns=COLUMNS))
    with raises(code, field=field):
        write_layout(buyer, draft)
    assert names(buyer) == ["Taken"]


def test_layouts_are_written_used_and_deleted_by_the_api(buyer):
    columns = [{"column": "CODE", "width": 160}, {"column": "QUANTITY", "width": 90}]
    write = "mutation($input: PadLayoutInput!) { padLayoutWrite(input: $input) { layout { id } errors { code } } }"
    made = execute(write, {"input": {"name": "Bare", "columns": columns}}, actor=buyer).data["padLayoutWrite"]
    assert made["errors"] == []
    (row,) = PadLayout.objects.visible_to(buyer)
    assert made["layout"]["id"] == to_global_id("PadLayout", row.pk)
    delete = "mutation($id: ID!) { padLayoutDelete(id: $id) { errors { code } } }"
    assert execute(delete, {"id": made["layout"]["id"]}, actor=buyer).data["padLayoutDelete"]["errors"] == []
    assert names(buyer) == []
