"""Orders as both sides see them."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import IN_CARTS, SAVED, VIEWS

SHEET = {
    "number": _("Order"),
    "buyerReference": _("Purchase-order number"),
    "partner.name": _("Partner"),
    "statusLabel": _("Status"),
    "fulfilmentStatusLabel": _("Shipping progress"),
    "waitingForLabel": _("Waits for"),
    "placedAt": _("Placed"),
    "requestedOn": _("Wished date"),
    "lineCount": _("Lines"),
    "total.net.amount": _("Net"),
    "total.tax.amount": _("Tax"),
    "total.gross.amount": _("Gross"),
    "total.gross.currency": _("Currency"),
}

orders = page(
    "orders/orders",
    then={"Reorder": "/carts/"},
    done={"Reorder": IN_CARTS, **VIEWS},
    export=Sheet(
        "orders", {**SHEET, "promisedOn": _("Promised date"), "placedBy.displayName": _("Placed by")}, _("Orders")
    ),
)
PARTS = (
    *("live", "rows", "talk", "earlier", "files", "receive"),
    *("ship", "shiprows", "change", "changerows", "asking", "askrows"),
)
order = page(
    "orders/order",
    needs="order",
    parts=set(PARTS),
    then={"Reorder": "/carts/", "SaveAsList": "/lists/%(savedList.id)s/"},
    done={
        "Confirm": _("The order is confirmed."),
        "Decline": _("The order is declined."),
        "Change": _("The change is in force."),
        "Cancel": _("The order is cancelled."),
        "AskToCancel": _("The seller is asked to cancel."),
        "GrantCancel": _("The cancellation is granted."),
        "DeclineCancel": _("The request to cancel is declined."),
        "WithdrawCancel": _("The request to cancel is withdrawn."),
        "Ship": _("Shipped as %(shipment.number)s."),
        "Receive": _("Received as %(receipt.number)s."),
        "Hold": _("The order is held."),
        "Release": _("The hold is released."),
        "Reject": _("The hold is rejected."),
        "Close": _("The order is closed."),
        "Reopen": _("The order is open again."),
        "Reorder": IN_CARTS,
        "SaveAsList": SAVED,
    },
)

urlpatterns = [
    path("orders/", orders, name="orders"),
    path("orders/<str:id>/", order, name="order"),
]
