"""Sheets from upload to download, through the schema and over HTTP."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from marketplace.core.errors import CoreErrorCode
from marketplace.core.imports import ImportPhase
from marketplace.core.models import JobStatus
from marketplace.core.sheets import open_sheet, write_xlsx
from marketplace.graphql.tokens import make_access_token
from marketplace.parties.models import Membership, Role
from ordercenter.pricing.export import price_sheet
from ordercenter.pricing.imports import run
from ordercenter.pricing.imports.progress import Progress, topic
from ordercenter.pricing.models import PriceImport, PriceRow
from ordercenter.pricing.schema.imports import PriceImportProgress
from tests.ordercenter.pricing.test_rows import now
from tests.ordercenter.pricing.test_schema import gid
from tests.ordercenter.pricing.test_schema import run as ask
from tests.refusals import raises
from tests.threads import at_once

START = """mutation($list: ID!, $file: Upload!, $mode: PriceImportMode) {
    priceImportStart(priceList: $list, file: $file, mode: $mode) { priceImport { id } errors { field code } } }"""

SHOW = """query($id: ID!) { priceImport(id: $id) {
    fileName modeLabel status phase phaseLabel rowsDone rowsTotal newCount changedCount unchangedCount endedCount
    errorCount warningCount errors(first: 5) { row column code message value } largestChanges { sku label old new }
    errorFileUrl canApply canCancel canRevert failure priceList { code } createdBy { displayName } } }"""


@pytest.fixture
def upload(world, monkeypatch):
    """Uploads a sheet by the schema, with the worker's part done at once."""
    tasks = {"prepare_import": run.prepare, "apply_import": run.finish}
    monkeypatch.setattr(run, "_queue", lambda name, key: tasks[name](key))
    seller = world.person("prices.view", "prices.manage", "catalog.view")
    type(seller.user).objects.filter(pk=seller.user_id).update(language="en")

    def send(price_list, content, django_capture, name="prices.csv", **variables):
        with django_capture(execute=True):
            file = SimpleUploadedFile(name, content)
            answer = ask(seller, START, list=gid(price_list), file=file, **variables)["priceImportStart"]
        assert answer["errors"] == []
        return seller, answer["priceImport"]["id"]

    return send


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_exported_list_imports_as_unchanged(world, language):
    variant = world.variant(BOX=12, CTN=144)
    price_list = world.everyone(variant, ("PCS", 0, "9.5"), ("PCS", 100, "9.05"), ("BOX", 0, 110))
    later, earlier = now().replace(year=2099), now().replace(year=2020)
    world.rows(price_list, variant, ("BOX", 0, 100, later), ("CTN", 0, 1000, later), ("PCS", 0, 1, earlier, now()))
    with translation.override(language):
        _name, headings, rows = price_sheet(world.actor, price_list.pk)
        content = write_xlsx(headings, rows).read()
    started = PriceImport.objects.create(organization=world.seller, price_list=price_list, file_name="x")
    sheet = open_sheet(content, "x.xlsx")
    run.stage_sheet(started, sheet.headings, sheet.rows)
    run.make_preview(started)
    started.refresh_from_db()
    assert (started.unchanged_count, started.error_count, started.rows_total) == (4, 0, 4)


def test_a_sheet_from_upload_to_being_taken_back(world, upload, django_capture_on_commit_callbacks):
    variant, other = world.variant(), world.variant()
    price_list = world.everyone(variant, ("PCS", 0, 10))
    content = csv("SKU;单价", f"{variant.sku};9.5", f"{other.sku};4")
    seller, key = upload(price_list, content, django_capture_on_commit_callbacks)
    shown = ask(seller, SHOW, id=key)["priceImport"]
    assert (shown["status"], shown["phase"], shown["newCount"], shown["changedCount"]) == ("QUEUED", "PREVIEW", 1, 1)
    assert shown["largestChanges"] == [{"sku": variant.sku, "label": "PCS", "old": "10.00", "new": "9.50"}]
    assert (shown["canApply"], shown["canCancel"], shown["canRevert"]) == (True, True, False)
    apply = "mutation($id: ID!) { priceImportApply(id: $id) { priceImport { id } errors { code } } }"
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(seller, apply, id=key)["priceImportApply"]["errors"] == []
    shown = ask(seller, SHOW, id=key)["priceImport"]
    assert (shown["status"], shown["phase"], shown["canRevert"]) == ("SUCCEEDED", "DONE", True)
    assert [world.price(one, 1) for one in (variant, other)] == [Decimal("9.5"), 4]
    revert = "mutation($id: ID!) { priceImportRevert(id: $id) { priceImport { canRevert } errors { code } } }"
    assert ask(seller, revert, id=key)["priceImportRevert"]["priceImport"] == {"canRevert": False}
    later = now().replace(year=2090)
    assert [world.price(one, 1, at=later) for one in (variant, other)] == [10, "NO_PRICE"]


def test_a_sheet_that_is_none_says_so(world, upload, django_capture_on_commit_callbacks):
    price_list = world.price_list()
    for content, reason in ((b"\x00\x01\x02", "neither"), (csv("A,B", "1,2"), "column"), (csv("SKU"), "column")):
        seller, key = upload(price_list, content, django_capture_on_commit_callbacks)
        shown = ask(seller, SHOW, id=key)["priceImport"]
        assert shown["status"] == "FAILED" and reason in shown["failure"]


def test_sheets_are_downloaded_by_those_who_see_prices(world, upload, django_capture_on_commit_callbacks):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, 10))
    seller, key = upload(
        price_list, csv("SKU,Price", f"{variant.sku},-1", "NONE,2"), django_capture_on_commit_callbacks
    )
    shown = ask(seller, SHOW, id=key)["priceImport"]
    assert [(error["row"], error["code"]) for error in shown["errors"]] == [
        (2, "PRICE_NEGATIVE"),
        (3, "UNKNOWN_VARIANT"),
    ]
    role = Role.objects.create(organization=world.seller, code="r", permissions=["prices.view"])
    Membership.objects.create(organization=world.seller, user=seller.user).roles.add(role)
    token = make_access_token(seller.user_id, world.seller.pk, 0)
    signed_in = {"Authorization": f"Bearer {token}"}
    errors = Client().get(f"{shown['errorFileUrl']}?format=csv", headers=signed_in)
    lines = open_sheet(b"".join(errors.streaming_content), "e.csv")
    assert [(values["SKU"], values["Errors"]) for _row, values in lines.rows] == [
        (variant.sku, "Price: A price cannot be negative."),
        ("NONE", "SKU: There is no such SKU."),
    ]
    exported = Client().get(f"/files/price-lists/{price_list.pk}/", headers=signed_in)
    sheet = open_sheet(b"".join(exported.streaming_content), "x.xlsx")
    assert [values["Price"] for _row, values in sheet.rows] == ["10"]
    assert Client().get(f"/files/price-lists/{price_list.pk}/").status_code == 404
    assert PriceRow.objects.count() == 1


def test_progress_is_told_to_those_who_see_the_import(world, upload, django_capture_on_commit_callbacks):
    seller, key = upload(world.price_list(), csv("SKU,Price", "NONE,1"), django_capture_on_commit_callbacks)
    started = PriceImport.objects.get()
    assert PriceImportProgress.topic(seller, id=key) == topic(started.pk)
    assert PriceImportProgress.event(seller, {}, id=key).price_import == started
    with raises(CoreErrorCode.NOT_FOUND):
        PriceImportProgress.topic(type(world)("Other").person("prices.view"), id=key)
    Progress(started, "apply").tell(3, 9)
    shown = ask(seller, SHOW, id=key)["priceImport"]
    assert (shown["phase"], shown["rowsDone"], shown["rowsTotal"]) == ("APPLY", 3, 9)
    Progress(started, "apply").end()
    assert ask(seller, SHOW, id=key)["priceImport"]["phase"] == "PREVIEW"


def test_an_import_whose_worker_died_is_taken_up_again(world, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "_queue", lambda name, key: asked.append((name, key)))
    made = {}
    for name, status, phase, age in (
        ("never begun", JobStatus.QUEUED, ImportPhase.STAGE, 2),
        ("died reading", JobStatus.RUNNING, ImportPhase.STAGE, 2),
        ("died applying", JobStatus.RUNNING, ImportPhase.APPLY, 2),
        ("just begun", JobStatus.QUEUED, ImportPhase.STAGE, 0),
        ("waits for a person", JobStatus.QUEUED, ImportPhase.PREVIEW, 2),
        ("over", JobStatus.SUCCEEDED, ImportPhase.DONE, 2),
    ):
        fields = {"organization": world.seller, "price_list": world.price_list(), "file_name": name}
        row = PriceImport.objects.create(status=status, phase=phase, **fields)
        PriceImport.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(minutes=age))
        made[row.pk] = name
    assert run.resume() == 3
    assert [(task, made[key]) for task, key in asked] == [
        ("prepare_import", "never begun"),
        ("prepare_import", "died reading"),
        ("apply_import", "died applying"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_work_at_one_import():
    from tests.ordercenter.pricing.world import World

    world = World()
    started = PriceImport.objects.create(organization=world.seller, price_list=world.price_list(), file_name="x")

    def seen(_number: int) -> bool:
        with run.alone_with(started) as alone:
            return alone

    with run.alone_with(started) as alone:
        assert alone and at_once(2, seen) == [False, False]
    assert at_once(1, seen) == [True]
