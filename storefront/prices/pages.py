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
    "prices/price_list", needs="priceList", done={"Submit": _("The price list is in effect."), "Pause": SAVED}
)
price_rows = page("prices/price_rows", needs="priceList", size=50, done={"EndRows": _("The prices have ended.")})
price_terms = page(
    "prices/price_terms",
    needs="priceList",
    then={"Copy": "/office/prices/%(priceList.id)s/"},
    done=dict.fromkeys(("Save", "Assign", "Order", "Unassign", "Void", "Copy"), SAVED),
)
price_calendar = page("prices/price_calendar", needs="priceList")
calendars = page("prices/calendars")
why = page("prices/why")
pricing_settings = page("prices/settings", done={"Save": SAVED})
price_import = page("prices/price_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/prices/", price_lists, name="price_lists"),
    path("office/prices/why/", why, name="why_this_price"),
    path("office/prices/calendar/", calendars, name="price_calendars"),
    path("office/prices/settings/", pricing_settings, name="pricing_settings"),
    path("office/prices/<str:id>/", price_list, name="price_list"),
    path("office/prices/<str:id>/rows/", price_rows, name="price_rows"),
    path("office/prices/<str:id>/calendar/", price_calendar, name="price_calendar"),
    path("office/prices/<str:id>/terms/", price_terms, name="price_terms"),
    path("office/imports/prices/<str:id>/", price_import, name="price_import"),
]
