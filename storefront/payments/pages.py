"""Payments of both sides, and a seller's bank statements matched with what is owed."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

PAYMENTS = {
    "number": _("Number"),
    "valueDate": _("Day"),
    "buyer.name": _("Partner"),
    "methodLabel": _("Payment method"),
    "providerLabel": _("Through"),
    "reference": _("Reference"),
    "statusLabel": _("Status"),
    "amount.amount": _("Amount"),
    "refunded.amount": _("Refunded"),
    "chargedBack.amount": _("Called back"),
    "amount.currency": _("Currency"),
}
LINES = {
    "bookedOn": _("Day"),
    "account": _("Account"),
    "payer": _("Payer"),
    "payerAccount": _("Payer's account"),
    "text": _("What it is for"),
    "bankReference": _("Bank reference"),
    "amount.amount": _("Amount"),
    "amount.currency": _("Currency"),
    "statusLabel": _("Status"),
}
OFFICE = "office/finance/payments/"
#: The provider's script and what it opens, where one pays and nowhere else.
STRIPE = {
    "script-src": "https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "img-src": "https://*.stripe.com",
}

GIVEN_UP = _("%(payment.number)s is given up.")

payments = page(
    "payments/payments",
    done={
        "Record": _("%(payment.number)s is recorded."),
        "Refund": _("%(refund.number)s is refunded."),
        "GiveUp": GIVEN_UP,
    },
    export=Sheet("payments", PAYMENTS, _("Payments")),
)
bank = page(
    "payments/bank",
    done={
        "Import": _("%(new)s new bookings, %(known)s known already."),
        "Match": _("The payments are recorded."),
        "Ignore": _("Laid aside."),
        "Reopen": _("Taken up again."),
    },
    export=Sheet("bankLines", LINES, _("Bank statements")),
)
bank_line = page(
    "payments/bank_line",
    needs="bankLine",
    parts={"drawer"},
    done={"Match": _("The payments are recorded."), "Ignore": _("Laid aside.")},
    then={
        "Match": "/office/finance/payments/bank/?status=OPEN",
        "Ignore": "/office/finance/payments/bank/?status=OPEN",
    },
)
my_payments = page(
    "payments/my_payments",
    done={"GiveUp": GIVEN_UP},
    export=Sheet("payments", {**PAYMENTS, "seller.name": _("Partner")}, _("Payments")),
)
begin = page("payments/begin", then={"Start": "/finance/payments/%(payment.id)s/pay/"})
pay = page(
    "payments/pay",
    needs="payment",
    parts={"state"},
    then={"GiveUp": "/finance/payments/"},
    done={"GiveUp": GIVEN_UP},
    beside=STRIPE,
)
provider = page("payments/provider", done={"SaveAccount": SAVED})

urlpatterns = [
    path(OFFICE, payments, name="payments"),
    path(f"{OFFICE}bank/", bank, name="bank_lines"),
    path(f"{OFFICE}bank/<str:id>/", bank_line, name="bank_line"),
    path("finance/payments/", my_payments, name="my_payments"),
    path("finance/payments/new/", begin, name="begin_payment"),
    path("finance/payments/<str:id>/pay/", pay, name="pay"),
    path("company/payments/", provider, name="payment_provider"),
]
