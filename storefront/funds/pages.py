"""Fund accounts: a seller's, with top-ups, transfers and the rules of use; a buyer's own pool."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

TOPPED_UP = _("%(topUp.number)s: %(topUp.statusLabel)s.")
TRANSFERRED = _("%(transfer.number)s: %(transfer.statusLabel)s.")
MOVES = {
    "TopUp": TOPPED_UP,
    "Transfer": TRANSFERRED,
    "Adjust": _("The account is adjusted: %(adjustment.number)s."),
    "PayOut": _("The money is paid out: %(adjustment.number)s."),
}
ACCOUNTS = {
    "buyer.name": _("Partner"),
    "kindLabel": _("Fund account"),
    "currency": _("Currency"),
    "balance.amount": _("Balance"),
    "reserved.amount": _("Promised"),
    "available.amount": _("Available"),
    "endsAt": _("Next end"),
    "ends.amount": _("Ends then"),
}
USES = {
    "usedAt": _("Time"),
    "kindLabel": _("Fund account"),
    "documentLabel": _("Kind"),
    "number": _("Document"),
    "orderNumber": _("Order"),
    "amount.amount": _("Amount"),
}
OFFICE = "office/finance/funds/"

accounts = page("funds/accounts", done=MOVES, export=Sheet("fundAccounts", ACCOUNTS, _("Fund accounts")))
account = page("funds/account", needs="account", done=MOVES, export=Sheet("uses", USES, _("What was used")))
top_ups = page(
    "funds/top_ups",
    done={"TopUp": TOPPED_UP, "Submit": TOPPED_UP, "Reverse": _("%(topUp.number)s is reversed.")},
)
transfers = page("funds/transfers", done={"Transfer": TRANSFERRED, "Submit": TRANSFERRED})
rules = page("funds/rules", done={"Settle": SAVED})
rule = page("funds/rule", done={"Save": SAVED}, then={"Save": "/office/finance/funds/rules/"})
my_funds = page("funds/my_funds", export=Sheet("fundUses", USES, _("What was used")))

urlpatterns = [
    path(OFFICE, accounts, name="fund_accounts"),
    path(f"{OFFICE}top-ups/", top_ups, name="fund_top_ups"),
    path(f"{OFFICE}transfers/", transfers, name="fund_transfers"),
    path(f"{OFFICE}rules/", rules, name="fund_rules"),
    path(f"{OFFICE}rules/new/", rule, name="fund_rule_new"),
    path(f"{OFFICE}rules/<str:id>/", rule, name="fund_rule"),
    path(f"{OFFICE}<str:id>/", account, name="fund_account"),
    path("finance/funds/", my_funds, name="my_funds"),
]
