"""Tax profiles, and how a seller taxes its partners, by the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import execute, to_global_id
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.models import OrganizationStatus, PartnerTax, TaxProfile
from marketplace.parties.tax import partner_tax_write, tax_profile_write
from tests.factories import make_actor, make_organization, make_partnership, make_stranger
from tests.refusals import raises

WRITE = """mutation($input: TaxProfileInput!) { taxProfileWrite(input: $input) {
  taxProfile { title taxNumber invoiceKindLabel } errors { code field } } }"""
TREAT = """mutation($input: PartnershipTaxInput!) { partnershipTaxWrite(input: $input) {
  partnership { taxTreatment taxTreatmentLabel taxTreatments { reason } } errors { code field } } }"""
SEE = """query($id: ID!) { partnership(id: $id) {
  taxTreatment taxTreatments { reason } partner { taxProfile { title } } } }"""


@pytest.fixture
def trade(db):
    partnership = make_partnership(make_organization("Xinghe"), "Yunqi")
    return partnership, make_actor(partnership.upstream), make_actor(partnership.downstream)


def ask(actor, text, **variables):
    result = execute(text, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def test_each_side_keeps_its_profile_and_its_partner_reads_it(trade):
    partnership, seller, dealer = trade
    given = {"title": "杭州云栖百货有限公司", "taxNumber": "91330106MA2B8ABC23", "invoiceKind": "VAT_SPECIAL"}
    written = ask(dealer, WRITE, input=given)["taxProfileWrite"]
    assert written["taxProfile"] == {
        "title": given["title"], "taxNumber": given["taxNumber"], "invoiceKindLabel": "VAT special invoice",
    }  # fmt: skip
    seen = ask(seller, SEE, id=to_global_id("Partnership", partnership.pk))["partnership"]
    assert seen["partner"]["taxProfile"] == {"title": given["title"]}
    assert not TaxProfile.objects.visible_to(make_stranger()).exists()


def test_what_is_wrong_with_a_profile_is_refused(trade):
    partnership, seller, _dealer = trade
    with raises(CoreErrorCode.REQUIRED, field="title"):
        tax_profile_write(seller, {"tax_number": "1"})
    with raises(CoreErrorCode.REQUIRED, field="tax_number"):
        tax_profile_write(seller, {"title": "Xinghe", "invoice_kind": "vat_special"})
    with raises(CoreErrorCode.INVALID, field="email"):
        tax_profile_write(seller, {"title": "Xinghe", "email": "nobody"})
    with raises(PartiesErrorCode.PARTNER_CLAIMED, field="partnership"):
        tax_profile_write(seller, {"title": "Yunqi"}, partnership.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        tax_profile_write(make_actor(partnership.upstream, "seller_warehouse"), {"title": "Xinghe"})


def test_a_seller_writes_the_profile_of_a_partner_that_nobody_looks_after(trade):
    partnership, seller, _dealer = trade
    partnership.downstream.status = OrganizationStatus.UNCLAIMED
    partnership.downstream.save()
    row = tax_profile_write(seller, {"title": "Yunqi"}, partnership.pk)
    assert row.organization_id == partnership.downstream_id
    with raises(CoreErrorCode.NOT_FOUND, field="partnership"):
        tax_profile_write(make_stranger(), {"title": "Mine"}, partnership.pk)


def test_a_treatment_is_seen_by_both_and_its_reason_by_the_seller(trade):
    partnership, seller, dealer = trade
    pk = to_global_id("Partnership", partnership.pk)
    given = {"partnership": pk, "treatment": "EXEMPT", "reason": "Export"}
    written = ask(seller, TREAT, input=given)["partnershipTaxWrite"]
    assert (written["errors"], PartnerTax.objects.get().reason) == ([], "Export")
    assert ask(seller, TREAT, input={**given, "reason": ""})["partnershipTaxWrite"]["errors"] == [
        {"code": "REASON_REQUIRED", "field": "reason"}
    ]
    PartnerTax.objects.update(valid_from=timezone.now() - timedelta(days=1))
    assert ask(dealer, SEE, id=pk)["partnership"]["taxTreatment"] == "EXEMPT"
    assert ask(dealer, SEE, id=pk)["partnership"]["taxTreatments"] is None


def test_treatments_follow_one_another(trade):
    partnership, seller, _dealer = trade
    today = timezone.localdate()
    partner_tax_write(seller, partnership.pk, "exempt", "First", today - timedelta(days=9))
    partner_tax_write(seller, partnership.pk, "reverse_charge", "Second", today, today + timedelta(days=9))
    rows = list(PartnerTax.objects.order_by("valid_from").values_list("treatment", "reason"))
    assert rows == [("exempt", "First"), ("reverse_charge", "Second")]
    first, second = PartnerTax.objects.order_by("valid_from")
    assert first.valid_to == second.valid_from
    with raises(CoreErrorCode.INVALID, field="until"):
        partner_tax_write(seller, partnership.pk, "exempt", "Never", today, today)
    with raises(CoreErrorCode.NOT_FOUND, field="partnership"):
        partner_tax_write(make_stranger(), partnership.pk, "exempt", "Mine")
