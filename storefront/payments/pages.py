"""Payments of both sides, and a seller's bank statements matched with what is owed."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet

PAYMENTS = {
    "number": _("Number"),
    "valueDate": _("Day"),
    "buyer.name": _("Partner"),
    "methodLabel": _("Payment method"),
    "reference": _("Reference"),
    "statusLabel": _("Status"),
    "amount.amount": _("Amount"),
    "refunded.amount": _("Refunded"),
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

payments = page(
    "payments/payments",
    done={"Record": _("%(payment.number)s is recorded."), "Refund": _("%(refund.number)s is refunded.")},
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
my_payments = page("payments/my_payments", export=Sheet("payments", PAYMENTS, _("Payments")))

urlpatterns = [
    path(OFFICE, payments, name="payments"),
    path(f"{OFFICE}bank/", bank, name="bank_lines"),
    path(f"{OFFICE}bank/<str:id>/", bank_line, name="bank_line"),
    path("finance/payments/", my_payments, name="my_payments"),
]
