"""Notifications: who is told of what, once, and how it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from marketplace.notifications import tell
from marketplace.notifications.models import Notification
from marketplace.notifications.reading import choose, mark_read, text_of, unread_count
from marketplace.notifications.schema.notifications import NotificationReceived
from marketplace.parties.members import MemberDraft, create_member
from marketplace.parties.partnerships import move_partnership
from tests.factories import actor_of, make_actor, make_member, make_organization, make_partnership
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

LIST = """{ notifications { totalCount nodes {
    kind kindLabel title body status statusLabel documentKind document createdAt readAt } }
    notificationsUnreadCount notificationSettings { kind label topic enabled } }"""


def ask(actor: Actor, text: str, **variables: Any) -> dict[str, Any]:
    answer = execute(text, variables, actor=actor)
    assert not answer.errors, answer.errors
    return answer.data


@pytest.fixture
def seller():
    return make_organization("Xinghe Home")


@pytest.fixture
def owner(seller):
    return make_actor(seller, "seller_owner")


@pytest.fixture
def partnership(seller):
    return make_partnership(seller, "Yunqi Trading")


def test_those_with_the_permission_are_told_and_who_did_it_is_not(owner, seller):
    colleague, clerk = make_actor(seller, "seller_owner"), make_actor(seller, "seller_pricing")
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    dispatch_all()
    assert [unread_count(actor) for actor in (owner, colleague, clerk)] == [0, 1, 0]
    told = Notification.objects.get()
    assert (told.kind, told.document_kind, text_of(told).title) == (
        "member.joined", "Membership", "Wang Fang has joined your organization",
    )  # fmt: skip


def test_the_other_side_hears_in_its_own_language(owner, partnership):
    buyer = make_actor(partnership.downstream, "dealer_owner")
    stranger = make_actor(make_organization("Other", "dealer"), "dealer_owner")
    move_partnership(owner, partnership.pk, "suspend", "Overdue")
    dispatch_all()
    answer = ask(buyer, LIST)
    (told,) = answer["notifications"]["nodes"]
    assert told["title"] == "Xinghe Home takes no new orders from you for now"
    assert told["status"] == "UNREAD" and told["document"] == to_global_id("Partnership", partnership.pk)
    assert "Overdue" not in str(answer), "why is the upstream's own affair"
    with translation.override("zh-hans"):
        assert text_of(Notification.objects.get()).title != told["title"]
    assert ask(stranger, LIST)["notifications"]["totalCount"] == 0
    assert ask(owner, LIST)["notificationsUnreadCount"] == 0


def test_an_event_handed_on_again_tells_nobody_twice(owner, seller):
    make_actor(seller, "seller_owner")
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    dispatch_all()
    OutboxEvent.objects.update(dispatched_at=None)
    dispatch_all()
    assert Notification.objects.count() == 1


def test_of_what_is_long_past_nobody_is_told(owner, seller):
    colleague = make_actor(seller, "seller_owner")
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    OutboxEvent.objects.update(at=timezone.now() - tell.NEWS_FOR - timedelta(minutes=1))
    dispatch_all()
    assert unread_count(colleague) == 0


def test_a_kind_that_is_switched_off_is_not_told(owner, seller):
    colleague = make_actor(seller, "seller_owner")
    choose(colleague, {"member.joined": False})
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    dispatch_all()
    assert unread_count(colleague) == 0
    choose(colleague, {"member.joined": True})
    create_member(owner, MemberDraft("next@example.com", "Li Na"))
    dispatch_all()
    assert unread_count(colleague) == 1
    with raises(CoreErrorCode.INVALID, field="kind", index=0):
        choose(colleague, {"no.such": True})


def test_the_switches_on_offer_are_those_one_may_hear(owner, seller):
    clerk = make_actor(seller, "seller_warehouse")
    kinds = {one["kind"] for one in ask(owner, LIST)["notificationSettings"]}
    assert {"member.joined", "order.placed", "partnership.moved"} <= kinds and "bulletin.published" not in kinds
    assert "member.joined" not in {one["kind"] for one in ask(clerk, LIST)["notificationSettings"]}


def test_many_events_take_as_many_statements_as_one(seller, owner):
    seats = [make_member(seller, "seller_owner") for _n in range(3)]
    counts = []
    for number in (1, 40):
        joined = [make_member(seller) for _n in range(number)]
        events = [
            OutboxEvent(kind="member.created", aggregate="member", aggregate_id=seat.pk, organizations=[seller.pk],
                        at=timezone.now(), pk=1000 + seat.pk)
            for seat in joined
        ]  # fmt: skip
        with count_sql() as counter:
            tell.tell_people(events)
        counts.append(counter.count)
    assert counts[0] == counts[1] == 2, counter
    assert Notification.objects.filter(user__in=[seat.user_id for seat in seats]).count() == 3 * 41


def test_reading_is_ones_own_affair(owner, seller):
    colleague, third = make_actor(seller, "seller_owner"), make_actor(seller, "seller_owner")
    for number in range(3):
        create_member(owner, MemberDraft(f"new{number}@example.com", "Wang Fang"))
    dispatch_all()
    mine = list(Notification.objects.visible_to(colleague).values_list("pk", flat=True))
    assert mark_read(third, mine) == 0
    document = "mutation($ids: [ID!]) { notificationsRead(ids: $ids) { unreadCount errors { code } } }"
    first = to_global_id("Notification", mine[0])
    assert ask(colleague, document, ids=[first])["notificationsRead"] == {"unreadCount": 2, "errors": []}
    assert ask(colleague, document)["notificationsRead"]["unreadCount"] == 0
    assert unread_count(third) == 3
    unread = "mutation($ids: [ID!]) { notificationsRead(ids: $ids, unread: true) { unreadCount } }"
    assert ask(colleague, unread, ids=[first])["notificationsRead"]["unreadCount"] == 1
    only = "{ notifications(filter: {status: UNREAD}) { nodes { id status } } }"
    assert ask(colleague, only)["notifications"]["nodes"] == [{"id": first, "status": "UNREAD"}]


def test_the_list_takes_a_constant_number_of_statements(owner, seller):
    colleague = make_actor(seller, "seller_owner")
    counts = []
    for number in (1, 15):
        for n in range(number):
            create_member(owner, MemberDraft(f"{number}-{n}@example.com", "Wang Fang"))
        dispatch_all()
        with count_sql() as counter:
            ask(colleague, LIST)
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 5, counter


def test_in_a_partners_view_nothing_is_told(owner, partnership):
    move_partnership(owner, partnership.pk, "suspend", "Overdue")
    move_partnership(owner, partnership.pk, "resume")
    dispatch_all()
    seat = make_member(partnership.upstream, "seller_owner")
    assert Notification.objects.exists() is False or unread_count(actor_of(seat, partnership.downstream)) == 0


def test_who_listens_hears_after_the_commit(owner, seller, monkeypatch, django_capture_on_commit_callbacks):
    heard: list[Any] = []
    monkeypatch.setattr(tell, "publish_all", heard.extend)
    colleague = make_actor(seller, "seller_owner")
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    with django_capture_on_commit_callbacks(execute=True):
        dispatch_all()
    told = Notification.objects.get()
    assert heard == [(tell.topic_of(colleague.user_id, seller.pk), {"notification": told.pk})]


def test_a_listener_gets_the_newest_and_the_number_for_the_badge(owner, seller):
    colleague, other = make_actor(seller, "seller_owner"), make_actor(seller, "seller_warehouse")
    create_member(owner, MemberDraft("new@example.com", "Wang Fang"))
    dispatch_all()
    told = Notification.objects.get()
    assert NotificationReceived.topic(colleague) == tell.topic_of(colleague.user_id, seller.pk)
    event = NotificationReceived.event(colleague, {"notification": told.pk})
    assert (event.notification, event.unread_count) == (told, 1)
    assert NotificationReceived.event(other, {"notification": told.pk}) is None
    with raises(CoreErrorCode.NOT_FOUND):
        NotificationReceived.topic(Actor.system(seller))


def test_a_rule_of_an_event_whose_row_is_gone_tells_nobody(seller):
    record(Actor.system(seller), DomainEvent("member.created", "member", 0, (seller.pk,)))
    assert not dispatch_all().failed
