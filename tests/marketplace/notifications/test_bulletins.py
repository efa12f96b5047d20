"""Bulletins reach their audience, in their window, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from marketplace.notifications.bulletins import (
    announce_due,
    delete_bulletin,
    mark_bulletins_read,
    publish_bulletin,
    withdraw_bulletin,
    write_bulletin,
)
from marketplace.notifications.errors import NotificationsErrorCode
from marketplace.notifications.models import Bulletin, Notification
from marketplace.notifications.reading import unread_count
from marketplace.parties.models import Partnership
from tests.factories import actor_of, make_actor, make_grade, make_groups, make_member, make_organization
from tests.factories import make_partnership as trade
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

LIST = """{ bulletins { totalCount nodes {
    id title body seller { name } isRead isPinned audienceLevel readerCount status } } }"""


def ask(actor, text, **variables) -> dict[str, Any]:
    answer = execute(text, variables, actor=actor)
    assert not answer.errors, answer.errors
    return answer.data


def titles(actor) -> list[str]:
    return [one["title"] for one in ask(actor, LIST)["bulletins"]["nodes"]]


@pytest.fixture
def world():
    """A seller with a partner in each of two groups, one below the other, and one graded, outside of them."""

    class World:
        seller = make_organization("Xinghe Home")
        owner = make_actor(seller, "seller_owner")
        china, east = make_groups(seller, "CHINA", "EAST")
        grade = make_grade(seller)
        yunqi = trade(seller, "Yunqi Trading", group=east)
        jinli = trade(seller, "Jinli Trading", group=china)
        harbour = trade(seller, "Harbour Wholesale", grade=grade)

        def reader(self, partnership: Partnership):
            return make_actor(partnership.downstream, "dealer_buyer")

        def published(self, title: str, **values: Any) -> Bulletin:
            row = write_bulletin(
                self.owner, {"title_en": title, "title_zh": f"{title} 中文", "body_en": "Text", **values}
            )
            return publish_bulletin(self.owner, row.pk)

    return World()


def test_each_reads_what_is_for_it(world):
    world.published("All")
    world.published("China and below", group_id=world.china.pk)
    world.published("East", group_id=world.east.pk)
    world.published("Graded", grade_id=world.grade.pk)
    world.published("Jinli alone", partnership_id=world.jinli.pk)
    write_bulletin(world.owner, {"title_en": "Draft"})
    assert sorted(titles(world.reader(world.yunqi))) == ["All", "China and below", "East"]
    assert sorted(titles(world.reader(world.jinli))) == ["All", "China and below", "Jinli alone"]
    assert sorted(titles(world.reader(world.harbour))) == ["All", "Graded"]
    assert titles(make_actor(make_organization("Other", "dealer"), "dealer_owner")) == []
    assert len(titles(world.owner)) == 6


def test_the_audience_is_the_sellers_own_affair(world):
    world.published("East", group_id=world.east.pk)
    (node,) = ask(world.reader(world.yunqi), LIST)["bulletins"]["nodes"]
    assert (node["audienceLevel"], node["readerCount"]) == (None, None)
    assert ask(world.owner, LIST)["bulletins"]["nodes"][0]["audienceLevel"] == "GROUP"


def test_outside_of_its_window_nobody_reads_it(world):
    now = timezone.now()
    world.published("Later", valid_from=now + timedelta(days=1))
    ended = world.published("Ended", valid_to=now + timedelta(days=1))
    Bulletin.objects.filter(pk=ended.pk).update(valid_from=now - timedelta(days=2), valid_to=now - timedelta(days=1))
    reader = world.reader(world.yunqi)
    assert titles(reader) == []
    with raises(NotificationsErrorCode.WINDOW_EMPTY, field="valid_to"):
        publish_bulletin(world.owner, withdraw_bulletin(world.owner, ended.pk).pk)


def test_readers_are_told_when_the_window_opens_and_once(world):
    reader = world.reader(world.yunqi)
    row = world.published("Later", valid_from=timezone.now() + timedelta(days=1))
    dispatch_all()
    assert (announce_due(), unread_count(reader)) == (0, 0)
    Bulletin.objects.filter(pk=row.pk).update(valid_from=timezone.now() - timedelta(minutes=1))
    assert announce_due() == 1
    dispatch_all()
    assert unread_count(reader) == 1
    withdraw_bulletin(world.owner, row.pk)
    publish_bulletin(world.owner, row.pk)
    dispatch_all()
    assert (announce_due(), unread_count(reader)) == (0, 1)
    told = Notification.objects.visible_to(reader).get()
    assert (told.document_kind, told.document_id) == ("Bulletin", row.pk)


def test_a_hundred_partners_are_told_in_two_statements(world):
    from marketplace.core.models import OutboxEvent
    from marketplace.notifications.tell import tell_people

    for number in range(10):
        world.reader(trade(world.seller, f"Dealer {number}"))
    row = world.published("All")
    events = list(OutboxEvent.objects.filter(kind="bulletin.announced", aggregate_id=row.pk))
    with count_sql() as counter:
        tell_people(events)
    assert counter.count == 2, counter
    assert Notification.objects.count() == 10


def test_a_withdrawn_one_is_gone_and_a_draft_can_be_deleted(world):
    reader = world.reader(world.yunqi)
    row = world.published("News")
    assert titles(reader) == ["News"]
    withdraw_bulletin(world.owner, row.pk)
    assert titles(reader) == []
    with raises(CoreErrorCode.INVALID_TRANSITION):
        delete_bulletin(world.owner, row.pk)
    draft = write_bulletin(world.owner, {"title_en": "Draft"})
    delete_bulletin(world.owner, draft.pk)
    assert not Bulletin.objects.filter(pk=draft.pk).exists()


def test_what_is_wrong_is_told_at_once(world):
    other = make_groups(make_organization("Other"), "X")[0]
    now = timezone.now()
    with raises(CoreErrorCode.REQUIRED, field="title_zh") as refusal:
        write_bulletin(
            world.owner,
            {"valid_from": now, "valid_to": now, "group_id": other.pk, "grade_id": world.grade.pk},
        )
    assert {error.code.name for error in refusal.errors} == {
        "REQUIRED",
        "WINDOW_EMPTY",
        "AUDIENCE_INVALID",
        "NOT_FOUND",
    }
    with raises(CoreErrorCode.PERMISSION_DENIED):
        write_bulletin(make_actor(world.seller, "seller_warehouse"), {"title_en": "News"})
    assert not Bulletin.objects.exists()


def test_read_marks_are_each_persons_own(world):
    row, foreign = world.published("News"), world.published("Jinli alone", partnership_id=world.jinli.pk)
    reader, colleague = world.reader(world.yunqi), world.reader(world.yunqi)
    assert mark_bulletins_read(reader, [row.pk, foreign.pk]) == 1
    assert mark_bulletins_read(reader, [row.pk]) == 1
    assert [ask(one, LIST)["bulletins"]["nodes"][0]["isRead"] for one in (reader, colleague)] == [True, False]
    unread = "{ bulletins(filter: {isRead: false}) { totalCount } }"
    assert ask(reader, unread)["bulletins"]["totalCount"] == 0
    shown = {one["title"]: one["readerCount"] for one in ask(world.owner, LIST)["bulletins"]["nodes"]}
    assert shown == {"News": 1, "Jinli alone": 0}


def test_the_seller_sees_with_a_partners_eyes_what_the_partner_reads(world):
    world.published("East", group_id=world.east.pk)
    world.published("Jinli alone", partnership_id=world.jinli.pk)
    seat = make_member(world.seller, "seller_owner")
    assert titles(actor_of(seat, world.yunqi.downstream)) == ["East"]


def test_pinned_ones_come_first_and_the_list_takes_a_constant_number_of_statements(world):
    reader = world.reader(world.yunqi)
    counts = []
    for number in (1, 12):
        for n in range(number):
            world.published(f"{number}-{n}", is_pinned=n == 3)
        with count_sql() as counter:
            nodes = ask(reader, LIST)["bulletins"]["nodes"]
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 5, counter
    assert nodes[0]["title"] == "12-3"


def test_the_mutations_write_publish_and_withdraw(world):
    write = """mutation($input: BulletinInput!) { bulletinWrite(input: $input) {
        bulletin { id status group { code } validTo } errors { field code } } }"""
    group = to_global_id("PartnerGroup", world.east.pk)
    made = ask(world.owner, write, input={"titleEn": "News", "group": group})["bulletinWrite"]["bulletin"]
    assert (made["status"], made["group"]) == ("DRAFT", {"code": "EAST"})
    wide = ask(world.owner, write, input={"id": made["id"], "group": None})["bulletinWrite"]["bulletin"]
    assert wide["group"] is None
    for verb, status in (("Publish", "PUBLISHED"), ("Withdraw", "WITHDRAWN")):
        text = f"mutation($id: ID!) {{ bulletin{verb}(id: $id) {{ bulletin {{ status }} errors {{ code }} }} }}"
        assert ask(world.owner, text, id=made["id"])[f"bulletin{verb}"]["bulletin"]["status"] == status
