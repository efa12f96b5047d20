"""The audit log: every change with before and after, for those whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.timezone import now

from marketplace.audit.keep import keep
from marketplace.audit.models import AuditEntry
from marketplace.audit.verify import kept
from marketplace.catalog.products import product_create, product_update
from marketplace.catalog.units import common_units
from marketplace.core.actor import Actor
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from marketplace.parties.members import set_member_roles
from marketplace.parties.models import Role
from marketplace.parties.nodes import GROUPS, create_node, delete_node
from marketplace.parties.organizations import update_organization
from marketplace.parties.partnerships import update_partnership
from tests.factories import make_actor, make_groups, make_member, make_organization, make_partnership
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

LOG = """query($filter: AuditEntryFilter) { auditLog(filter: $filter) { totalCount nodes {
    at kind kindLabel verb verbLabel actorName actorOrganizationName documentKind documentKindLabel document
    documentName changes { field label before after } } } }"""


def log(reader: Actor, **narrow: Any) -> list[dict[str, Any]]:
    dispatch_all()
    answer = execute(LOG, {"filter": narrow or None}, actor=reader)
    assert not answer.errors, answer.errors
    return answer.data["auditLog"]["nodes"]


@pytest.fixture
def seller():
    return make_organization("Xinghe Home")


@pytest.fixture
def owner(seller):
    return make_actor(seller, "seller_owner")


def test_a_change_is_told_field_by_field_in_the_readers_language(owner, seller):
    update_organization(owner, {"name": "Xinghe", "currency": "USD", "name_zh": "星河"})
    entry = log(owner, kind=["organization.changed"])[0]
    assert [(one["label"], one["before"], one["after"]) for one in entry["changes"]] == [
        ("Name", "Xinghe Home", "Xinghe"),
        ("Name in Chinese", "", "星河"),
        ("Currency", "CNY", "USD"),
    ]
    assert (entry["actorName"], entry["documentName"], entry["document"]) == (
        owner.user.name, "Xinghe", to_global_id("Organization", seller.pk),
    )  # fmt: skip
    with translation.override("zh-hans"):
        assert log(owner, kind=["organization.changed"])[0]["changes"][0]["label"] == "名称"


def test_keys_are_written_as_names_and_choices_as_their_labels(owner, seller):
    partnership = make_partnership(seller, "Yunqi Trading")
    _china, east = make_groups(seller, "CHINA", "EAST")
    update_partnership(owner, partnership.pk, {"group_id": east.pk, "price_scope": "own", "payment_days": 60})
    entry = log(owner, documentKind=["partnership"])[0]
    changes = {one["field"]: (one["label"], one["before"], one["after"]) for one in entry["changes"]}
    assert changes == {
        "group_id": ("Partner group", "", east.name),
        "price_scope": ("Price scope", "All price lists", "Own price lists only"),
        "payment_days": ("Days to pay", "30", "60"),
    }
    assert entry["documentName"] == "Yunqi Trading"


def test_the_other_side_reads_that_it_was_changed_and_not_what(owner, seller):
    partnership = make_partnership(seller, "Yunqi Trading")
    update_partnership(owner, partnership.pk, {"payment_days": 60, "code": "SECRET"})
    dealer = make_actor(partnership.downstream, "dealer_owner")
    (entry,) = log(dealer, kind=["partnership.changed"])
    assert (entry["changes"], entry["actorName"], entry["actorOrganizationName"]) == ([], None, "Xinghe Home")
    assert entry["documentName"] == "Xinghe Home"
    assert "SECRET" not in str(entry)


def test_what_was_deleted_keeps_its_name(owner, seller):
    group = create_node(owner, GROUPS, {"code": "EAST", "name_en": "East"})
    delete_node(owner, GROUPS, group.pk)
    gone = log(owner, kind=["partner_group.changed"])[0]
    assert (gone["verb"], gone["verbLabel"], gone["documentName"]) == ("deleted", "Deleted", "East")


def test_roles_of_a_member_are_told_before_and_after(owner, seller):
    seat = make_member(seller, "seller_sales")
    finance = Role.objects.get(organization=seller, preset="seller_finance")
    set_member_roles(owner, seat.pk, [finance.pk])
    (change,) = log(owner, kind=["member.changed"])[0]["changes"]
    assert (change["before"], change["after"]) == ("seller_sales", "seller_finance")


def test_a_products_change_tells_old_and_new_texts(owner):
    common_units()
    product = product_create(owner, {"name_en": "Pan", "name_zh": "锅"}, sku="PAN-1")
    product_update(owner, product.pk, {"name_en": "Frying pan"})
    entry = log(owner, document=to_global_id("Product", product.pk))[0]
    assert [(one["before"], one["after"]) for one in entry["changes"]] == [("Pan", "Frying pan")]


def test_others_and_those_without_the_permission_read_nothing(owner, seller):
    update_organization(owner, {"name": "Xinghe"})
    dispatch_all()
    clerk = make_actor(seller, "seller_warehouse")
    assert execute(LOG, {}, actor=clerk).errors[0].code == "PERMISSION_DENIED"
    assert log(make_actor(make_organization("Other"), "seller_owner"), kind=["organization.changed"]) == []


def test_the_log_is_filtered_by_person_and_time(owner, seller):
    other = make_actor(seller, "seller_owner")
    update_organization(owner, {"name": "One"})
    update_organization(other, {"name": "Two"})
    mine = log(owner, actor=[to_global_id("User", owner.user_id)])
    assert [one["changes"][0]["after"] for one in mine if one["kind"] == "organization.changed"] == ["One"]
    assert log(owner, at={"lt": "2020-01-01T00:00:00Z"}) == []


def test_an_entry_is_kept_once_and_for_good(owner):
    update_organization(owner, {"name": "One"})
    dispatch_all()
    before = AuditEntry.objects.count()
    keep(list(OutboxEvent.objects.all()))
    assert AuditEntry.objects.count() == before
    for write in (lambda: AuditEntry.objects.update(kind="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_the_log_takes_as_many_statements_for_fifty_entries_as_for_one(owner, seller):
    counts = []
    for number in (1, 20):
        for n in range(number):
            partnership = make_partnership(seller, f"Dealer {number}-{n}")
            update_partnership(
                owner, partnership.pk, {"payment_days": 60, "group_id": make_groups(seller, f"G{number}{n}")[0].pk}
            )
        dispatch_all()
        with count_sql() as counter:
            execute(LOG, {"filter": {"kind": ["partnership.changed"]}}, actor=owner)
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 8, counter


def test_a_batch_of_events_is_kept_in_one_statement(owner):
    for number in range(20):
        create_node(owner, GROUPS, {"code": f"G{number}", "name_en": "Group"})
    events = list(OutboxEvent.objects.all())
    with count_sql() as counter:
        keep(events)
    assert counter.count == 1


def test_verify_finds_an_event_that_is_in_nobodys_log(owner, seller):
    update_organization(owner, {"name": "One"})
    dispatch_all()
    assert list(kept()) == []
    OutboxEvent.objects.create(
        kind="unit.changed", aggregate="unit", aggregate_id=1, organizations=[seller.pk], at=now(), dispatched_at=now()
    )
    assert [difference.found for difference in kept()] == ["none"]
