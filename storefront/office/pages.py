"""The seller at work on orders."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page

office = page("office/home")
inbox = page("office/inbox", done={"BulkConfirm": _("%(orders.count)s orders confirmed.")})

urlpatterns = [
    path("office/", office, name="office"),
    path("office/orders/", inbox, name="inbox"),
]
