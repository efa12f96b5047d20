"""Statements of banks: read in three formats, kept once, matched with what is owed."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import CoreErrorCode
from marketplace.parties.models import TaxProfile
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.banking.camt import read_camt
from ordercenter.payments.banking.imports import BankFile, bank_statement_import
from ordercenter.payments.banking.match import Match, bank_lines_ignore, bank_lines_match, bank_lines_reopen, suggest
from ordercenter.payments.banking.mt940 import read_mt940
from ordercenter.payments.banking.table import read_table
from ordercenter.payments.banking.told import ToldLine, keys_of
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import BankLine, BankStatement, Payment
from tests.refusals import raises

CAMT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">330.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">250.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>2026-06-02</Dt></BookgDt><AcctSvcrRef>REF1</AcctSvcrRef><NtryDtls><TxDtls>
 <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
 <RltdPties><Dbtr><Pty><Nm>Yunqi Trading</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>CN11</IBAN></Id></DbtrAcct></RltdPties>
 <RmtInf><Ustrd>Invoice INV-000001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
 <BookgDt><DtTm>2026-06-03T10:00:00</DtTm></BookgDt><AcctSvcrRef>REF2</AcctSvcrRef></Ntry>
<Ntry><Amt Ccy="CNY">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>
 <BookgDt><Dt>2026-06-04</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="CNY">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>2026-06-04</Dt></BookgDt><AcctSvcrRef>REF3</AcctSvcrRef><NtryDtls>
 <TxDtls><Amt Ccy="CNY">10.00</Amt></TxDtls><TxDtls><Amt Ccy="CNY">20.00</Amt></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
MT940 = b""":20:STARTUMSE
:25:10020030/1234567
:28C:00001/001
:60F:C260601EUR1000,00
:61:2606020602CR150,75NTRFNONREF//BANKREF1
:86:166?00GUTSCHRIFT?20INV-000012?32YUNQI TRADING
:61:2606030603DR20,00NCHGNONREF//B2
:86:Bank fee
:62F:C260603EUR1130,75
-"""
CSV = """交易日期,贷方金额,借方金额,对方户名,对方账号,摘要,交易流水号
2026-06-02,"1,200.50",,杭州云栖百货,6222 0000,货款 INV-000001,L1
2026/06/03,,35.00,银行,,手续费,L2
""".encode()


def test_camt_tells_bookings_and_leaves_out_what_is_pending():
    (told,) = read_camt(CAMT)
    assert (told.account, told.currency, told.opening, told.closing) == (
        "DE02120300000000202051", "CNY", D(100), D("330.50"),
    )  # fmt: skip
    first = ToldLine(date(2026, 6, 2), D("250.50"), "CNY", "Yunqi Trading", "CN11", "Invoice INV-000001", "REF1")
    assert told.lines[0] == first
    assert [(line.amount, line.bank_reference) for line in told.lines[1:]] == [
        (D(-20), "REF2"), (D(10), "REF3/1"), (D(20), "REF3/2"),
    ]  # fmt: skip
    assert told.opening + sum(line.amount for line in told.lines) != told.closing  # one of the file is pending


def test_mt940_tells_bookings():
    (told,) = read_mt940(MT940)
    assert (told.account, told.currency) == ("10020030/1234567", "EUR")
    assert told.opening + sum(line.amount for line in told.lines) == told.closing == D("1130.75")
    assert (told.lines[0].payer, told.lines[0].bank_reference, told.lines[0].booked_on) == (
        "YUNQI TRADING", "BANKREF1", date(2026, 6, 2),
    )  # fmt: skip
    assert "INV-000012" in told.lines[0].text


def test_a_sheet_tells_bookings_under_chinese_headings():
    (told,) = read_table(CSV, "bank.csv", "CNY")
    assert [(line.amount, line.payer_account, line.bank_reference) for line in told.lines] == [
        (D("1200.50"), "62220000", "L1"), (D(-35), "", "L2"),
    ]  # fmt: skip


def test_an_entity_from_outside_is_not_read():
    evil = CAMT.replace(b"?>\n", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n', 1)
    evil = evil.replace(b"Invoice INV-000001", b"&e;")
    (told,) = read_camt(evil)
    assert told.lines[0].text == ""


lines = st.lists(
    st.tuples(st.integers(1, 28), st.integers(1, 3), st.sampled_from(["", "a", "b"])), min_size=1, max_size=12
)


@given(lines)
def test_every_booking_has_a_key_of_its_own_that_does_not_depend_on_the_others_order(found):
    told = [ToldLine(date(2026, 6, day), D(amount), "CNY", text=text) for day, amount, text in found]
    keys = list(keys_of(told))
    assert len(set(keys)) == len(keys)
    assert sorted(keys_of(sorted(told, key=ToldLine.facts))) == sorted(keys)


def take_in(books, content=CAMT, name="bank.xml"):
    return bank_statement_import(books.seller, BankFile(name, content))


@pytest.mark.django_db
def test_importing_twice_and_overlapping_adds_nothing(books):
    first, again = take_in(books), take_in(books)
    assert (first.new, first.known, again.new, again.known) == (4, 0, 0, 4)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 4)
    entry = b"<Ntry><Amt>7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-06-05</Dt></BookgDt></Ntry>"
    more = take_in(books, CAMT.replace(b"</Stmt>", entry + b"</Stmt>"))
    assert (more.new, more.known, BankLine.objects.count()) == (1, 4, 5)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"hello", b"<BkToCstmrStmt>", b"a,b\n1,2\n"])
def test_what_is_no_statement_is_refused(books, content):
    with raises(PaymentErrorCode.FILE_INVALID, field="file"):
        take_in(books, content)


@pytest.mark.django_db
def test_rows_that_cannot_be_read_are_told_by_number_and_nothing_is_kept(books):
    with raises(PaymentErrorCode.ROW_INVALID, field="file", index=3):
        take_in(books, CSV.replace(b"35.00", b"many"), "bank.csv")
    assert not BankLine.objects.exists()


@pytest.mark.django_db
def test_a_line_is_matched_by_the_number_it_names_and_pays(books):
    item = books.invoice("250.50", number="INV-000001")
    take_in(books)
    rows = list(BankLine.objects.order_by("pk"))
    found = suggest(books.seller, rows)
    assert set(found) == {rows[0].pk}
    assert (found[rows[0].pk].open_items, found[rows[0].pk].certainty) == ((item.pk,), 100)
    bank_lines_match(books.seller, [Match(rows[0].pk, books.partnership.pk, (item.pk,))])
    assert OpenItem.objects.get(pk=item.pk).open == 0
    assert Payment.objects.get().value_date == date(2026, 6, 2)
    with raises(PaymentErrorCode.LINE_CLOSED, field="ids", index=0):
        bank_lines_match(books.seller, [Match(rows[0].pk, books.partnership.pk)])
    with raises(CoreErrorCode.INVALID, field="ids", index=0):
        bank_lines_match(books.seller, [Match(rows[1].pk, books.partnership.pk)])


@pytest.mark.django_db
def test_a_payer_is_known_by_its_account(books):
    buyer = books.partnership.downstream
    TaxProfile.objects.create(organization=buyer, title="Yunqi", bank_account="6222 0000")
    item = books.invoice("1200.50", number="X")
    take_in(books, CSV, "bank.csv")
    (found,) = suggest(books.seller, list(BankLine.objects.all())).values()
    assert (found.partnership_id, found.open_items, found.certainty) == (books.partnership.pk, (item.pk,), 80)


@pytest.mark.django_db
def test_what_is_no_payment_is_laid_aside_with_a_reason_and_taken_up_again(books):
    take_in(books)
    fee = BankLine.objects.get(amount=-20)
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        bank_lines_ignore(books.seller, [fee.pk], " ")
    bank_lines_ignore(books.seller, [fee.pk], "Fee")
    assert BankLine.objects.get(pk=fee.pk).status == "ignored"
    bank_lines_reopen(books.seller, [fee.pk])
    assert BankLine.objects.get(pk=fee.pk).status == "open"
