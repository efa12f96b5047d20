"""Price lists and how they are filled."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

LISTS = {
    "code": _("Code"),
    "name": _("Name"),
    "statusLabel": _("Status"),
    "currency": _("Currency"),
    "assignments.audience": _("Holds for"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid until"),
    "rowCount": _("Rows"),
    "updatedAt": _("Changed"),
}

price_lists = page(
    "prices/price_lists",
    then={"Create": "/office/prices/%(priceList.id)s/"},
    done={"Create": SAVED},
    export=Sheet("priceLists", LISTS, _("Price lists")),
)
price_list = page(
    "prices/price_list",
    needs="priceList",
    size=50,
    done=dict.fromkeys(("WriteRow", "EndRows", "Submit", "Pause"), SAVED),
)
price_import = page("prices/price_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/prices/", price_lists, name="price_lists"),
    path("office/prices/<str:id>/", price_list, name="price_list"),
    path("office/imports/prices/<str:id>/", price_import, name="price_import"),
]
