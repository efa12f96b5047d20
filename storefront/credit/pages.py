"""Credit: what partners may owe and owe, what stops their orders, and what a buyer may still order."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

ACCOUNTS = {
    "name": _("Credit account"),
    "modeLabel": _("Credit mode"),
    "statusLabel": _("Status"),
    "currency": _("Currency"),
    "exposure.limit.amount": _("Limit"),
    "exposure.exposure.amount": _("Exposure"),
    "exposure.available.amount": _("Available credit"),
    "exposure.pastDue.amount": _("Past due"),
    "exposure.overdueDays": _("Days overdue"),
}
HOLDS = {
    "order.number": _("Order"),
    "order.partner.name": _("Partner"),
    "order.placedAt": _("Placed"),
    "reasonLabel": _("Reason"),
    "explanation": _("Why"),
    "over.amount": _("Over by"),
    "value.amount": _("Order value"),
    "since": _("Held since"),
}
RELEASED = _("The order goes on.")
EVALUATED = _("%(released)s holds were let go.")
ANSWERED = _("%(answered)s holds are answered.")
LIMITED = _("The limit holds from now on.")

accounts = page(
    "credit/accounts",
    done={"Open": SAVED, "Switch": SAVED},
    then={"Open": "/office/credit/%(account.id)s/"},
    export=Sheet("creditAccounts", ACCOUNTS, _("Credit accounts")),
)
account = page(
    "credit/account",
    needs="creditAccount",
    done={
        "Limit": LIMITED,
        "EndLimit": _("The limit has ended."),
        "Suspend": _("The account is suspended."),
        "Resume": _("The account can buy again."),
        "Save": SAVED,
        "Evaluate": EVALUATED,
    },
)
holds = page(
    "credit/holds",
    size=50,
    done={"Release": RELEASED, "Reject": _("The order is refused."), "Evaluate": EVALUATED, "Answer": ANSWERED},
    export=Sheet("creditHolds", HOLDS, _("Hold queue")),
)
waiting = page("credit/waiting")
rules = page("credit/rules", done={"Write": SAVED, "Delete": _("The rule is gone."), "Switch": SAVED})
requests = page(
    "credit/requests",
    done={"Approve": LIMITED, "Reject": _("The request is refused.")},
)
own = page(
    "credit/own",
    done={"Ask": _("Your seller has been asked."), "Withdraw": _("The request is withdrawn.")},
)

urlpatterns = [
    path("credit/", own, name="own_credit"),
    path("office/credit/", accounts, name="credit_accounts"),
    path("office/credit/holds/", holds, name="credit_holds"),
    path("office/credit/waiting/", waiting, name="credit_waiting"),
    path("office/credit/rules/", rules, name="credit_rules"),
    path("office/credit/requests/", requests, name="credit_requests"),
    path("office/credit/<str:id>/", account, name="credit_account"),
]
