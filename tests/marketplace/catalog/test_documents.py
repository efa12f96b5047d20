"""Documents about products: what is taken, who reads them, what is refused."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from marketplace.catalog import documents
from marketplace.catalog.documents import document_add, document_remove
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import DocumentKind, ProductDocument
from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import execute, to_global_id
from tests.refusals import raises

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def pdf(name="sheet.pdf", content=PDF) -> ContentFile:
    return ContentFile(content, name=name)


def test_a_document_is_kept_and_told_to_who_sees_the_product(stall):
    product = stall.product()
    document_add(stall.owner, product.pk, pdf(), DocumentKind.DATASHEET, "规格书", "Data sheet")
    text = "query($id: ID!) { product(id: $id) { documents { kind name fileName contentType size url } } }"
    asked = {"id": to_global_id("Product", product.pk)}
    [found] = execute(text, asked, actor=stall.dealer).data["product"]["documents"]
    kept = {"kind": "DATASHEET", "name": "Data sheet", "fileName": "sheet.pdf", "contentType": "application/pdf"}
    assert kept.items() <= found.items()
    assert found["size"] == len(PDF)
    assert execute(text, asked, actor=stall.stranger).data["product"] is None


def test_a_document_is_given_to_keep_and_only_to_who_sees_the_product(stall):
    row = document_add(stall.owner, stall.product().pk, pdf())
    address = f"/catalog/documents/{row.pk}/"
    for actor, status in ((stall.dealer, 200), (stall.owner, 200), (stall.stranger, 404)):
        client = Client()
        client.force_login(actor.user)
        answer = client.get(address)
        assert answer.status_code == status
    client = Client()
    client.force_login(stall.dealer.user)
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("sheet.pdf", b"MZ\x90\x00 a program"),
        ("sheet.exe", PDF),
        ("empty.pdf", b""),
        ("drawing.svg", b"<svg onload='alert(1)'/>"),
    ],
)
def test_what_runs_or_is_not_what_it_says_is_refused_and_nothing_is_kept(stall, name, content):
    with raises(Code.FILE_INVALID, field="file"):
        document_add(stall.owner, stall.product().pk, ContentFile(content, name=name))
    assert not ProductDocument.objects.exists()


def test_a_document_that_is_too_large_or_one_too_many_is_refused(stall, monkeypatch):
    product = stall.product()
    monkeypatch.setattr(documents, "LARGEST_DOCUMENT", 10)
    with raises(Code.FILE_TOO_LARGE, field="file"):
        document_add(stall.owner, product.pk, pdf())
    monkeypatch.undo()
    monkeypatch.setattr(documents, "MOST_PER_PRODUCT", 1)
    document_add(stall.owner, product.pk, pdf())
    with raises(Code.INVALID, field="file"):
        document_add(stall.owner, product.pk, pdf())
    assert ProductDocument.objects.count() == 1


def test_another_seller_can_neither_add_nor_remove(stall):
    product = stall.product()
    row = document_add(stall.owner, product.pk, pdf())
    with raises(CoreErrorCode.NOT_FOUND):
        document_add(stall.stranger, product.pk, pdf())
    with raises(CoreErrorCode.NOT_FOUND):
        document_remove(stall.stranger, row.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        document_remove(stall.dealer, row.pk)


def test_a_removed_document_takes_its_file_along(stall, django_capture_on_commit_callbacks):
    row = document_add(stall.owner, stall.product().pk, pdf())
    with django_capture_on_commit_callbacks(execute=True):
        document_remove(stall.owner, row.pk)
    assert not default_storage.exists(row.file)
