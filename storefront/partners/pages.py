"""With whom the seller trades."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet

PARTNERS = {
    "partner.code": _("Code"),
    "partner.name": _("Partner"),
    "statusLabel": _("Status"),
    "grade.name": _("Partner grade"),
    "group.name": _("Partner group"),
    "territory.name": _("Territory"),
    "terms": _("Terms"),
    "openOrderCount": _("Open orders"),
    "lastOrderedAt": _("Last order"),
}

partners = page("partners/partners", then={"ViewAs": "/home/"}, export=Sheet("partnerships", PARTNERS, _("Partners")))

urlpatterns = [path("office/partners/", partners, name="partners")]
