"""Parties through the schema: who sees what, and what the mutations answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from marketplace.core.actor import Actor
from marketplace.graphql import execute, to_global_id
from marketplace.parties.models import Membership, Partnership
from marketplace.parties.partnerships import move_partnership
from tests.factories import (
    actor_of,
    make_actor,
    make_address,
    make_grade,
    make_groups,
    make_member,
    make_partnership,
    make_territories,
)
from tests.statements import count_sql

PARTNERSHIP = """query($id: ID!) { partnership(id: $id) {
    status statusLabel terms upstream { name } downstream { name } partner { name } currency
    statusReason code group { name } grade { name } territory { name } salesRep { displayName }
    priceScope priceScopeLabel
} }"""
PRIVATE = ("statusReason", "code", "group", "grade", "territory", "salesRep", "priceScope", "priceScopeLabel")


def ask(actor: Actor, text: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation that has to go well."""
    answer = execute(text, variables, actor=actor)
    assert not answer.errors, answer.errors
    return answer.data


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


@pytest.fixture
def full(seller, partnership) -> Partnership:
    """A partnership with everything the upstream notes about its partner."""
    Partnership.objects.filter(pk=partnership.pk).update(
        group=make_groups(seller, "EAST", "ZJ")[1],
        grade=make_grade(seller),
        territory=make_territories(seller, "CN")[0],
        sales_rep=make_member(seller, "seller_sales", name="Li Na"),
    )
    move_partnership(Actor.system(seller), partnership.pk, "suspend", "Overdue")
    move_partnership(Actor.system(seller), partnership.pk, "resume", "Paid")
    partnership.refresh_from_db()
    return partnership


def test_the_upstream_sees_how_it_sorts_its_partner(owner, full):
    seen = ask(owner, PARTNERSHIP, id=gid(full))["partnership"]
    assert seen["partner"] == seen["downstream"] == {"name": "Yunqi Trading"}
    assert (seen["code"], seen["group"], seen["grade"]) == (full.code, {"name": "Zj"}, {"name": "Grade A"})
    assert (seen["salesRep"], seen["statusReason"]) == ({"displayName": "Li Na"}, "Paid")
    assert (seen["terms"], seen["priceScope"], seen["priceScopeLabel"]) == (
        "On account, 30 days", "ALL", "All price lists",
    )  # fmt: skip


def test_the_downstream_sees_the_terms_and_nothing_private(dealer, full, seller):
    views = [dealer, actor_of(make_member(seller, "seller_owner"), full.downstream)]
    for actor in views:
        seen = ask(actor, PARTNERSHIP, id=gid(full))["partnership"]
        assert seen["partner"] == {"name": "Xinghe Home"}
        assert {name: seen[name] for name in PRIVATE} == dict.fromkeys(PRIVATE)


def test_neither_stranger_nor_other_dealer_nor_nobody_finds_it(stranger, full, seller):
    other = make_actor(make_partnership(seller, "Jinli").downstream)
    for actor in (stranger, other, Actor.anonymous()):
        assert execute(PARTNERSHIP, {"id": gid(full)}, actor=actor).data in (None, {"partnership": None})
        node = "query($id: ID!) { node(id: $id) { id } }"
        assert execute(node, {"id": gid(full)}, actor=actor).data in (None, {"node": None})


def test_private_nodes_are_not_found_by_their_id(dealer, stranger, full, seller, owner):
    address = make_address(seller)
    for row in (full.group, full.grade, full.territory, full.sales_rep, full.sales_rep.user, address):
        found = ask(owner, "query($id: ID!) { node(id: $id) { __typename } }", id=gid(row))
        assert found["node"] == {"__typename": type(row).__name__}
        for actor in (dealer, stranger, actor_of(make_member(seller, "seller_owner"), full.downstream)):
            answer = execute("query($id: ID!) { node(id: $id) { id } }", {"id": gid(row)}, actor=actor)
            assert answer.data == {"node": None}, (type(row), actor)


LIST = """query($side: TradeSide, $filter: PartnershipFilter, $sortBy: PartnershipSort) {
    partnerships(side: $side, filter: $filter, sortBy: $sortBy, first: 50) {
        totalCount edges { node {
            id code partner { name } grade { name } group { name parent { name } } territory { name } terms
            salesRep { displayName } statusLabel
        } } } }"""


def names(data: dict[str, Any]) -> list[str]:
    return [edge["node"]["partner"]["name"] for edge in data["partnerships"]["edges"]]


def test_partners_are_filtered_searched_and_sorted(owner, seller):
    east, zhejiang = make_groups(seller, "EAST", "ZJ")
    grade = make_grade(seller)
    make_partnership(seller, "Yunqi Trading", group=zhejiang, grade=grade, code="Y1")
    make_partnership(seller, "Jinli Trading", code="J1", status="suspended")
    make_partnership(seller, "Harbour", group=east, code="H1")
    assert names(ask(owner, LIST)) == ["Harbour", "Jinli Trading", "Yunqi Trading"]
    assert names(ask(owner, LIST, filter={"group": [gid(east)]})) == ["Harbour", "Yunqi Trading"]
    assert names(ask(owner, LIST, filter={"group": [gid(zhejiang)]})) == ["Yunqi Trading"]
    assert names(ask(owner, LIST, filter={"grade": [gid(grade)]})) == ["Yunqi Trading"]
    assert names(ask(owner, LIST, filter={"status": ["SUSPENDED"]})) == ["Jinli Trading"]
    assert names(ask(owner, LIST, filter={"search": "trad yun"})) == ["Yunqi Trading"]
    assert names(ask(owner, LIST, filter={"search": "h1"})) == ["Harbour"]
    assert names(ask(owner, LIST, sortBy={"field": "CREATED_AT", "direction": "DESC"})) == [
        "Harbour", "Jinli Trading", "Yunqi Trading",
    ]  # fmt: skip
    assert names(ask(owner, LIST, side="BUYER")) == []


def test_a_dealer_lists_its_sellers_and_cannot_search_by_what_they_note(dealer, full):
    assert names(ask(dealer, LIST)) == ["Xinghe Home"]
    assert names(ask(dealer, LIST, side="BUYER", filter={"search": "xing"})) == ["Xinghe Home"]
    assert names(ask(dealer, LIST, filter={"search": full.code})) == []
    assert names(ask(dealer, LIST, filter={"group": [gid(full.group)]})) == []
    assert execute(LIST, {"side": "SELLER"}, actor=dealer).errors


def test_a_page_of_partners_takes_the_same_statements_for_one_and_for_fifty(owner, seller, sql_count):
    group = make_groups(seller, "EAST", "ZJ")[1]
    more = {"group": group, "grade": make_grade(seller), "territory": make_territories(seller, "CN")[0]}
    rep = make_member(seller, "seller_sales")
    for count in (1, 30):
        for n in range(count):
            make_partnership(seller, f"Dealer {count} {n}", sales_rep=rep, **more)
        with sql_count("partners page"):
            ask(owner, LIST)


ACTOR = """{ actor { readOnly permissions user { displayName hasSecondFactor } organization { name isSeller isBuyer }
    onBehalfOf { name } memberships { organization { name } roles { code } } } }"""


def test_the_frame_of_every_page_tells_who_acts_in_few_statements(dealer, sql_count):
    with sql_count("frame"):
        seen = ask(dealer, ACTOR)["actor"]
    assert seen["organization"] == {"name": "Yunqi Trading", "isSeller": False, "isBuyer": True}
    assert (seen["readOnly"], seen["onBehalfOf"], seen["user"]["hasSecondFactor"]) == (False, None, False)
    assert seen["memberships"] == [{"organization": {"name": "Yunqi Trading"}, "roles": [{"code": "dealer_owner"}]}]
    assert seen["permissions"] == sorted(dealer.permissions)


def test_nobody_is_no_actor():
    assert ask(Actor.anonymous(), ACTOR) == {"actor": None}


def test_a_partners_view_is_shown_as_the_partner(seller, partnership):
    viewing = actor_of(make_member(seller, "seller_owner"), partnership.downstream)
    seen = ask(viewing, ACTOR)["actor"]
    assert seen["organization"]["name"] == seen["onBehalfOf"]["name"] == "Yunqi Trading"
    assert seen["readOnly"]
    make_address(seller)
    make_address(partnership.downstream)
    assert ask(viewing, "{ addresses { id } partnerships { totalCount } }") == {
        "addresses": [], "partnerships": {"totalCount": 1},
    }  # fmt: skip


@pytest.fixture
def signed_in(client):
    """A browser in which a member is signed in; posts operations."""

    def enter(member: Membership):
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")

        def post(text: str, **variables: Any) -> dict[str, Any]:
            sent = json.dumps({"query": text, "variables": variables})
            answer = client.post("/graphql/", sent, content_type="application/json").json()
            assert "errors" not in answer, answer
            return answer["data"]

        return post

    return enter


WHO = "actor { organization { name } onBehalfOf { name } readOnly } errors { field code message }"


def test_a_session_switches_between_seats_and_views(signed_in, seller, partnership, dealer):
    member = make_member(seller, "seller_owner")
    Membership.objects.create(user=member.user, organization=dealer.organization)
    post = signed_in(member)
    start = f"mutation($id: ID!) {{ partnerViewStart(partnership: $id) {{ {WHO} }} }}"
    assert post(start, id=gid(partnership))["partnerViewStart"] == {
        "actor": {
            "organization": {"name": "Yunqi Trading"}, "onBehalfOf": {"name": "Yunqi Trading"}, "readOnly": True,
        },
        "errors": [],
    }  # fmt: skip
    assert post("{ actor { readOnly } }") == {"actor": {"readOnly": True}}
    language = 'mutation { userUpdate(input: {language: "zh-hans"}) { user { language } errors { code } } }'
    assert post(language)["userUpdate"] == {"user": {"language": "zh-hans"}, "errors": []}
    stop = post(f"mutation {{ partnerViewStop {{ {WHO} }} }}")["partnerViewStop"]
    assert stop["actor"] == {"organization": {"name": "Xinghe Home"}, "onBehalfOf": None, "readOnly": False}
    select = f"mutation($id: ID!) {{ actingOrganizationSelect(organization: $id) {{ {WHO} }} }}"
    moved = post(select, id=gid(dealer.organization))["actingOrganizationSelect"]
    assert moved["actor"]["organization"] == {"name": "Yunqi Trading"}
    assert post("{ actor { organization { name } } }") == {"actor": {"organization": {"name": "Yunqi Trading"}}}
    refused = post(select, id=to_global_id("Organization", 999_999))["actingOrganizationSelect"]
    assert [(e["field"], e["code"]) for e in refused["errors"]] == [("organization", "NOT_FOUND")]


def test_in_a_partners_view_every_write_is_refused(signed_in, seller, partnership):
    post = signed_in(make_member(seller, "seller_owner"))
    post(f"mutation($id: ID!) {{ partnerViewStart(partnership: $id) {{ {WHO} }} }}", id=gid(partnership))
    update = "mutation($id: ID!) { partnershipUpdate(input: {id: $id, paymentDays: 9}) { errors { code } } }"
    viewing = actor_of(make_member(seller, "seller_owner"), partnership.downstream)
    answer = execute(update, {"id": gid(partnership)}, actor=viewing)
    assert answer.errors or answer.data["partnershipUpdate"]["errors"]
    partnership.refresh_from_db()
    assert partnership.payment_days == 30


def test_addresses_are_written_under_the_names_of_the_schema(dealer):
    write = """mutation($input: AddressInput!) { addressWrite(input: $input) {
        address { id name recipient formatted isDefault } errors { field code } } }"""
    home = {
        "name": "店",
        "recipient": "陈梅",
        "phone": "0571",
        "region": "浙江省",
        "city": "杭州市",
        "street": "文三路1号",
    }
    made = ask(dealer, write, input=home)["addressWrite"]
    assert made["errors"] == []
    assert made["address"]["formatted"] == "浙江省杭州市文三路1号"
    again = ask(dealer, write, input={"id": made["address"]["id"], "recipient": " "})["addressWrite"]
    assert again == {"address": None, "errors": [{"field": "recipient", "code": "REQUIRED"}]}
    retire = "mutation($id: ID!) { addressRetire(id: $id) { address { isActive } errors { code } } }"
    assert ask(dealer, retire, id=made["address"]["id"])["addressRetire"]["address"] == {"isActive": False}
    assert ask(dealer, "{ addresses { id } }") == {"addresses": []}


def test_partners_are_recorded_and_their_terms_changed_or_cleared(owner, seller):
    grade = make_grade(seller)
    create = """mutation($input: PartnershipCreateInput!) { partnershipCreate(input: $input) {
        partnership { id partner { name status } grade { name } paymentMethod } errors { field code index } } }"""
    terms = {"grade": gid(grade), "paymentMethod": "ONLINE"}
    made = ask(owner, create, input={"code": "D1", "name": "Jinli", "terms": terms})["partnershipCreate"]
    assert made["partnership"]["partner"] == {"name": "Jinli", "status": "UNCLAIMED"}
    assert (made["partnership"]["grade"], made["partnership"]["paymentMethod"]) == ({"name": "Grade A"}, "ONLINE")
    taken = ask(owner, create, input={"code": "D1", "name": ""})["partnershipCreate"]
    assert {(e["field"], e["code"]) for e in taken["errors"]} == {("code", "DUPLICATE"), ("name", "REQUIRED")}
    update = """mutation($input: PartnershipUpdateInput!) { partnershipUpdate(input: $input) {
        partnership { grade { name } paymentDays } errors { field code } } }"""
    changed = ask(owner, update, input={"id": made["partnership"]["id"], "grade": None, "paymentDays": 60})
    assert changed["partnershipUpdate"]["partnership"] == {"grade": None, "paymentDays": 60}
    suspend = """mutation($id: ID!) { partnershipSuspend(id: $id, reason: "") { errors { field code } } }"""
    assert ask(owner, suspend, id=made["partnership"]["id"])["partnershipSuspend"]["errors"] == [
        {"field": "reason", "code": "REASON_REQUIRED"}
    ]


def test_groups_are_made_moved_and_deleted(owner, seller):
    create = """mutation($input: PartnerGroupInput!, $parent: ID) {
        partnerGroupCreate(input: $input, parent: $parent) { partnerGroup { id depth } errors { field code } } }"""
    east = ask(owner, create, input={"code": "E", "nameEn": "East"})["partnerGroupCreate"]["partnerGroup"]
    zhejiang = ask(owner, create, input={"code": "ZJ", "nameZh": "浙江"}, parent=east["id"])["partnerGroupCreate"]
    assert zhejiang["partnerGroup"]["depth"] == 1
    move = (
        """mutation($id: ID!, $parent: ID) { partnerGroupMove(id: $id, parent: $parent) { errors { field code } } }"""
    )
    assert ask(owner, move, id=east["id"], parent=zhejiang["partnerGroup"]["id"])["partnerGroupMove"]["errors"] == [
        {"field": "parent", "code": "TREE_CYCLE"}
    ]
    delete = "mutation($id: ID!) { partnerGroupDelete(id: $id) { errors { code } } }"
    assert ask(owner, delete, id=east["id"])["partnerGroupDelete"]["errors"] == [{"code": "IN_USE"}]
    make_partnership(seller, group_id=None)
    listed = ask(owner, "{ partnerGroups { code depth partnerCount parent { code } } partnerGrades { code } }")
    assert listed["partnerGroups"] == [
        {"code": "E", "depth": 0, "partnerCount": 0, "parent": None},
        {"code": "ZJ", "depth": 1, "partnerCount": 0, "parent": {"code": "E"}},
    ]


def test_members_and_roles_are_managed(owner, seller):
    roles = ask(owner, "{ roles { id code isPreset memberCount permissions } permissions { code label presets } }")
    sales = next(role for role in roles["roles"] if role["code"] == "seller_sales")
    assert sales["isPreset"]
    create = """mutation($input: MemberCreateInput!) { memberCreate(input: $input) {
        member { id user { email } roles { code } } errors { field code } } }"""
    made = ask(owner, create, input={"email": "n@x.example", "name": "N", "roles": [sales["id"]]})["memberCreate"]
    assert made["member"]["roles"] == [{"code": "seller_sales"}]
    listed = ask(owner, '{ members(filter: {search: "n@x"}) { totalCount edges { node { user { displayName } } } } }')
    assert listed["members"]["edges"] == [{"node": {"user": {"displayName": "N"}}}]
    off = "mutation($id: ID!) { memberDeactivate(id: $id) { member { isActive } errors { code } } }"
    assert ask(owner, off, id=made["member"]["id"])["memberDeactivate"]["member"] == {"isActive": False}
    last = ask(owner, off, id=to_global_id("Membership", owner.membership.pk))["memberDeactivate"]
    assert last == {"member": None, "errors": [{"code": "LAST_OWNER"}]}


def test_a_clerk_is_refused_by_the_schema(seller):
    clerk = make_actor(seller, "seller_warehouse")
    answer = execute("{ members { totalCount } }", {}, actor=clerk)
    assert answer.errors
    assert "PERMISSION_DENIED" in str(answer.errors[0])


def test_reading_a_partnership_takes_few_statements(owner, full):
    with count_sql() as counter:
        ask(owner, PARTNERSHIP, id=gid(full))
    assert counter.count <= 5, counter
