"""Talk about orders: who reads what, what is unread, and what those who listen hear."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, lists, sampled_from, tuples

from marketplace.conversations import live
from marketplace.conversations.models import Conversation, Message, ReadMark
from marketplace.conversations.read import conversation_read, unread
from marketplace.conversations.schema import MessageSent
from marketplace.conversations.send import message_send
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from marketplace.graphql import execute
from marketplace.graphql.tokens import make_access_token
from tests.factories import actor_of, make_actor, make_member, make_stranger
from tests.marketplace.attachments.files import picture, upload
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.test_files import gid, stored
from tests.refusals import raises

TALK = """query($id: ID!) { order(id: $id) { conversation { id kind kindLabel unreadCount messageCount lastAt
  partner { name } document { id } lastMessage { text }
  messages(last: 50) { totalCount edges { node { text mine unread internal audience authorName
    attachments { name url } } } } } } }"""
SEND = """mutation($i: MessageSendInput!) { messageSend(input: $i) { message { id text attachments { name inMessage } }
  conversation { id unreadCount messageCount } errors { code field index message } } }"""
READ = """mutation($i: ID!, $m: ID) { conversationRead(id: $i, message: $m) {
  conversation { unreadCount } errors { code } } }"""


@pytest.fixture
def order(shop) -> Any:
    shop.sells("ABC", "10", 5)
    return shop.order(("ABC", 2))


def talk(actor: Any, order: Any) -> Any:
    return ask(actor, TALK, id=gid(order))["order"]["conversation"]


def texts(actor: Any, order: Any) -> list[str]:
    found = talk(actor, order)
    return [edge["node"]["text"] for edge in found["messages"]["edges"]] if found else []


def test_both_sides_talk_and_each_reads_its_own_asides(shop, order):
    assert talk(shop.dealer, order) is None
    ask(shop.dealer, SEND, i={"document": gid(order), "text": " When?\r\nSoon? "})
    message_send(shop.sales, "order", order.pk, "Is he good for it?", internal=True)
    message_send(shop.sales, "order", order.pk, "Friday.")
    assert texts(shop.dealer, order) == ["When?\nSoon?", "Friday."]
    assert texts(shop.sales, order) == ["When?\nSoon?", "Is he good for it?", "Friday."]
    viewer = actor_of(make_member(shop.seller, "seller_owner"), on_behalf_of=shop.buyer.downstream)
    message_send(shop.dealer, "order", order.pk, "They are slow.", internal=True)
    assert texts(viewer, order) == ["When?\nSoon?", "Friday."]
    assert texts(shop.sales, order)[-1] == "Friday."
    seen = talk(shop.dealer, order)
    assert (seen["kind"], seen["kindLabel"], seen["messageCount"]) == ("DOCUMENT", "Document talk", 3)
    assert (seen["partner"], seen["document"]) == ({"name": "Xinghe"}, {"id": gid(order)})
    assert [edge["node"]["authorName"] for edge in seen["messages"]["edges"][:2]] == [shop.dealer.user.name, "Xinghe"]
    assert run_checks() == []


def test_an_aside_leaves_no_trace_on_the_other_side(shop, order):
    message_send(shop.sales, "order", order.pk, "Careful with them.", internal=True)
    assert talk(shop.dealer, order) is None
    conversations = "query { conversations { totalCount nodes { lastAt } } unreadMessageCount }"
    assert ask(shop.dealer, conversations) == {"conversations": {"totalCount": 0, "nodes": []}, "unreadMessageCount": 0}
    first = message_send(shop.dealer, "order", order.pk, "Hello")
    message_send(shop.sales, "order", order.pk, "They write!", internal=True)
    row = Conversation.objects.get()
    assert row.buyer_last_at == first.at
    assert row.seller_last_at > first.at


def test_what_others_wrote_is_unread_until_one_has_read_it(shop, order):
    colleague = make_actor(shop.seller, "seller_owner")
    for number in range(3):
        last = message_send(shop.dealer, "order", order.pk, f"{number}")
    assert (talk(shop.sales, order)["unreadCount"], talk(shop.dealer, order)["unreadCount"]) == (3, 0)
    first = Message.objects.order_by("seq").first()
    here = gid(Conversation.objects.get())
    assert ask(shop.sales, READ, i=here, m=gid(first))["conversationRead"]["conversation"] == {"unreadCount": 2}
    assert ask(shop.sales, READ, i=here)["conversationRead"]["conversation"] == {"unreadCount": 0}
    ask(shop.sales, READ, i=here, m=gid(first))  # a second window that is behind
    assert unread(shop.sales).count() == 0
    assert unread(colleague).count() == 3
    message_send(colleague, "order", order.pk, "All?")  # who answers has read
    assert (unread(colleague).count(), unread(shop.sales).count(), unread(shop.dealer).count()) == (0, 1, 1)
    filtered = "query($u: Boolean) { conversations(filter: {unread: $u}) { nodes { unreadCount } } unreadMessageCount }"
    assert ask(shop.dealer, filtered, u=True) == {
        "conversations": {"nodes": [{"unreadCount": 1}]}, "unreadMessageCount": 1,
    }  # fmt: skip
    assert ask(shop.dealer, filtered, u=False)["conversations"]["nodes"] == []
    assert last.seq == 3


def test_files_go_with_a_message_and_stay_with_it(shop, order):
    files = [upload("crate.png", picture()), upload()]
    sent = ask(shop.dealer, SEND, i={"document": gid(order), "files": files})["messageSend"]
    assert [one["name"] for one in sent["message"]["attachments"]] == ["crate.png", "terms.pdf"]
    assert sent["message"]["attachments"][0]["inMessage"] is True
    seen = talk(shop.sales, order)["messages"]["edges"][0]["node"]
    assert [one["name"] for one in seen["attachments"]] == ["crate.png", "terms.pdf"]
    on_order = """query($i: ID!) { order(id: $i) { attachments { edges { node { id name canRemove } } }
      timeline { totalCount } } }"""
    order_now = ask(shop.dealer, on_order, i=gid(order))["order"]
    assert [edge["node"]["canRemove"] for edge in order_now["attachments"]["edges"]] == [False, False]
    assert order_now["timeline"]["totalCount"] == 1
    pk = order_now["attachments"]["edges"][0]["node"]["id"]
    removed = ask(shop.dealer, "mutation($i: ID!) { attachmentRemove(id: $i) { errors { code } } }", i=pk)
    assert removed["attachmentRemove"]["errors"] == [{"code": "IN_USE"}]
    assert run_checks() == []


def test_files_come_by_the_multipart_request_of_graphql(shop, order):
    token = make_access_token(shop.dealer.user_id, shop.dealer.organization_id, 0)
    variables = {"i": {"document": gid(order), "text": "See here", "files": [None, None]}}
    form = {
        "operations": json.dumps({"query": SEND, "variables": variables}),
        "map": json.dumps({"0": ["variables.i.files.0"], "1": ["variables.i.files.1"]}),
        "0": upload("crate.png", picture()),
        "1": upload("terms.pdf"),
    }
    answer = Client().post("/graphql/", form, headers={"Authorization": f"Bearer {token}"}).json()
    sent = answer["data"]["messageSend"]
    assert sent["errors"] == []
    assert [one["name"] for one in sent["message"]["attachments"]] == ["crate.png", "terms.pdf"]


def test_bad_messages_are_refused_and_leave_nothing(shop, order):
    for wrong, code, field in (
        ({"text": "  \n "}, "MESSAGE_EMPTY", "text"),
        ({"text": "x" * 10_001}, "MESSAGE_TOO_LONG", "text"),
        ({"text": "look", "files": [upload("a.html", b"<html>")]}, "FILE_TYPE", "file"),
    ):
        errors = ask(shop.dealer, SEND, i={"document": gid(order), **wrong})["messageSend"]["errors"]
        assert [(error["code"], error["field"]) for error in errors] == [(code, field)]
    for document in (gid(shop.seller), "bm9uc2Vuc2U=", gid(order)[:-4]):
        errors = ask(shop.dealer, SEND, i={"document": document, "text": "hi"})["messageSend"]["errors"]
        assert [(error["code"], error["field"]) for error in errors] == [("NOT_FOUND", "document")]
    assert not Conversation.objects.exists()
    assert stored() == []


def test_a_stranger_neither_reads_nor_writes_nor_listens(shop, order):
    message_send(shop.dealer, "order", order.pk, "Hello")
    stranger = make_stranger()
    row = Conversation.objects.get()
    with raises(CoreErrorCode.NOT_FOUND):
        message_send(stranger, "order", order.pk, "Hi")
    with raises(CoreErrorCode.NOT_FOUND):
        conversation_read(stranger, row.pk)
    with raises(CoreErrorCode.NOT_FOUND):
        MessageSent.topic(stranger, gid(order))
    for one in (row, Message.objects.get()):
        assert execute("query($i: ID!) { node(id: $i) { id } }", {"i": gid(one)}, actor=stranger).data == {"node": None}
    viewer = actor_of(make_member(shop.seller, "seller_owner"), on_behalf_of=shop.buyer.downstream)
    with raises(CoreErrorCode.READ_ONLY):
        message_send(viewer, "order", order.pk, "I am them")
    finance = make_actor(shop.buyer.downstream, "dealer_finance")
    assert message_send(finance, "order", order.pk, "Paid.").seq == 2


def test_listeners_hear_what_their_side_may_read(shop, order):
    message_send(shop.dealer, "order", order.pk, "Hello")
    aside = message_send(shop.sales, "order", order.pk, "Hm", internal=True)
    events = OutboxEvent.objects.filter(kind="message.sent").order_by("pk")
    assert [sorted(event.organizations) for event in events] == [
        sorted((order.seller_id, order.buyer_id)), [order.seller_id],
    ]  # fmt: skip
    assert MessageSent.topic(shop.dealer, gid(order)) == f"talk:order:{order.pk}"
    assert MessageSent.topic(shop.dealer) == f"talks:{shop.dealer.organization_id}"
    assert MessageSent.event(shop.dealer, {"message": aside.pk}) is None
    assert MessageSent.event(shop.sales, {"message": aside.pk}).message == aside


def test_a_message_wakes_those_of_its_document_and_of_the_sides_it_is_for(shop, order, monkeypatch):
    dispatch_all()
    woken: list[str] = []
    monkeypatch.setattr(live, "publish", lambda topic, _payload: woken.append(topic))
    message_send(shop.sales, "order", order.pk, "Hm", internal=True)
    dispatch_all()
    assert woken == [f"talk:order:{order.pk}", f"talks:{order.seller_id}"]


def test_messages_and_their_files_stay_as_they_were_sent(shop, order):
    message_send(shop.dealer, "order", order.pk, "Hello", [upload()])
    for table in ("conversations_message", "conversations_messagefile"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_talk_takes_its_statements(shop, order, sql_count):
    message_send(shop.dealer, "order", order.pk, "Hello")
    with sql_count("message sent"):
        message_send(shop.sales, "order", order.pk, "Hello")
    for _ in range(3):
        one = shop.order(("ABC", 1))
        for _ in range(4):
            message_send(shop.dealer, "order", one.pk, "Hello", [upload()])
    with sql_count("order with its talk"):
        talk(shop.sales, order)
    fields = TALK.partition("conversation {")[2].removesuffix("} }")
    with sql_count("conversations with their messages"):
        ask(shop.sales, f"query {{ conversations(first: 50) {{ nodes {{ {fields} }} }}")


def test_the_check_sees_what_does_not_follow_from_the_messages(shop, order):
    message_send(shop.dealer, "order", order.pk, "Hello")
    for wrong in ({"last": 2}, {"seller_last_at": None}):
        with transaction.atomic():
            Conversation.objects.update(**wrong)
            assert [found.check for found in run_checks()] == [
                "conversations: places and last instants follow from the messages"
            ]
            transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lists(
        tuples(sampled_from(["seller", "buyer"]), sampled_from(["say", "aside", "read"]), integers(0, 9)), max_size=14
    )
)
def test_what_is_unread_is_what_others_wrote_after_the_mark_and_one_may_read(shop, order, steps):
    people = {"seller": shop.sales, "buyer": shop.dealer}
    with transaction.atomic():
        said: list[tuple[str, bool]] = []
        marks = {"seller": 0, "buyer": 0}
        for side, what, at in steps:
            readable = [n for n, (who, aside) in enumerate(said, 1) if who == side or not aside]
            if what != "read":
                said.append((side, what == "aside"))
                message_send(people[side], "order", order.pk, "x", internal=what == "aside")
                marks[side] = len(said)
            elif readable:
                chosen = readable[at % len(readable)]
                row = Message.objects.get(document_id=order.pk, seq=chosen)
                conversation_read(people[side], row.conversation_id, row.pk)
                marks[side] = max(marks[side], chosen)
        for side, actor in people.items():
            others = [n for n, (who, aside) in enumerate(said, 1) if who != side and not aside and n > marks[side]]
            assert unread(actor).filter(document_id=order.pk).count() == len(others)
        assert run_checks() == []
        transaction.set_rollback(True)
    assert not ReadMark.objects.filter(conversation__document_id=order.pk).exists()
