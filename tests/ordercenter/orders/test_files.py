"""Files on orders: who adds, who sees, who takes away, and what the order's story tells of it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client

from marketplace.attachments.add import attachment_add, attachments_add
from marketplace.attachments.errors import AttachmentErrorCode as Code
from marketplace.attachments.models import Attachment
from marketplace.attachments.remove import attachment_remove
from marketplace.core.errors import CoreErrorCode
from marketplace.core.verify import run_checks
from marketplace.graphql import execute, to_global_id
from marketplace.graphql.tokens import make_access_token
from marketplace.parties.documents import find_document
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import decline
from ordercenter.orders.models import OrderEvent
from tests.factories import actor_of, make_actor, make_member, make_stranger
from tests.marketplace.attachments.files import PDF, picture, upload
from tests.ordercenter.orders.ask import ask
from tests.refusals import raises

FILES = """query($id: ID!) { order(id: $id) { attachments(first: 50) { totalCount edges { node {
  name contentType size url thumbnailUrl audience audienceLabel internal canRemove addedByName sha256
  document { id } } } } } }"""


@pytest.fixture
def order(shop) -> Any:
    shop.sells("ABC", "10", 5)
    return shop.order(("ABC", 2))


def gid(row: Any, name: str | None = None) -> str:
    return to_global_id(name or type(row).__name__, row.pk)


def files(actor: Any, order: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in ask(actor, FILES, id=gid(order))["order"]["attachments"]["edges"]]


def fetch(actor: Any, url: str) -> Any:
    token = make_access_token(actor.user_id, actor.organization_id, 0)
    return Client().get(url, headers={"Authorization": f"Bearer {token}"})


def test_a_file_is_seen_by_both_sides_and_told_in_the_story(shop, order):
    added = attachment_add(shop.dealer, "order", order.pk, upload("报价单.pdf"))
    for actor, mine, name in ((shop.dealer, True, shop.dealer.user.name), (shop.sales, False, "Yunqi")):
        (file,) = files(actor, order)
        assert (file["name"], file["contentType"], file["size"]) == ("报价单.pdf", "application/pdf", len(PDF))
        assert (file["internal"], file["canRemove"], file["addedByName"]) == (False, mine, name)
        assert file["sha256"] == hashlib.sha256(PDF).hexdigest()
        assert file["document"] == {"id": gid(order)}
    timeline = """query($id: ID!) { order(id: $id) { timeline { edges { node { message document {
      id ... on Attachment { name } } } } } } }"""
    step = ask(shop.sales, timeline, id=gid(order))["order"]["timeline"]["edges"][-1]["node"]
    assert step["message"] == "File added: 报价单.pdf"
    assert step["document"] == {"id": gid(added), "name": "报价单.pdf"}
    assert run_checks() == []


def test_an_internal_file_stays_on_its_side_even_for_who_looks_with_its_eyes(shop, order):
    added = attachment_add(shop.dealer, "order", order.pk, upload("margin.pdf"), internal=True)
    viewer = actor_of(make_member(shop.seller, "seller_owner"), on_behalf_of=shop.buyer.downstream)
    assert [file["internal"] for file in files(shop.dealer, order)] == [True]
    for other in (shop.sales, viewer):
        assert files(other, order) == []
        assert Attachment.objects.visible_to(other).count() == 0
        assert not OrderEvent.objects.visible_to(other).filter(kind="order.file_added").exists()
    assert fetch(shop.dealer, f"/attachments/{added.pk}/file").status_code == 200
    assert fetch(shop.sales, f"/attachments/{added.pk}/file").status_code == 404
    mine = attachment_add(shop.sales, "order", order.pk, upload("credit.pdf"), internal=True)
    assert mine.visible == "seller"
    assert [file["name"] for file in files(shop.dealer, order)] == ["margin.pdf"]


def test_a_stranger_and_a_colleague_without_the_permission_see_nothing(shop, order):
    added = attachment_add(shop.dealer, "order", order.pk, upload())
    stranger, clerk = make_stranger(), actor_of(make_member(shop.seller))
    for actor in (stranger, clerk):
        assert fetch(actor, f"/attachments/{added.pk}/file").status_code == 404
        assert execute("query($i: ID!) { node(id: $i) { id } }", {"i": gid(added)}, actor=actor).data == {"node": None}
        with raises(CoreErrorCode.NOT_FOUND):
            attachment_add(actor, "order", order.pk, upload())
    assert Client().get(f"/attachments/{added.pk}/file").status_code == 404


def test_a_file_is_kept_and_never_shown_as_a_page(shop, order):
    sent = picture()
    kept = attachments_add(
        shop.sales, find_document(shop.sales, "order", order.pk), [upload("a.png", sent), upload("b.txt", b"hello")]
    )
    for row, content_type, shown in zip(kept, ("image/png", "text/plain"), ("inline", "attachment"), strict=True):
        answer = fetch(shop.dealer, f"/attachments/{row.pk}/file")
        assert answer["Content-Type"] == content_type
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert fetch(shop.dealer, f"/attachments/{row.pk}/file?show")["Content-Disposition"].startswith(shown)
    (found,) = [file for file in files(shop.dealer, order) if file["thumbnailUrl"]]
    assert b"".join(fetch(shop.dealer, found["thumbnailUrl"]).streaming_content)[:4] == b"RIFF"
    assert b"".join(fetch(shop.dealer, found["url"]).streaming_content) == sent
    assert fetch(shop.dealer, f"/attachments/{kept[1].pk}/thumbnail").status_code == 404


def test_bad_files_are_refused_all_at_once_and_nothing_is_kept(shop, order, settings):
    settings.ATTACHMENT_MEGABYTES = 1
    document = find_document(shop.dealer, "order", order.pk)
    bad = [
        upload("good.pdf"),
        upload("empty.pdf", b""),
        upload("large.pdf", PDF + bytes(1024 * 1024)),
        upload("page.html", b"<html>"),
        upload("sheet.xlsx", PDF),
    ]
    with raises(Code.FILE_EMPTY, index=1) as refusal:
        attachments_add(shop.dealer, document, bad)
    found = [(error.code.name, error.index) for error in refusal.errors]
    assert found == [("FILE_EMPTY", 1), ("FILE_TOO_LARGE", 2), ("FILE_TYPE", 3), ("FILE_TYPE", 4)]
    assert not Attachment.objects.exists()
    assert stored() == []


def stored() -> list[str]:
    """Every file in the storage."""
    found: list[str] = []
    waiting = ["attachments"] if default_storage.exists("attachments") else []
    while waiting:
        folder = waiting.pop()
        folders, names = default_storage.listdir(folder)
        waiting += [f"{folder}/{name}" for name in folders]
        found += [f"{folder}/{name}" for name in names]
    return found


def test_a_failed_writing_takes_its_files_out_of_the_storage_again(shop, order, monkeypatch):
    def fail(*_args: Any, **_options: Any) -> None:
        raise DatabaseError("no")

    monkeypatch.setattr("marketplace.attachments.add.tell_document", fail)
    with pytest.raises(DatabaseError), transaction.atomic():
        attachment_add(shop.dealer, "order", order.pk, upload("a.png", picture()))
    assert stored() == []


def test_who_added_a_file_takes_it_away_and_nobody_else(shop, order, django_capture_on_commit_callbacks):
    added = attachment_add(shop.dealer, "order", order.pk, upload("a.png", picture()))
    colleague = make_actor(shop.buyer.downstream, "dealer_owner")
    for other in (colleague, shop.sales):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            attachment_remove(other, added.pk)
    with raises(CoreErrorCode.NOT_FOUND):
        attachment_remove(make_stranger(), added.pk)
    assert len(stored()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        data = ask(
            shop.dealer,
            "mutation($i: ID!) { attachmentRemove(id: $i) { document { id } errors { code } } }",
            i=gid(added),
        )
    assert data == {"attachmentRemove": {"document": {"id": gid(order)}, "errors": []}}
    assert stored() == []
    assert files(shop.dealer, order) == []
    told = OrderEvent.objects.filter(order=order).latest("seq")
    assert (told.kind, told.data["file"]) == ("order.file_removed", "a.png")
    added.refresh_from_db()
    assert added.removed_by_id == shop.dealer.user_id
    assert run_checks() == []


def test_a_file_of_an_order_that_has_ended_stays(shop, order):
    added = attachment_add(shop.dealer, "order", order.pk, upload())
    decline(shop.sales, order.pk, "No")
    with raises(Code.DOCUMENT_ENDED):
        attachment_remove(shop.dealer, added.pk)
    assert attachment_add(shop.sales, "order", order.pk, upload("why.pdf")).pk  # papers still come in


def test_deliveries_have_files_and_the_order_tells_of_them(shop, order):
    from ordercenter.orders.confirm import confirm

    confirm(shop.sales, order.pk)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk))
    data = ask(
        shop.sales,
        """mutation($d: ID!, $f: Upload!) { attachmentAdd(document: $d, file: $f) {
          attachment { document { id ... on Shipment { number } } } errors { code } } }""",
        d=gid(shipment), f=upload("waybill.png", picture()),
    )["attachmentAdd"]  # fmt: skip
    assert data["attachment"]["document"]["number"] == shipment.number
    document = """query($i: ID!) { order(id: $i) { shipments { attachments { edges { node { name } } } }
      timeline { edges { node { kind document { id } } } } } }"""
    seen = ask(shop.dealer, document, i=gid(order))["order"]
    assert seen["shipments"][0]["attachments"]["edges"][0]["node"]["name"] == "waybill.png"
    steps = {edge["node"]["kind"]: edge["node"]["document"] for edge in seen["timeline"]["edges"]}
    assert steps["order.shipped"] == {"id": gid(shipment)}
    assert steps["order.file_added"] is not None


def test_twenty_files_take_as_many_statements_as_one(shop, order, sql_count):
    document = find_document(shop.dealer, "order", order.pk)
    with sql_count("files put on an order"):
        attachments_add(shop.dealer, document, [upload()])
    with sql_count("files put on an order"):
        attachments_add(shop.dealer, document, [upload(f"{number}.pdf") for number in range(20)])
    orders = [shop.order(("ABC", 1)) for _ in range(3)]
    for one in orders:
        attachments_add(shop.sales, find_document(shop.sales, "order", one.pk), [upload()] * 3)
    everything = FILES.replace("query($id: ID!) { order(id: $id) {", "query { orders { nodes {").replace(
        "} }", "} } }", 1
    )
    with sql_count("orders with their files"):
        ask(shop.dealer, everything)
