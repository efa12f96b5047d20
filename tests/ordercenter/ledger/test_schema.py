"""The ledger through GraphQL (credit-and-ledger §9)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.graphql import execute, to_global_id
from ordercenter.ledger.dunning import LevelDraft, write_levels
from ordercenter.ledger.items import OpeningLine, post_opening
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import Budget, Clearing, LedgerPosting, OpenItem
from tests.factories import make_actor, make_partnership, make_stranger
from tests.statements import count_sql

CASH, BANK, RECEIVABLE, REVENUE = AccountKind.CASH, AccountKind.BANK, AccountKind.RECEIVABLE, AccountKind.REVENUE

ITEMS = """query($filter: OpenItemFilter, $sortBy: OpenItemSort, $first: Int) {
  openItems(filter: $filter, sortBy: $sortBy, first: $first) { totalCount edges { node {
    id number side partner { name } orderNumber issuedOn dueOn amount { amount } open { amount } cleared { amount }
    status statusLabel daysOverdue bucketLabel disputed canClear canWriteOff canDispute document { kindLabel id }
    credits { id left { amount } } clearings { amount { amount } isUndone canReverse document { number } } } } } }"""


def ask(actor, document, **variables):
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


@pytest.fixture
def buyer(books):
    return make_actor(books.partnership.downstream)


def nodes(found):
    return [edge["node"] for edge in found["edges"]]


def test_both_sides_read_an_open_item_and_a_stranger_none(books, buyer):
    books.invoice(100, date(2026, 6, 1))
    (seen,) = nodes(ask(books.seller, ITEMS)["openItems"])
    assert (seen["side"], seen["canClear"], seen["partner"]["name"]) == ("SELLER", True, "Yunqi Trading")
    (seen,) = nodes(ask(buyer, ITEMS)["openItems"])
    assert (seen["side"], seen["canClear"], seen["canDispute"]) == ("BUYER", False, True)
    assert seen["partner"]["name"] == "Xinghe Home"
    assert nodes(ask(make_stranger(), ITEMS)["openItems"]) == []


def test_a_buyer_reads_its_accounts_and_not_the_sellers_own(books, buyer):
    books.invoice(100)
    books.paid(30)
    document = "{ ledgerAccounts { edges { node { kind balance { amount } } } } }"
    found = {node["kind"]: node["balance"]["amount"] for node in nodes(ask(buyer, document)["ledgerAccounts"])}
    assert found == {"CASH": "30.00", "RECEIVABLE": "100.00"}
    found = {node["kind"]: node["balance"]["amount"] for node in nodes(ask(books.seller, document)["ledgerAccounts"])}
    assert found == {"BANK": "30.00", "CASH": "30.00", "RECEIVABLE": "100.00", "REVENUE": "100.00"}
    posting = to_global_id("LedgerPosting", LedgerPosting.objects.first().pk)
    document = "query($id: ID!) { ledgerPosting(id: $id) { entries { account { kind } } } }"
    assert [e["account"]["kind"] for e in ask(buyer, document, id=posting)["ledgerPosting"]["entries"]] == [
        "RECEIVABLE"
    ]
    refused = execute("{ ledgerPostings { totalCount } }", {}, actor=buyer)
    assert refused.errors[0].extensions["code"] == "PERMISSION_DENIED"


def test_open_items_are_found_by_how_late_they_are(books):
    today = timezone.now().date()
    for days in (-30, 10, 40, 70, 200):
        books.invoice(10, today - timedelta(days=days))
    for narrow, count in (
        ({"overdue": True}, 4),
        ({"bucket": ["DAYS_1_30", "DAYS_OVER_90"]}, 2),
        ({"bucket": ["CURRENT"]}, 1),
        ({"open": False}, 0),
        ({"side": "BUYER"}, 0),
        ({"text": "inv-1"}, 5),
        ({"partnership": [to_global_id("Partnership", books.partnership.pk)]}, 5),
    ):
        assert ask(books.seller, ITEMS, filter=narrow)["openItems"]["totalCount"] == count, narrow


def test_an_item_is_cleared_with_a_credit_and_that_is_undone(books):
    item = books.invoice(100)
    books.paid(60)
    (seen,) = nodes(ask(books.seller, ITEMS)["openItems"])
    (credit,) = seen["credits"]
    assert credit["left"]["amount"] == "60.00"
    clear = """mutation($clearings: [ClearingInput!]!) {
      clearingCreate(clearings: $clearings) { openItems { open { amount } } } }"""
    clear = clear.replace("{ openItems", "{ errors { code field index } openItems")
    wrong = {"openItem": seen["id"], "amount": "61", "credit": credit["id"]}
    got = ask(books.seller, clear, clearings=[wrong])["clearingCreate"]
    assert [(e["code"], e["field"], e["index"]) for e in got["errors"]] == [("CLEARING_EXCEEDS", "payment", 0)]
    got = ask(books.seller, clear, clearings=[{**wrong, "amount": "60"}])["clearingCreate"]
    assert got["openItems"] == [{"open": {"amount": "40.00"}}]
    undo = "mutation($id: ID!) { clearingReverse(id: $id) { errors { code } clearing { reverses } } }"
    gid = to_global_id("Clearing", Clearing.objects.get().pk)
    assert ask(books.seller, undo, id=gid)["clearingReverse"]["clearing"]["reverses"] is True
    assert ask(books.seller, undo, id=gid)["clearingReverse"]["errors"] == [{"code": "ALREADY_REVERSED"}]
    item.refresh_from_db()
    assert item.open == 100


def test_disputes_and_write_offs(books, buyer):
    gid = to_global_id("OpenItem", books.invoice(100).pk)
    dispute = (
        "mutation($id: ID!, $r: String!) { openItemDispute(id: $id, reason: $r) { errors { code } "
        "openItem { disputed } } }"
    )
    assert ask(buyer, dispute, id=gid, r=" ")["openItemDispute"]["errors"] == [{"code": "REASON_REQUIRED"}]
    assert ask(buyer, dispute, id=gid, r="Two are missing")["openItemDispute"]["openItem"] == {"disputed": True}
    end = "mutation($id: ID!) { openItemDisputeEnd(id: $id) { errors { code } openItem { disputed } } }"
    assert ask(books.seller, end, id=gid)["openItemDisputeEnd"]["openItem"] == {"disputed": False}
    off = """mutation($id: ID!, $a: Decimal) { openItemWriteOff(id: $id, reason: "Gone", amount: $a) {
      errors { code } openItem { status writtenOff { amount } } } }"""
    assert ask(books.seller, off, id=gid)["openItemWriteOff"]["openItem"] == {
        "status": "WRITTEN_OFF",
        "writtenOff": {"amount": "100.00"},
    }


def test_opening_balances_are_posted_and_reversed_by_hand(books):
    line = {"partnership": to_global_id("Partnership", books.partnership.pk), "number": "OLD-1", "amount": "12"}
    post = """mutation($lines: [OpeningBalanceInput!]!) { openingBalancesPost(lines: $lines) {
      errors { code field index } openItems { number open { amount } } } }"""
    got = ask(books.seller, post, lines=[{**line, "dueOn": "2026-06-01"}])["openingBalancesPost"]
    assert got["openItems"] == [{"number": "OLD-1", "open": {"amount": "12.00"}}]
    (posting,) = nodes(
        ask(books.seller, "{ ledgerPostings { edges { node { id canReverse document { kindLabel } } } } }")[
            "ledgerPostings"
        ]
    )
    assert posting["canReverse"] is True and posting["document"]["kindLabel"] == "Opening balance"
    undo = "mutation($id: ID!) { postingReverse(id: $id) { errors { code } posting { reverses { id } } } }"
    assert ask(books.seller, undo, id=posting["id"])["postingReverse"]["posting"]["reverses"]["id"] == posting["id"]


STATEMENT = """query($p: ID!, $since: Date!, $until: Date!) {
  accountStatement(partnership: $p, since: $since, until: $until) {
    partner { name } opening { amount } closing { amount }
    ageing { total { amount } buckets { bucket amount { amount } } } }
  accountStatementLines(partnership: $p, since: $since, until: $until, first: 100) { totalCount edges { node {
    postedOn kindLabel debit { amount } credit { amount } balance { amount } document { number } } } } }"""


def test_a_statement_is_read_by_both_sides_in_five_statements(books, buyer, sql_count):
    for n in range(5):
        books.invoice(10 + n, date(2026, 6, 1), value_date=date(2026, 5, 1 + n))
    period = {"p": to_global_id("Partnership", books.partnership.pk), "since": "2026-05-02", "until": "2026-05-31"}
    with sql_count("statement of account"):
        found = ask(books.seller, STATEMENT, **period)
    assert found["accountStatement"]["opening"]["amount"] == "10.00"
    assert found["accountStatement"]["closing"]["amount"] == "60.00"
    assert found["accountStatementLines"]["totalCount"] == 4
    assert ask(buyer, STATEMENT, **period)["accountStatement"]["partner"]["name"] == "Xinghe Home"
    nothing = ask(make_stranger(), STATEMENT, **period)
    assert nothing["accountStatement"] is None and nothing["accountStatementLines"]["totalCount"] == 0


OWED = """{ receivables { totalCount edges { node { partner { name } code total { amount } overdue { amount } } } }
  receivableTotals { currency partners total { amount } buckets { bucketLabel amount { amount } } }
  payables { partner { name } total { amount } } }"""


def test_what_is_owed_is_told_by_partner_and_in_all(books, buyer):
    books.invoice(100, date(2026, 1, 1))
    found = ask(books.seller, OWED)
    assert nodes(found["receivables"])[0]["overdue"]["amount"] == "100.00"
    assert found["receivableTotals"][0]["partners"] == 1 and found["payables"] == []
    theirs = ask(buyer, OWED)
    assert nodes(theirs["receivables"]) == [] and theirs["payables"][0]["total"]["amount"] == "100.00"


def test_lists_take_as_many_statements_for_many_rows_as_for_one(books, sql_count):
    def some(count):
        for _ in range(count):
            item = books.invoice(10)
            books.clear(item, 4, books.paid(5))

    some(1)
    ask(books.seller, ITEMS)
    with count_sql() as one:
        ask(books.seller, ITEMS, first=50)
    some(19)
    with sql_count("open items, page of 20 with credits and clearings") as many:
        ask(books.seller, ITEMS, first=50)
    assert one.count == many.count, many
    document = """{ ledgerPostings(first: 50) { edges { node { number postedBy document { kind } canReverse
      reversal { id }
      entries { account { kind partner { name } } debit { amount } credit { amount } } } } } }"""
    with sql_count("ledger postings, page of 50"):
        ask(books.seller, document)
    document = (
        "{ ledgerEntries(first: 50) { edges { node { kindLabel amount { amount } account { kindLabel } "
        "posting { memo } } } } }"
    )
    with sql_count("ledger entries, page of 50"):
        ask(books.seller, document)
    for number in range(4):
        make_partnership(books.organization, f"Dealer {number}")
    with sql_count("receivables by partner"):
        ask(books.seller, OWED)


def test_a_dunning_run_is_previewed_made_and_read_by_whom_it_reminds(books, buyer):
    write_levels(books.seller, [LevelDraft(3, "一级", "First", text_en="Please pay.")], Decimal("0.05"))
    item = OpeningLine(books.partnership.pk, "OLD-1", Decimal(1000), date(2026, 1, 1))
    post_opening(books.seller, [item])
    preview = (
        "{ dunningPreview { partner { name } level { name } total { amount } items { number days isNew "
        "} } dunningDailyInterest }"
    )
    (letter,) = ask(books.seller, preview)["dunningPreview"]
    assert letter["partner"]["name"] == "Yunqi Trading" and letter["items"][0]["isNew"] is True
    make = "mutation($p: [ID!]) { dunningRun(partnerships: $p) { errors { code } letters dunningRun { number } } }"
    assert ask(books.seller, make, p=[])["dunningRun"]["letters"] == 0
    assert ask(books.seller, make)["dunningRun"]["letters"] == 1
    assert ask(books.seller, make)["dunningRun"] == {"errors": [], "letters": 0, "dunningRun": None}
    letters = (
        "{ dunningLetters { edges { node { number seller { name } level { text } lines { days openItem "
        "{ number } } } } } }"
    )
    (seen,) = nodes(ask(buyer, letters)["dunningLetters"])
    assert seen["level"]["text"] == "Please pay." and seen["lines"][0]["openItem"]["number"] == "OLD-1"
    assert nodes(ask(make_stranger(), letters)["dunningLetters"]) == []


def test_a_budget_is_written_topped_up_and_moved(books):
    write = (
        "mutation($id: ID, $i: BudgetInput!) { budgetWrite(id: $id, input: $i) { errors { code field } "
        "budget { id number free { amount } status } } }"
    )
    year = {"beginsOn": "2026-01-01", "endsOn": "2030-12-31", "nameEn": "Fairs", "total": "500"}
    one = ask(books.seller, write, i=year)["budgetWrite"]["budget"]
    assert (one["free"]["amount"], one["status"]) == ("500.00", "EFFECTIVE")
    two = ask(books.seller, write, i={**year, "nameEn": "Samples", "parent": one["id"]})["budgetWrite"]["budget"]
    got = ask(books.seller, write, i={**year, "nameEn": "", "endsOn": "2025-01-01"})["budgetWrite"]
    assert {(e["code"], e["field"]) for e in got["errors"]} == {("REQUIRED", "name"), ("INVALID", "endsOn")}
    up = (
        'mutation($id: ID!) { budgetTopUp(id: $id, amount: "50", note: "Q3") { errors { code } budget { '
        "total { amount } } } }"
    )
    assert ask(books.seller, up, id=one["id"])["budgetTopUp"]["budget"]["total"]["amount"] == "550.00"
    go = (
        'mutation($id: ID!, $t: ID!) { budgetTransfer(id: $id, target: $t, amount: "551") { errors { '
        "code } budget { id } } }"
    )
    assert ask(books.seller, go, id=one["id"], t=two["id"])["budgetTransfer"]["errors"] == [{"code": "BUDGET_EXCEEDED"}]
    listed = (
        "{ budgets { edges { node { name depth usedPercent } } } budgetEntries { edges { node { "
        "kindLabel amount { amount } } } } }"
    )
    found = ask(books.seller, listed)
    assert [(n["name"], n["depth"]) for n in nodes(found["budgets"])] == [("Samples", 1), ("Fairs", 0)]
    assert len(nodes(found["budgetEntries"])) == 3
    assert Budget.objects.count() == 2 and OpenItem.objects.count() == 0
