"""The seller at work on orders: overview, inbox, an order beside it, and orders entered for dealers."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.orders.pages import SHEET
from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import VIEWS

FOUND = {**SHEET, "promisedOn": _("Promised date"), "flags.label": _("Attention")}

office = page("office/home")
inbox = page(
    "office/inbox",
    done={"BulkConfirm": _("%(orders.count)s orders confirmed."), **VIEWS},
    export=Sheet("orders", FOUND, _("Order inbox")),
)
pane = page("office/pane", needs="order", done={"Confirm": _("%(order.number)s is confirmed.")})
waiting = page("office/waiting")
enter = page("office/enter")

urlpatterns = [
    path("office/", office, name="office"),
    path("office/orders/", inbox, name="inbox"),
    path("office/orders/waiting/", waiting, name="orders_waiting"),
    path("office/orders/new/", enter, name="enter_order"),
    path("office/orders/<str:id>/pane/", pane, name="order_pane"),
]
