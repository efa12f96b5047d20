"""Partnerships: recorded by the seller, in as many statements for a thousand as for one, invisible to third parties."""

import pytest

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.graphql import execute, to_global_id
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.many_partners import sort_partnerships
from marketplace.parties.models import Organization, Partnership
from marketplace.parties.partnerships import (
    PartnerDraft,
    create_partnership,
    create_partnerships,
    move_partnership,
    update_partnership,
)
from marketplace.parties.terms import terms_text
from tests.factories import make_actor, make_grade, make_groups, make_member, make_organization, make_partnership
from tests.refusals import raises


def test_a_recorded_partner_is_an_unclaimed_organization_with_a_dealers_roles(owner, seller):
    grade = make_grade(seller)
    partnership = create_partnership(owner, PartnerDraft("D1", "锦里商贸", terms={"grade_id": grade.pk}))
    dealer = partnership.downstream
    assert (dealer.status, dealer.buys, dealer.sells) == ("unclaimed", True, False)
    assert (partnership.currency, partnership.grade, partnership.status) == ("CNY", grade, "active")
    assert make_actor(dealer, "dealer_buyer").organization == dealer
    assert OutboxEvent.objects.filter(kind="partnership.created", aggregate_id=partnership.pk).count() == 1


@pytest.mark.parametrize("count", [1, 40])
def test_partners_are_recorded_in_a_constant_number_of_statements(owner, count, sql_count):
    with sql_count("partners recorded"):
        create_partnerships(owner, [PartnerDraft(f"D{n}", f"Dealer {n}") for n in range(count)])
    assert Partnership.objects.count() == count


def test_all_problems_of_all_drafts_are_told_and_nothing_is_written(owner, seller, stranger):
    make_partnership(seller, code="TAKEN")
    theirs = make_grade(stranger.organization)
    before = Organization.objects.count()
    drafts = [
        PartnerDraft("OK", "Fine"),
        PartnerDraft("TAKEN", ""),
        PartnerDraft("OK", "Twice", currency="yuan"),
        PartnerDraft("D3", "Days", terms={"payment_days": 999, "grade_id": theirs.pk, "short_policy": "never"}),
        PartnerDraft("D4", organization_id=stranger.organization_id),
        PartnerDraft("D5", organization_id=seller.pk),
    ]
    with raises(CoreErrorCode.DUPLICATE, "code", 1) as refusal:
        create_partnerships(owner, drafts)
    found = {(error.code.name, error.field, error.index) for error in refusal.errors}
    assert found == {
        ("DUPLICATE", "code", 1),
        ("REQUIRED", "name", 1),
        ("INVALID", "currency", 2),
        ("DUPLICATE", "code", 2),
        ("INVALID", "payment_days", 3),
        ("NOT_FOUND", "grade", 3),
        ("INVALID", "short_policy", 3),
        ("NOT_FOUND", "organization", 4),
        ("PARTNERSHIP_SELF", "organization", 5),
    }
    assert Organization.objects.count() == before


def test_a_supplier_may_also_become_a_dealer(dealer, seller):
    upwards = create_partnership(
        make_actor(dealer.organization, "dealer_owner", "seller_owner")
        if dealer.organization.sells
        else Actor.system(dealer.organization),
        PartnerDraft("X1", organization_id=seller.pk),
    )
    seller.refresh_from_db()
    assert (upwards.downstream, seller.buys) == (seller, True)


def test_a_partner_is_a_partner_once(owner, partnership):
    with raises(CoreErrorCode.DUPLICATE, field="organization", index=0):
        create_partnership(owner, PartnerDraft("D9", organization_id=partnership.downstream_id))


def test_terms_are_changed_one_by_one(owner, seller, partnership):
    group = make_groups(seller, "EAST")[0]
    update_partnership(owner, partnership.pk, {"group_id": group.pk, "payment_days": 45})
    partnership.refresh_from_db()
    assert (partnership.group, partnership.payment_days, partnership.payment_method) == (group, 45, "on_account")
    make_partnership(seller, "Jinli", code="J")
    with raises(CoreErrorCode.DUPLICATE, field="code"):
        update_partnership(owner, partnership.pk, {"code": "J"})
    with raises(CoreErrorCode.NOT_FOUND, field="sales_rep"):
        update_partnership(owner, partnership.pk, {"sales_rep_id": make_member(partnership.downstream).pk})


def test_suspending_and_terminating_say_why(owner, partnership):
    with raises(PartiesErrorCode.REASON_REQUIRED, field="reason"):
        move_partnership(owner, partnership.pk, "suspend", " ")
    assert move_partnership(owner, partnership.pk, "suspend", "Overdue").status == "suspended"
    assert move_partnership(owner, partnership.pk, "resume").status == "active"
    assert move_partnership(owner, partnership.pk, "terminate", "Closed shop").status_reason == "Closed shop"
    with raises(CoreErrorCode.INVALID_TRANSITION):
        move_partnership(owner, partnership.pk, "suspend", "Late")
    assert move_partnership(owner, partnership.pk, "renew").status == "active"
    payloads = OutboxEvent.objects.filter(aggregate="partnership").values_list("payload", flat=True)
    assert not any("Overdue" in str(payload) for payload in payloads)


def test_only_the_upstream_writes_and_only_with_the_permission(dealer, partnership, seller, stranger):
    seller_clerk = make_actor(seller, "seller_finance")
    for actor, code in ((seller_clerk, CoreErrorCode.PERMISSION_DENIED), (dealer, CoreErrorCode.PERMISSION_DENIED)):
        with raises(code):
            update_partnership(actor, partnership.pk, {"payment_days": 1})
    for actor in (stranger, make_actor(make_organization("Other"))):
        with raises(CoreErrorCode.NOT_FOUND, field="id"):
            move_partnership(actor, partnership.pk, "terminate", "because")


def test_a_partnership_is_there_for_its_two_sides_only(owner, dealer, stranger, partnership):
    other = make_partnership(partnership.upstream, "Jinli")
    assert set(Partnership.objects.visible_to(owner)) == {partnership, other}
    assert set(Partnership.objects.visible_to(dealer)) == {partnership}
    assert not Partnership.objects.visible_to(stranger)
    assert not Partnership.objects.visible_to(Actor.anonymous())
    names = set(Organization.objects.visible_to(dealer).values_list("name", flat=True))
    assert names == {"Xinghe Home", "Yunqi Trading"}


def test_terms_read_as_people_say_them(partnership):
    from django.utils.translation import override

    assert terms_text(partnership) == "On account, 30 days"
    partnership.payment_days = 1
    assert terms_text(partnership) == "On account, 1 day"
    with override("zh-hans"):
        assert terms_text(partnership) == "赊销，1 天"
    partnership.payment_method = "on_delivery"
    assert terms_text(partnership) == "On delivery"


def test_a_partner_that_no_row_can_hold_is_refused_by_name(owner):
    create_partnership(owner, PartnerDraft("D1", "Here"))
    drafts = [
        PartnerDraft("D2", "Country", country="ZZZZ"),
        PartnerDraft("D3", "Zone", time_zone="Mars/Phobos"),
        PartnerDraft("D4", "Language", language="tlh"),
        PartnerDraft(" D1 ", "Blanks around a code that is taken"),
    ]
    with raises(CoreErrorCode.INVALID, "country", 0) as refusal:
        create_partnerships(owner, drafts)
    found = {(error.code.name, error.field, error.index) for error in refusal.errors}
    assert found == {
        ("INVALID", "country", 0),
        ("INVALID", "time_zone", 1),
        ("INVALID", "language", 2),
        ("DUPLICATE", "code", 3),
    }


def test_a_partner_does_not_learn_its_grade_by_trying(owner, seller):
    grade = make_grade(seller)
    partnership = make_partnership(seller, "Jinli", grade=grade)
    tried = "query($g: [ID!]) { partnerships(first: 5, filter: {grade: $g}) { totalCount } }"
    counts = [
        execute(tried, {"g": [to_global_id("PartnerGrade", grade.pk)]}, actor=actor).data["partnerships"]["totalCount"]
        for actor in (owner, make_actor(partnership.downstream, "dealer_owner"))
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize("count", [1, 40])
def test_many_partners_are_sorted_in_a_constant_number_of_statements(owner, seller, count, sql_count):
    ids = [make_partnership(seller).pk for _ in range(count)]
    grade = make_grade(seller)
    with sql_count("partners sorted"):
        rows = sort_partnerships(owner, ids, {"grade_id": grade.pk})
    assert [row.pk for row in rows] == ids
    assert Partnership.objects.filter(grade=grade).count() == count
    told = OutboxEvent.objects.filter(kind="partnership.changed")
    assert told.count() == count
    assert sort_partnerships(owner, ids, {"grade_id": None})[0].grade_id is None


def test_of_partners_to_sort_none_changes_where_one_is_not_ones_own(owner, seller, stranger):
    mine, grade = make_partnership(seller), make_grade(seller)
    theirs = make_partnership(stranger.organization)
    with raises(CoreErrorCode.NOT_FOUND, "ids", 1):
        sort_partnerships(owner, [mine.pk, theirs.pk], {"grade_id": grade.pk})
    with raises(CoreErrorCode.NOT_FOUND, "grade"):
        sort_partnerships(owner, [mine.pk], {"grade_id": make_grade(stranger.organization).pk})
    with raises(CoreErrorCode.REQUIRED, "group"):
        sort_partnerships(owner, [mine.pk], {})
    mine.refresh_from_db()
    assert mine.grade_id is None
