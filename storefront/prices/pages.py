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
POLICIES = {
    "code": _("Code"),
    "name": _("Name"),
    "statusLabel": _("Status"),
    "audience": _("Holds for"),
    "terms.effect": _("Effect"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid until"),
    "updatedAt": _("Changed"),
}
ADJUSTMENTS = {
    "number": _("Number"),
    "statusLabel": _("Status"),
    "priceList.name": _("Price list"),
    "lineCount": _("Prices"),
    "effectiveAt": _("Valid from"),
    "reason": _("Reason"),
    "createdAt": _("Entered"),
}
difference = page("prices/difference", needs="priceList")
policies = page(
    "prices/policies",
    then={"Create": "/office/prices/policies/%(pricePolicy.id)s/"},
    done={"Create": SAVED},
    export=Sheet("pricePolicies", POLICIES, _("Price policies")),
)
policy = page(
    "prices/policy",
    needs="policy",
    then={"Try": "/office/prices/simulations/%(priceSimulation.id)s/"},
    done={
        **dict.fromkeys(("Save", "WriteTerm", "RemoveTerm", "Pause", "Void"), SAVED),
        "Submit": _("The policy is in effect."),
    },
)
policy_calendar = page("prices/policy_calendar")
adjustments = page(
    "prices/adjustments",
    then={"Create": "/office/prices/adjustments/%(priceAdjustment.id)s/"},
    done={"Create": SAVED},
    export=Sheet("priceAdjustments", ADJUSTMENTS, _("Price adjustments")),
)
adjustment = page(
    "prices/adjustment",
    needs="adjustment",
    size=50,
    done={**dict.fromkeys(("Void", "KeepTemporary", "Save"), SAVED), "Submit": _("The adjustment is approved.")},
)
simulations = page("prices/simulations", then={"Start": "/office/prices/simulations/%(priceSimulation.id)s/"})
simulation = page("prices/simulation", needs="simulation", size=50, parts={"result"}, done={"Cancel": SAVED})
price_import = page("prices/price_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/prices/", price_lists, name="price_lists"),
    path("office/prices/why/", why, name="why_this_price"),
    path("office/prices/calendar/", calendars, name="price_calendars"),
    path("office/prices/settings/", pricing_settings, name="pricing_settings"),
    path("office/prices/policies/", policies, name="price_policies"),
    path("office/prices/policies/calendar/", policy_calendar, name="price_policy_calendar"),
    path("office/prices/policies/<str:id>/", policy, name="price_policy"),
    path("office/prices/adjustments/", adjustments, name="price_adjustments"),
    path("office/prices/adjustments/<str:id>/", adjustment, name="price_adjustment"),
    path("office/prices/simulations/", simulations, name="price_simulations"),
    path("office/prices/simulations/<str:id>/", simulation, name="price_simulation"),
    path("office/prices/<str:id>/difference/", difference, name="price_list_difference"),
    path("office/prices/<str:id>/", price_list, name="price_list"),
    path("office/prices/<str:id>/rows/", price_rows, name="price_rows"),
    path("office/prices/<str:id>/calendar/", price_calendar, name="price_calendar"),
    path("office/prices/<str:id>/terms/", price_terms, name="price_terms"),
    path("office/imports/prices/<str:id>/", price_import, name="price_import"),
]
