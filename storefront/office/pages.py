"""The seller at work on orders."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.orders.pages import SHEET
from storefront.page import page
from storefront.sheets import Sheet

office = page("office/home")
inbox = page(
    "office/inbox",
    done={"BulkConfirm": _("%(orders.count)s orders confirmed.")},
    export=Sheet("orders", SHEET, _("Order inbox")),
)

urlpatterns = [
    path("office/", office, name="office"),
    path("office/orders/", inbox, name="inbox"),
]
