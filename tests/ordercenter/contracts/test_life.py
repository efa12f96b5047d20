"""The life of a contract: drafted, approved by another, signed by both, changed, renewed, ended (contracts §3, §8)."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.contracts import render
from ordercenter.contracts.changes import (
    ChangeDraft,
    LineChange,
    approve_change,
    create_change,
    submit_change,
    void_change,
)
from ordercenter.contracts.compose import create_contract, update_contract
from ordercenter.contracts.daily import bring_day
from ordercenter.contracts.drafts import (
    ClauseDraft,
    ContractDraft,
    ContractLineDraft,
    FormulaDraft,
    PaymentDraft,
    SignerDraft,
)
from ordercenter.contracts.enums import (
    ClauseStanding,
    ContractChangeKind,
    ContractKind,
    ContractSide,
    ContractStatus,
    Renewal,
    SignatureRule,
    VariableKind,
)
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.evidence import document, evidence_package
from ordercenter.contracts.library import (
    ClauseText,
    TemplateText,
    TypeDraft,
    publish_clause,
    publish_template,
    write_type,
)
from ordercenter.contracts.life import (
    close_contract,
    months_later,
    pause_contract,
    renew_contract,
    resume_contract,
    stop_renewal,
    void_contract,
)
from ordercenter.contracts.models import Contract, ContractChange, ContractClause, ContractSignature
from ordercenter.contracts.shapes import PriceTier
from ordercenter.contracts.sign import Click, decline, sign
from ordercenter.contracts.submit import approve_contract, reject_contract, submit_contract
from ordercenter.contracts.verify import texts
from ordercenter.orders.errors import OrderErrorCode
from tests.factories import make_actor
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


@pytest.fixture
def office(shop):
    """The dealer keeps contracts: a library, a type, somebody who approves, and what one drafts from."""
    shop.approver = make_actor(shop.keeper, "dealer_owner")
    shop.standard = publish_clause(
        shop.dealer,
        ClauseText(
            "PAY", name_en="Payment", text_en="Paid within {{days}} days.", risk=40, may_edit=True, may_omit=False
        ),
    )
    shop.locked = publish_clause(shop.dealer, ClauseText("LAW", name_en="Law", text_en="The law of {{place}}."))
    shop.fallback = publish_clause(
        shop.dealer,
        ClauseText(
            "PAY-LATE", name_en="Later payment", text_en="Paid in {{days}} days, or later.", risk=70,
            standing=ClauseStanding.FALLBACK, stands_for="PAY",
        ),
    )  # fmt: skip
    publish_template(
        shop.dealer,
        TemplateText(
            "PURCHASE",
            name_en="Purchase",
            text_en="{{seller.name}} sells to {{buyer.name}} from {{since}} on.",
            clauses=["PAY", "LAW"],
            variables=[
                ("days", VariableKind.NUMBER, "天数", "Days"),
                ("place", VariableKind.TEXT, "地点", "Place"),
                ("since", VariableKind.DATE, "开始", "Since"),
            ],
        ),
    )
    draft = TypeDraft("PUR", name_en="Purchase", template="PURCHASE", mandatory=["LAW"])
    shop.framework = write_type(shop.dealer, draft)
    return shop


def a_draft(office, **fields):
    line = ContractLineDraft(
        variant_id=office.goods["A"].pk, uom_id=office.uoms["PCS"].pk, quantity=Decimal(100), price=Decimal("8.5")
    )
    known = {
        "variables": {"days": "30", "place": "Hangzhou", "since": "2026-01-01"},
        "lines": [line],
        "language": "en",
        "ends_on": TODAY + timedelta(days=365),
    }
    return ContractDraft(office.framework.pk, office.buyer.pk, "Pans", TODAY, **(known | fields))


def ready(office, **fields):
    """A contract that waits for both signatures."""
    contract = create_contract(office.dealer, a_draft(office, **fields))
    submit_contract(office.dealer, contract.pk)
    return approve_contract(office.approver, contract.pk)


def streams(pdf):
    """The parts of a PDF that are compressed, open."""
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(part)


def asked(contract, change=None):
    rows = ContractSignature.objects.filter(contract=contract, change=change, status="pending_signature")
    return list(rows.order_by("position"))


def everybody_signs(office, contract, change=None):
    for row in asked(contract, change):
        actor = office.sales if row.organization_id == office.seller.pk else office.dealer
        sign(actor, row.pk, Click(row.text_hash, address="192.0.2.1", browser="Test"))


def in_effect(office, **fields):
    contract = ready(office, **fields)
    everybody_signs(office, contract)
    contract.refresh_from_db()
    return contract


def test_a_contract_is_drafted_approved_by_another_signed_by_both_and_called_off(office):
    contract = create_contract(office.dealer, a_draft(office))
    assert (contract.owner_id, contract.status, contract.number) == (office.keeper.pk, "draft", "CT-000001")
    assert not Contract.objects.visible_to(office.sales).exists()
    submit_contract(office.dealer, contract.pk)
    with raises(ContractErrorCode.SELF_APPROVAL):
        approve_contract(office.dealer, contract.pk)
    approve_contract(office.approver, contract.pk)
    assert Contract.objects.visible_to(office.sales).get() == contract
    name, pdf = document(office.sales, contract.pk)
    assert name == "CT-000001.pdf"
    assert pdf.startswith(b"%PDF-")
    assert any(b"pdfaid" in part for part in streams(pdf))
    contract.refresh_from_db()
    assert hashlib.sha256(pdf).hexdigest() == contract.text_hash
    body = " ".join(one["text"] for one in contract.texts.get().body)
    for words in ("Xinghe sells to Yunqi", "Jan. 1, 2026", "Paid within 30 days.", "The law of Hangzhou.", "8.5"):
        assert words in body
    everybody_signs(office, contract)
    contract.refresh_from_db()
    assert contract.status == ContractStatus.EFFECTIVE
    line = contract.lines.get()
    assert lines(office.calls(line, 100))[0].unit_price == Decimal("8.5")
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED):
        office.calls(line, 1)
    assert list(texts()) == []
    assert OutboxEvent.objects.filter(kind="contracts.took_effect").count() == 1


def test_evidence_proves_who_signed_what(office):
    contract = in_effect(office)
    name, package = evidence_package(office.sales, contract.pk)
    archive = zipfile.ZipFile(io.BytesIO(package))
    manifest = json.loads(archive.read("manifest.json"))["sha256"]
    assert name == "CT-000001-evidence.zip"
    assert {one: hashlib.sha256(archive.read(one)).hexdigest() for one in manifest} == manifest
    first = json.loads(archive.read("signatures.json"))["signatures"][0]
    assert first["evidence"]["person"]["email"] == office.sales.user.email
    assert first["evidence"]["proof"] == "signed_in"
    assert first["evidence"]["statement"].startswith(f"I, {office.sales.user.name}, sign contract CT-000001")
    assert (first["text_hash"], first["evidence"]["address"]) == (contract.text_hash, "192.0.2.1")
    from tests.factories import make_stranger

    with raises(CoreErrorCode.NOT_FOUND):
        evidence_package(make_stranger(), contract.pk)


def test_variables_without_a_value_stop_it_all_at_once(office):
    contract = create_contract(office.dealer, a_draft(office, variables={"place": "Hangzhou"}))
    with raises(ContractErrorCode.VARIABLE_MISSING, "variables.since") as refused:
        submit_contract(office.dealer, contract.pk)
    assert [one.field for one in refused.errors] == ["variables.since", "variables.days"]
    with raises(CoreErrorCode.INVALID, "variables.days"):
        create_contract(office.dealer, a_draft(office, variables={"days": "many"}))


def test_deviations_are_marked_and_sum_to_the_risk(office):
    stands = [
        ClauseDraft(office.fallback.pk, reason="asked for by the seller"),
        ClauseDraft(office.locked.pk),
    ]
    contract = create_contract(office.dealer, a_draft(office, clauses=stands))
    assert contract.risk == 70
    assert [(one.clause.code, one.deviation) for one in contract.clauses.all()] == [("PAY-LATE", True), ("LAW", False)]
    edited = [ClauseDraft(office.standard.pk, "Paid at once.", "agreed"), ClauseDraft(office.locked.pk)]
    contract = update_contract(office.dealer, contract.pk, a_draft(office, clauses=edited))
    assert contract.risk == 40
    for clauses, code in (
        ([ClauseDraft(office.standard.pk)], ContractErrorCode.CLAUSE_REQUIRED),
        ([ClauseDraft(office.locked.pk)], ContractErrorCode.CLAUSE_REQUIRED),
        (
            [ClauseDraft(office.standard.pk), ClauseDraft(office.locked.pk, "Mine.", "why")],
            ContractErrorCode.CLAUSE_LOCKED,
        ),
        ([ClauseDraft(office.fallback.pk), ClauseDraft(office.locked.pk)], ContractErrorCode.REASON_REQUIRED),
    ):
        with raises(code):
            create_contract(office.dealer, a_draft(office, clauses=clauses))


def test_what_cannot_be_a_contract_is_told_all_at_once(office):
    wrong = ContractLineDraft(
        variant_id=office.goods["A"].pk,
        uom_id=office.uoms["PCS"].pk,
        quantity=Decimal("1.5"),
        price=Decimal(1),
        tiers=[PriceTier(Decimal(5), Decimal(1))],
        formula=FormulaDraft(Decimal("0.5"), [(0, Decimal("0.6"), Decimal(100))]),
    )
    draft = a_draft(
        office,
        ends_on=TODAY - timedelta(days=1),
        payments=[PaymentDraft("Start", Decimal(50))],
        lines=[wrong],
        signers=[SignerDraft(ContractSide.BUYER)],
    )
    with raises(ContractErrorCode.WINDOW_EMPTY, "ends_on") as refused:
        create_contract(office.dealer, draft)
    found = {one.code.name for one in refused.errors}
    assert found >= {"WINDOW_EMPTY", "PAYMENT_SUM", "TIER_SHAPE", "WEIGHTS_NOT_1", "NOT_FOUND", "INVALID", "REQUIRED"}
    assert not Contract.objects.exists()


def test_a_payment_plan_comes_to_the_amount(office):
    plan = [PaymentDraft("A", Decimal("33.3333")), PaymentDraft("B", Decimal("66.6667"))]
    contract = create_contract(office.dealer, a_draft(office, limit_amount=Decimal("100.01"), payments=plan))
    assert sum(one.amount for one in contract.payments.all()) == Decimal("100.01")


def test_signing_refuses_another_text_another_order_a_second_time_and_another_person(office):
    draft = TypeDraft(
        "ORD", name_en="In order", template="PURCHASE", signature_rule=SignatureRule.IN_ORDER, number_prefix="CO"
    )
    office.framework = write_type(office.dealer, draft)
    signers = [
        SignerDraft(ContractSide.BUYER, office.dealer.user_id, "Wang", "Director"),
        SignerDraft(ContractSide.SELLER),
    ]
    contract = ready(office, signers=signers)
    first, second = asked(contract)
    with raises(ContractErrorCode.HASH_MISMATCH):
        sign(office.dealer, first.pk, Click("0" * 64))
    with raises(ContractErrorCode.SIGN_ORDER):
        sign(office.sales, second.pk, Click(second.text_hash))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        sign(office.approver, first.pk, Click(first.text_hash))
    with raises(CoreErrorCode.NOT_FOUND):
        sign(office.sales, first.pk, Click(first.text_hash))
    sign(office.dealer, first.pk, Click(first.text_hash))
    with raises(ContractErrorCode.ALREADY_SIGNED):
        sign(office.dealer, first.pk, Click(first.text_hash))
    sign(office.sales, second.pk, Click(second.text_hash))
    contract.refresh_from_db()
    assert contract.status == ContractStatus.EFFECTIVE


def test_a_second_factor_is_asked_for_where_the_person_has_one(office, monkeypatch):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    secret = generate_totp_secret()
    TOTP.activate(office.dealer.user, secret)
    assert Authenticator.objects.count() == 1
    contract = ready(office)
    (row,) = [one for one in asked(contract) if one.organization_id == office.keeper.pk]
    with raises(ContractErrorCode.SECOND_FACTOR, "code"):
        sign(office.dealer, row.pk, Click(row.text_hash))
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    signed = sign(office.dealer, row.pk, Click(row.text_hash, code))
    assert signed.evidence["proof"] == "signed_in_with_second_factor"


def test_a_declined_contract_is_a_draft_again_and_its_new_text_is_signed_anew(office):
    contract = ready(office)
    first, second = asked(contract)
    sign(office.sales, first.pk, Click(first.text_hash))
    with raises(ContractErrorCode.REASON_REQUIRED):
        decline(office.dealer, second.pk, " ")
    decline(office.dealer, second.pk, "too dear")
    contract.refresh_from_db()
    assert (contract.status, contract.reason, contract.text_hash) == ("draft", "too dear", "")
    submit_contract(office.dealer, contract.pk)
    approve_contract(office.approver, contract.pk)
    assert len(asked(contract)) == 2
    everybody_signs(office, contract)
    contract.refresh_from_db()
    assert contract.status == ContractStatus.EFFECTIVE
    assert list(texts()) == []


def test_nothing_is_rendered_after_it_was_submitted(office, monkeypatch):
    contract = create_contract(office.dealer, a_draft(office))
    submit_contract(office.dealer, contract.pk)
    monkeypatch.setattr(render, "pdf_of", None)
    approve_contract(office.approver, contract.pk)
    everybody_signs(office, contract)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        update_contract(office.dealer, contract.pk, a_draft(office))


def test_reject_void_pause_resume_and_close(office):
    contract = create_contract(office.dealer, a_draft(office))
    submit_contract(office.dealer, contract.pk)
    reject_contract(office.approver, contract.pk, "which goods?")
    update_contract(office.dealer, contract.pk, a_draft(office))
    void_contract(office.dealer, contract.pk, "no longer needed")
    with raises(CoreErrorCode.INVALID_TRANSITION):
        submit_contract(office.dealer, contract.pk)
    contract = in_effect(office)
    line = contract.lines.get()
    office.calls(line, 10)
    pause_contract(office.dealer, contract.pk, "audit")
    with raises(OrderErrorCode.CONTRACT_NOT_IN_FORCE):
        office.calls(line, 10)
    with raises(CoreErrorCode.NOT_FOUND):
        resume_contract(office.sales, contract.pk)
    resume_contract(office.dealer, contract.pk)
    office.calls(line, 10)
    with raises(CoreErrorCode.IN_USE):
        close_contract(office.dealer, contract.pk)


def price_change(contract, price, **fields):
    (line,) = contract.lines.all()
    known = {"lines": [LineChange(line.pk, price=Decimal(price))]}
    return ChangeDraft(
        contract.version, ContractChangeKind.PRICE, "steel", TODAY + timedelta(days=10), **(known | fields)
    )


def changed(office, contract, draft):
    change = create_change(office.dealer, contract.pk, draft)
    submit_change(office.dealer, change.pk)
    return approve_change(office.approver, change.pk)


def test_a_price_change_holds_from_its_day_and_the_second_of_one_base_is_stale(office):
    contract = in_effect(office)
    line = contract.lines.get()
    first, second = (changed(office, contract, price_change(contract, price)) for price in ("9", "9.5"))
    assert "9" in ContractChange.objects.get(pk=first.pk).texts.get().body[1]["text"]
    everybody_signs(office, contract, first)
    contract.refresh_from_db()
    assert contract.version == 2
    rows = asked(contract, second)
    sign(office.sales, rows[0].pk, Click(rows[0].text_hash))
    with raises(ContractErrorCode.CHANGE_STALE):
        sign(office.dealer, rows[1].pk, Click(rows[1].text_hash))
    void_change(office.dealer, second.pk, "stale")
    with raises(ContractErrorCode.CHANGE_STALE):
        create_change(office.dealer, contract.pk, replace(price_change(contract, 7), base_version=1))
    with raises(ContractErrorCode.RETROACTIVE):
        create_change(
            office.dealer, contract.pk, replace(price_change(contract, 7), effective_from=TODAY - timedelta(days=2))
        )
    assert lines(office.calls(line, 1))[0].unit_price == Decimal("8.5")
    Contract.objects.filter(pk=contract.pk).update(pricing_date="required")
    order = office.calls(line, 1, requested_on=TODAY + timedelta(days=11))
    assert lines(order)[0].unit_price == 9


def test_a_quantity_does_not_go_below_what_is_called_off(office):
    contract = in_effect(office)
    line = contract.lines.get()
    office.calls(line, 60)
    draft = ChangeDraft(1, ContractChangeKind.QUANTITY, "less", TODAY, [LineChange(line.pk, quantity=Decimal(59))])
    with raises(ContractErrorCode.BELOW_CALLED, index=0):
        create_change(office.dealer, contract.pk, draft)
    change = changed(office, contract, replace(draft, lines=[LineChange(line.pk, quantity=Decimal(60))]))
    everybody_signs(office, contract, change)
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED):
        office.calls(line, 1)


def test_a_termination_ends_it_after_its_last_day_and_an_end_without_one_expires(office):
    contract = in_effect(office)
    last = today_of(office.keeper)
    draft = ChangeDraft(1, ContractChangeKind.END, "moved", last, ends_on=last)
    everybody_signs(office, contract, changed(office, contract, draft))
    bring_day(Actor.system(), contract.pk, last)
    contract.refresh_from_db()
    assert (contract.status, contract.ends_on) == (ContractStatus.EFFECTIVE, last)
    bring_day(Actor.system(), contract.pk, last + timedelta(days=1))
    contract.refresh_from_db()
    assert contract.status == ContractStatus.TERMINATED
    other = in_effect(office)
    bring_day(Actor.system(), other.pk, other.ends_on + timedelta(days=1))
    other.refresh_from_db()
    assert other.status == ContractStatus.EXPIRED


def reminders(contract):
    rows = OutboxEvent.objects.filter(kind="contracts.expires_soon", aggregate_id=contract.pk)
    return [row.payload["days"] for row in rows.order_by("pk")]


def test_reminders_come_once_each_and_it_renews_on_the_day_after_notice(office):
    contract = in_effect(office, renewal=Renewal.AUTO, renewal_times=1, renewal_months=12, notice_days=20)
    end = contract.ends_on
    for left in (100, 90, 90, 89, 60, 31, 30, 21, 20, 20):
        bring_day(Actor.system(), contract.pk, end - timedelta(days=left))
    assert reminders(contract) == [90, 60, 30, 20]
    bring_day(Actor.system(), contract.pk, end - timedelta(days=19))
    bring_day(Actor.system(), contract.pk, end - timedelta(days=19))
    contract.refresh_from_db()
    assert (contract.ends_on, contract.renewed, contract.version) == (months_later(end, 12), 1, 2)
    assert contract.changes.get().kind == ContractChangeKind.TERM
    bring_day(Actor.system(), contract.pk, contract.ends_on + timedelta(days=1))
    contract.refresh_from_db()
    assert contract.status == ContractStatus.EXPIRED


def test_an_objection_stops_the_renewal_and_by_hand_it_is_renewed_as_often_as_agreed(office):
    contract = in_effect(office, renewal=Renewal.AUTO, renewal_times=5)
    stop_renewal(office.sales, contract.pk)
    bring_day(Actor.system(), contract.pk, contract.ends_on)
    contract.refresh_from_db()
    assert contract.renewed == 0
    other = in_effect(office, renewal=Renewal.BY_HAND, renewal_times=1, renewal_months=6)
    renew_contract(office.dealer, other.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        renew_contract(office.dealer, other.pk)
    assert months_later(date(2026, 2, 28), 1) == date(2026, 3, 31)
    assert months_later(date(2026, 1, 30), 1) == date(2026, 2, 28)


def test_who_does_not_sign_in_time_is_reminded_and_then_not_asked_any_more(office):
    contract = ready(office, sign_by=TODAY + timedelta(days=10))
    for days in (1, 6, 6, 9, 9):
        bring_day(Actor.system(), contract.pk, TODAY + timedelta(days=days))
    told = OutboxEvent.objects.filter(kind="contracts.signature_reminded", aggregate_id=contract.pk)
    assert told.count() == 2
    bring_day(Actor.system(), contract.pk, TODAY + timedelta(days=11))
    assert asked(contract) == []
    contract.refresh_from_db()
    assert contract.status == ContractStatus.PENDING_SIGNATURE
    void_contract(office.dealer, contract.pk, "too late")


def test_a_dealer_contract_is_kept_by_the_seller(office):
    kind = write_type(office.sales, TypeDraft("DLR", name_en="Dealer", kind=ContractKind.DEALER, number_prefix="DC"))
    contract = create_contract(office.sales, ContractDraft(kind.pk, office.buyer.pk, "Dealer 2026", TODAY))
    assert (contract.owner_id, contract.number) == (office.seller.pk, "DC-000001")
    with raises(CoreErrorCode.NOT_FOUND):
        create_contract(office.sales, ContractDraft(office.framework.pk, office.buyer.pk, "x", TODAY))


def test_a_published_text_never_changes(office):
    again = publish_clause(office.dealer, ClauseText("LAW", name_en="Law", text_en="Another law."))
    assert (again.version, ContractClause.objects.filter(code="LAW").count()) == (2, 2)
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        ContractClause.objects.filter(pk=again.pk).update(text_en="x")
