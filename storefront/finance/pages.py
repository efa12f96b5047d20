"""Finance: what is owed by whom, why, and what is done about it; the dealer's side of the same."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

AGEING = {
    "partner.name": _("Partner"),
    "code": _("Code"),
    "currency": _("Currency"),
    "current.amount": _("Not due yet"),
    "upTo30.amount": _("1 to 30 days"),
    "upTo60.amount": _("31 to 60 days"),
    "upTo90.amount": _("61 to 90 days"),
    "over90.amount": _("Over 90 days"),
    "total.amount": _("Total open"),
    "overdue.amount": _("Overdue"),
    "unapplied.amount": _("Unapplied cash"),
    "oldestDue": _("Oldest due date"),
}
ITEMS = {
    "number": _("Document"),
    "partner.name": _("Partner"),
    "orderNumber": _("Order"),
    "issuedOn": _("Issued"),
    "dueOn": _("Due"),
    "daysOverdue": _("Days overdue"),
    "amount.currency": _("Currency"),
    "amount.amount": _("Amount"),
    "open.amount": _("Open amount"),
    "statusLabel": _("Status"),
    "disputed": _("Disputed"),
}
LINES = {
    "postedOn": _("Day"),
    "kindLabel": _("Kind"),
    "document.number": _("Document"),
    "memo": _("Remark"),
    "dueOn": _("Due"),
    "debit.amount": _("Debit (Dr)"),
    "credit.amount": _("Credit (Cr)"),
    "balance.amount": _("Balance"),
    "balance.currency": _("Currency"),
}
POSTINGS = {
    "valueDate": _("Day"),
    "document.kindLabel": _("Kind"),
    "number": _("Document"),
    "memo": _("Remark"),
    "postedAt": _("Posted"),
    "postedBy": _("Posted by"),
}
ENTRIES = {
    "valueDate": _("Day"),
    "kindLabel": _("Kind"),
    "document.number": _("Document"),
    "posting.memo": _("Remark"),
    "debit.amount": _("Debit (Dr)"),
    "credit.amount": _("Credit (Cr)"),
}
BUDGETS = {
    "number": _("Number"),
    "name": _("Name"),
    "parent.name": _("Below"),
    "statusLabel": _("Status"),
    "beginsOn": _("From"),
    "endsOn": _("Until"),
    "total.amount": _("Total"),
    "reserved.amount": _("Reserved"),
    "consumed.amount": _("Consumed"),
    "free.amount": _("Left"),
    "total.currency": _("Currency"),
}
DONE: dict[str, Any] = {
    "Clear": _("Cleared."),
    "Undo": _("The clearing is undone."),
    "WriteOff": _("Written off."),
    "Dispute": _("The item is disputed."),
    "EndDispute": _("The dispute has ended."),
}

receivables = page("finance/receivables", export=Sheet("receivables", AGEING, _("Receivables")))
items = page("finance/items", export=Sheet("openItems", ITEMS, _("Open items")))
item = page("finance/item", needs="item", parts={"drawer"}, done=DONE)
opening = page(
    "finance/opening",
    then={"Post": "/office/finance/items/?open=true"},
    done={"Post": _("The opening balances are posted.")},
)
statement = page("finance/statement", size=50, export=Sheet("lines", LINES, _("Statement of account")))
my_statement = page("finance/my_statement", size=50, export=Sheet("lines", LINES, _("Statement of account")))
ledger = page("finance/ledger", size=50, export=Sheet("ledgerPostings", POSTINGS, _("Ledger")))
posting = page("finance/posting", needs="posting", parts={"drawer"}, done={"Reverse": _("The posting is reversed.")})
accounts = page("finance/accounts", size=50)
account = page("finance/account", needs="account", size=50, export=Sheet("ledgerEntries", ENTRIES, _("Ledger")))
dunning = page("finance/dunning", done={"Run": _("Letters written: %(letters)s"), "Levels": SAVED})
letter = page("finance/letter", needs="letter")
budgets = page(
    "finance/budgets",
    then={"Create": "/office/finance/budgets/%(budget.id)s/"},
    done={"Create": SAVED},
    export=Sheet("budgets", BUDGETS, _("Budgets")),
)
budget = page(
    "finance/budget",
    needs="budget",
    size=50,
    done={"Save": SAVED, "TopUp": _("The budget is topped up."), "Transfer": _("The money is moved.")},
)
overview = page("finance/overview", export=Sheet("openItems", ITEMS, _("Open items")))

urlpatterns = [
    path("office/finance/", receivables, name="receivables"),
    path("office/finance/items/", items, name="open_items"),
    path("office/finance/items/<str:id>/", item, name="open_item"),
    path("office/finance/opening/", opening, name="opening_balances"),
    path("office/finance/statement/", statement, name="account_statement"),
    path("office/finance/ledger/", ledger, name="ledger"),
    path("office/finance/ledger/<str:id>/", posting, name="ledger_posting"),
    path("office/finance/accounts/", accounts, name="ledger_accounts"),
    path("office/finance/accounts/<str:id>/", account, name="ledger_account"),
    path("office/finance/dunning/", dunning, name="dunning"),
    path("office/finance/budgets/", budgets, name="budgets"),
    path("office/finance/budgets/<str:id>/", budget, name="budget"),
    path("finance/", overview, name="finance"),
    path("finance/items/<str:id>/", item, name="my_open_item"),
    path("finance/statement/", my_statement, name="my_account_statement"),
    path("finance/letters/<str:id>/", letter, name="dunning_letter"),
]
