"""Finance: what is owed and since when, clearing and undoing, the statement, dunning, budgets; both sides of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from marketplace.core.clock import today_of
from marketplace.graphql import to_global_id
from ordercenter.ledger.accounts import AccountKey, AccountKind
from ordercenter.ledger.dunning import LevelDraft, write_levels
from ordercenter.ledger.items import OpeningLine, post_opening
from ordercenter.ledger.models import DunningLetter, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def owed(market) -> OpenItem:
    """A hundred, ten days late, and a payment of sixty that nothing was cleared with."""
    actor, trade = market.person(SELLER), market.buyer
    today = today_of(market.seller)
    line = OpeningLine(trade.pk, "OLD-77", Decimal(100), today - timedelta(10), today - timedelta(40))
    (item,) = post_opening(actor, [line])
    cash = AccountKey(actor.own_id, AccountKind.CASH, trade.currency, trade.pk)
    bank = AccountKey(actor.own_id, AccountKind.BANK, trade.currency)
    entries = (EntryDraft(bank, Decimal(60), "payment"), EntryDraft(cash, Decimal(-60), "payment"))
    post_all(actor, [PostingDraft(actor.own_id, "payment", 1, "in", entries, number="PAY-1")])
    write_levels(actor, [LevelDraft(3, "一级催收", "First reminder", text_en="Please pay.")], Decimal(0))
    return item


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_what_is_late_is_found_cleared_and_opened_again(visit, owed, language, width):
    person = visit(SELLER, language, width)
    page = person.sign_in("/office/finance/")
    expect(page.locator("main")).to_contain_text("¥100.00")
    assert person.flaws() == []
    page.goto("/office/finance/items/?bucket=DAYS_1_30")
    page.locator("main").get_by_role("link", name="OLD-77").click()
    drawer = page.get_by_role("dialog", name="OLD-77")
    expect(drawer.get_by_label(person.says("Amount")).first).to_have_value("60")
    assert person.flaws() == []
    drawer.get_by_role("button", name=person.says("Clear"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(person.says("Cleared."))
    owed.refresh_from_db()
    assert owed.open == 40
    page.goto(f"/office/finance/items/{to_global_id('OpenItem', owed.pk)}/")
    page.get_by_role("button", name=person.says("Undo"), exact=True).click()
    page.locator("dialog[open]").get_by_role("button", name=person.says("Undo"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(person.says("The clearing is undone."))
    owed.refresh_from_db()
    assert owed.open == 100


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_dealer_reads_what_it_owes_disputes_it_and_takes_its_statement(visit, owed, language, width):
    person = visit(DEALER, language, width)
    page = person.sign_in("/finance/")
    expect(page.locator("main")).to_contain_text("¥100.00")
    assert person.flaws() == []
    page.locator("main").get_by_role("link", name="OLD-77").click()
    drawer = page.get_by_role("dialog", name="OLD-77")
    drawer.locator("summary", has_text=person.says("Dispute")).click()
    drawer.get_by_label(person.says("What is wrong")).fill("Two are missing")
    drawer.get_by_role("button", name=person.says("Dispute"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(person.says("The item is disputed."))
    trade = to_global_id("Partnership", owed.partnership_id)
    page.goto(f"/finance/statement/?partnership={trade}")
    expect(page.locator("main")).to_contain_text("¥40.00")
    assert person.flaws() == []


def test_letters_are_previewed_written_and_read_by_the_dealer(visit, owed):
    person = visit(SELLER)
    page = person.sign_in("/office/finance/dunning/")
    expect(page.locator("main")).to_contain_text("First reminder")
    assert person.flaws() == []
    person.button("Write letters").click()
    page.locator("dialog[open]").get_by_role("button", name="Write letters").click()
    expect(page.locator("#toasts")).to_contain_text("Letters written: 1")
    letter = DunningLetter.objects.get()
    dealer = visit(DEALER)
    dealer.sign_in("/finance/")
    dealer.page.get_by_role("link", name=letter.number).click()
    expect(dealer.page.locator("main")).to_contain_text("Please pay.")
    assert dealer.flaws() == []


def test_a_budget_is_made_topped_up_and_told_why(visit, market):
    person = visit(SELLER)
    page = person.sign_in("/office/finance/budgets/")
    person.button("New budget").click()
    dialog = page.get_by_role("dialog", name="New budget")
    dialog.locator("[name='input.nameEn']").fill("Fairs")
    dialog.get_by_label("First day").fill(f"{date.today().year}-01-01")
    dialog.get_by_label("Last day").fill(f"{date.today().year}-12-31")
    dialog.get_by_label("Total").fill("500")
    assert person.flaws() == []
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Fairs")).to_be_visible()
    person.button("Top up").click()
    page.get_by_role("dialog", name="Top up").get_by_label("Amount").fill("50")
    page.get_by_role("dialog", name="Top up").get_by_role("button", name="Top up").click()
    expect(page.locator("main")).to_contain_text("¥550.00")
    assert person.flaws() == []
