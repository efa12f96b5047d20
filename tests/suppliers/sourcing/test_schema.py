"""Sourcing through GraphQL: a journey, who sees what, and in how many statements."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.actor import Actor
from marketplace.core.gate import clock
from marketplace.core.sheets import open_sheet, write_xlsx
from marketplace.graphql import execute, to_global_id
from suppliers.sourcing.disclose import disclose
from suppliers.sourcing.drafts import ColumnDraft
from suppliers.sourcing.invite import MailDraft, invite, token_of
from suppliers.sourcing.models import EventInvitation, SourcingEvent
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.sheet import quote_sheet, read_tiers, tiers_text
from tests.factories import make_stranger
from tests.statements import count_sql

ERRORS = "errors { code field index message }"
CREATE = (
    "mutation($input: SourcingEventInput!) { sourcingEventCreate(input: $input) { event { id number } @ } }".replace(
        "@", ERRORS
    )
)
EVENT = """query($id: ID!) { sourcingEvent(id: $id) { number status estimate { amount } minQuotes actions
  lines { position name baselinePrice quantity } columns { code label } lots { position } rounds { no }
  participations { code seller { name } status quote { number lines { price amount { amount } } } }
  ownParticipation { code sheetUrl mustAcknowledge } invitations { email } addenda { text }
  clarifications { pseudonym question answer mine } } }"""
EVENTS = """query($filter: SourcingEventFilter) { sourcingEvents(filter: $filter) { totalCount edges { node {
  number lineCount participationCount ownParticipation { code } actions } } } }"""
SUBMIT = """mutation($input: QuoteInput!) { quoteSubmit(input: $input) {
  quote { number status versions { no } lines { price tiers { above upTo price } values } } receipt @ } }""".replace(
    "@", ERRORS
)
IMPORT = """mutation($p: ID!, $file: Upload!) { quoteImport(participation: $p, file: $file) {
  quote { id } errorSheet @ } }""".replace("@", ERRORS)
FORM = """query($p: ID!) { node(id: $p) { ... on Participation {
  form { currency lines { line price tiersText values } } } } }"""
PUBLIC = """query($id: ID, $token: String) { sourcingEventPublic(id: $id, token: $token) {
  number name buyerName status invited lines { name quantity } notices { kind } } }"""


def ask(actor: Actor, document: str, **variables: Any) -> Any:
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


def test_an_event_is_written_published_and_answered(world):
    dates = {
        name.title().replace("_", ""): at.isoformat() for name, at in world.columns().items() if "name" not in name
    }
    dates = {name[0].lower() + name[1:]: at for name, at in dates.items()}
    line = {"text": "Pan", "quantity": "100", "uom": gid(world.uom), "baselinePrice": "12.5"}
    column = {"code": "origin", "labelEn": "Origin", "mandatory": True}
    made = {"nameEn": "Pans", **dates, "estimate": "2000", "lines": [line, line], "columns": [column]}
    event = ask(world.actor, CREATE, input=made)["sourcingEventCreate"]["event"]
    sellers = [gid(one.upstream) for one in world.partnerships]
    invited = (
        "mutation($e: ID!, $s: [ID!]) { participationInvite(event: $e, sellers: $s) { participations { code } @ } }"
    )
    assert (
        len(
            ask(world.actor, invited.replace("@", ERRORS), e=event["id"], s=sellers)["participationInvite"][
                "participations"
            ]
        )
        == 3
    )
    publish = "mutation($id: ID!) { sourcingEventPublish(id: $id) { event { status } @ } }".replace("@", ERRORS)
    assert ask(world.actor, publish, id=event["id"])["sourcingEventPublish"]["event"]["status"] == "QUOTING"
    register = "mutation($id: ID!) { participationRegister(event: $id) { participation { id status } @ } }".replace(
        "@", ERRORS
    )
    row = ask(world.sellers[0], register, id=event["id"])["participationRegister"]["participation"]
    assert row["status"] == "ADMITTED"
    quote = {
        "participation": row["id"],
        "lines": [
            {"line": 1, "tiersText": "0-100: 10; 100+: 9", "values": {"origin": "CN"}},
            {"line": 2, "price": "7.25", "values": {"origin": " "}},
        ],
    }
    errors = ask(world.sellers[0], SUBMIT, input=quote)["quoteSubmit"]["errors"]
    assert [(one["code"], one["field"], one["index"]) for one in errors] == [("VALUE_INVALID", "lines.origin", 1)]
    quote["lines"][1]["values"] = {"origin": "DE"}
    sent = ask(world.sellers[0], SUBMIT, input=quote)["quoteSubmit"]["quote"]
    assert sent["lines"][0]["price"] == "10.0000" and len(sent["lines"][0]["tiers"]) == 2


def test_each_reads_its_part_and_nobody_a_quote_before_the_opening(world):
    event = world.event(estimate=2000)
    invite(world.actor, event.pk, mails=[MailDraft("new@factory.example")])
    world.quotes(0, event, 10, 7)
    buyer = ask(world.actor, EVENT, id=gid(event))["sourcingEvent"]
    assert len(buyer["participations"]) == 3 and buyer["estimate"]["amount"] == "2000.00"
    assert {(one["status"], one["quote"] and 1) for one in buyer["participations"]} == {("ADMITTED", None)}
    supplier = ask(world.sellers[0], EVENT, id=gid(event))["sourcingEvent"]
    assert supplier["estimate"] is supplier["minQuotes"] is None and supplier["invitations"] == []
    assert [one["quote"]["lines"][0]["price"] for one in supplier["participations"]] == ["10.0000"]
    assert "QUOTE" in supplier["actions"] and "EXTEND" not in supplier["actions"]
    (rival,) = ask(world.sellers[1], EVENT, id=gid(event))["sourcingEvent"]["participations"]
    assert rival["quote"] is None
    assert ask(make_stranger(), EVENT, id=gid(event))["sourcingEvent"] is None
    found = ask(
        make_stranger(), "{ quotes { totalCount } participations { totalCount } sourcingEvents { totalCount } }"
    )
    assert {one["totalCount"] for one in found.values()} == {0}
    assert ask(world.actor, "{ quotes { totalCount } }")["quotes"]["totalCount"] == 0
    world.pass_time(event, days=8)
    disclose(world.second, event.pk)
    opened = ask(world.actor, EVENT, id=gid(event))["sourcingEvent"]
    (quoted,) = [one["quote"] for one in opened["participations"] if one["quote"]]
    assert [one["amount"]["amount"] for one in quoted["lines"]] == ["1000.00", "700.00"]


def test_somebody_without_the_permission_sees_no_event(world):
    from tests.factories import make_actor

    event = world.event()
    keeper = make_actor(world.partnerships[0].upstream, "seller_warehouse")
    assert ask(keeper, EVENT, id=gid(event))["sourcingEvent"] is None
    assert ask(make_actor(world.buyer, "none"), EVENT, id=gid(event))["sourcingEvent"] is None


def test_a_list_of_events_costs_the_same_for_one_and_for_five(world):
    world.event()
    with count_sql() as one:
        ask(world.actor, EVENTS)
    for _ in range(4):
        world.created()
    with count_sql() as five:
        assert ask(world.actor, EVENTS)["sourcingEvents"]["totalCount"] == 5
    assert five.count <= one.count, five
    assert ask(world.sellers[0], EVENTS, filter={"mine": False})["sourcingEvents"]["totalCount"] == 1
    assert ask(world.actor, EVENTS, filter={"status": ["QUOTING"]})["sourcingEvents"]["totalCount"] == 1


def test_the_public_page_tells_what_is_open_and_no_price(world):
    event = world.created(suppliers=0, reach="open", register_until=clock() + timedelta(days=3), estimate=5)
    assert ask(Actor.anonymous(), PUBLIC, id=gid(event))["sourcingEventPublic"] is None
    event_publish(world.actor, event.pk)
    found = ask(Actor.anonymous(), PUBLIC, id=gid(event))["sourcingEventPublic"]
    assert found["buyerName"] == "Yunqi Trading" and found["notices"] == [{"kind": "EVENT"}]
    assert len(ask(Actor.anonymous(), "{ sourcingEventsPublic { number } }")["sourcingEventsPublic"]) == 1
    closed = world.event()
    assert ask(Actor.anonymous(), PUBLIC, id=gid(closed))["sourcingEventPublic"] is None
    invite(world.actor, closed.pk, mails=[MailDraft("new@factory.example", "Mr New")])
    by_link = ask(Actor.anonymous(), PUBLIC, token=token_of(EventInvitation.objects.get()))["sourcingEventPublic"]
    assert by_link["invited"] == "Mr New"
    assert ask(Actor.anonymous(), PUBLIC, token="no such token")["sourcingEventPublic"] is None


def _sheet(world: Any, who: int, event: SourcingEvent) -> tuple[list[str], list[dict[str, Any]]]:
    _name, headings, rows = quote_sheet(world.sellers[who], world.part(who, event).pk)
    return headings, list(rows)


def _file(headings: list[str], rows: list[dict[str, Any]]) -> SimpleUploadedFile:
    with write_xlsx(headings, rows) as file:
        return SimpleUploadedFile("quote.xlsx", file.read())


@pytest.fixture
def asked(world):
    sheet = [ColumnDraft("origin", label_en="Origin", label_zh="产地"), ColumnDraft("pack", label_en="Quantity")]
    return world.event(2, None, sheet)


def test_a_sheet_goes_out_is_filled_in_and_comes_back(world, asked):
    headings, rows = _sheet(world, 0, asked)
    assert "Quantity (2)" in headings  # the buyer's column of a name that every sheet has
    rows[0] |= {"Quoted price": 10.5, "Origin": "CN", "Lead time (days)": 30}
    rows[1] |= {"Price tiers": "0-50: 8；50+：7.5"}
    p = gid(world.part(0, asked))
    assert ask(world.sellers[0], IMPORT, p=p, file=_file(headings, rows))["quoteImport"]["errors"] == []
    lines = ask(world.sellers[0], FORM, p=p)["node"]["form"]["lines"]
    assert lines == [
        {"line": 1, "price": "10.5000", "tiersText": "", "values": {"origin": "CN"}},
        {"line": 2, "price": None, "tiersText": "0-50: 8; 50+: 7.5", "values": {}},
    ]
    assert ask(world.sellers[1], FORM, p=p)["node"] is None


def test_one_bad_cell_gives_the_sheet_back_with_what_is_wrong(world, asked):
    headings, rows = _sheet(world, 0, asked)
    rows[0] |= {"Quoted price": 10.5}
    rows[1] |= {"Quoted price": "ten", "Offer valid until": "tomorrow", "Price tiers": "cheap"}
    p = gid(world.part(0, asked))
    answer = ask(world.sellers[0], IMPORT, p=p, file=_file(headings, rows))["quoteImport"]
    assert {(one["field"], one["index"]) for one in answer["errors"]} == {
        ("lines.price", 1), ("lines.validUntil", 1), ("lines.tiers", 1)}  # fmt: skip
    sheet = open_sheet(io.BytesIO(base64.b64decode(answer["errorSheet"])).read(), "x.xlsx")
    told = [values["Problems"] for _row, values in sheet.rows]
    assert not told[0] and "Enter a number." in told[1]
    assert ask(world.sellers[0], FORM, p=p)["node"]["form"] is None


def test_a_sheet_of_another_state_or_of_a_rival_is_refused_whole(world, asked):
    from suppliers.sourcing.addenda import AddendumDraft, publish_addendum
    from suppliers.sourcing.taking_part import acknowledge

    headings, rows = _sheet(world, 0, asked)
    rows[0] |= {"Quoted price": 10.5}
    code = ask(world.sellers[1], IMPORT, p=gid(world.part(1, asked)), file=_file(headings, rows))["quoteImport"][
        "errors"
    ]
    assert [one["code"] for one in code] == ["FILE_VERSION"]
    publish_addendum(world.actor, asked.pk, AddendumDraft("Another handle"))
    acknowledge(world.sellers[0], world.part(0, asked).pk, 2)
    code = ask(world.sellers[0], IMPORT, p=gid(world.part(0, asked)), file=_file(headings, rows))["quoteImport"][
        "errors"
    ]
    assert [one["code"] for one in code] == ["FILE_VERSION"]


def test_tiers_are_read_as_they_are_written():
    assert tiers_text(read_tiers("0-100: 10; 100-500: 9.50; 500+: 9")) == "0-100: 10; 100-500: 9.5; 500+: 9"


def test_files_of_an_event_are_for_all_who_are_asked_and_those_of_one_supplier_for_two(world):
    from marketplace.attachments.add import attachment_add
    from marketplace.attachments.models import Attachment

    event = world.event()
    attachment_add(world.actor, "sourcing_event", event.pk, SimpleUploadedFile("drawing.txt", b"pan"))
    assert Attachment.objects.visible_to(world.sellers[0]).count() == 1
    assert not Attachment.objects.visible_to(make_stranger()).exists()
    attachment_add(world.sellers[0], "participation", world.part(0, event).pk, SimpleUploadedFile("own.txt", b"mine"))
    assert Attachment.objects.visible_to(world.actor).count() == 2
    assert Attachment.objects.visible_to(world.sellers[1]).count() == 1
