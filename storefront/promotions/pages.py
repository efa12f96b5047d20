"""Promotions: what a seller has on, how each is made, capped and tried; and what is on for a buyer."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

PROMOTIONS = {
    "code": _("Code"),
    "version": _("Version"),
    "name": _("Name"),
    "sentence": _("What it gives"),
    "effectLabel": _("Kind of promotion"),
    "statusLabel": _("Status"),
    "stackingLabel": _("Stacking"),
    "priority": _("Priority"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid until"),
    "appliedCount": _("Orders"),
    "appliedAmount.amount": _("Discount"),
}
COUPONS = {
    "code": _("Coupon"),
    "statusLabel": _("Status"),
    "partner": _("Partner"),
    "limit": _("At most"),
    "used": _("Used"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid until"),
}

promotions = page(
    "promotions/promotions", done={"Settle": SAVED}, export=Sheet("promotions", PROMOTIONS, _("Promotions"))
)
calendar = page("promotions/calendar")
new = page("promotions/new", then={"Create": "/office/promotions/%(promotion.id)s/"}, done={"Create": SAVED})
promotion = page(
    "promotions/promotion",
    needs="promotion",
    then={"Revise": "/office/promotions/%(promotion.id)s/"},
    done={
        "Save": SAVED,
        "Submit": _("The promotion is in effect."),
        "Pause": _("The promotion is paused."),
        "Resume": _("The promotion is in effect."),
        "Void": SAVED,
        "Revise": _("This is a draft of the next version."),
    },
)
limits = page(
    "promotions/limits",
    needs="promotion",
    done={"Cap": SAVED, "Generate": _("The coupons are made."), "VoidCoupon": SAVED},
    export=Sheet("coupons", COUPONS, _("Coupons")),
)
preview = page("promotions/preview", needs="promotion", parts={"simulations"})
offers = page("promotions/offers")

urlpatterns = [
    path("office/promotions/", promotions, name="promotions"),
    path("office/promotions/calendar/", calendar, name="promotion_calendar"),
    path("office/promotions/new/", new, name="promotion_new"),
    path("office/promotions/<str:id>/", promotion, name="promotion"),
    path("office/promotions/<str:id>/limits/", limits, name="promotion_limits"),
    path("office/promotions/<str:id>/preview/", preview, name="promotion_preview"),
    path("promotions/", offers, name="promotion_offers"),
]
