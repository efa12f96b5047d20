"""With whom the seller trades: the list, one partner, invitations, and what partners are sorted by."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

PARTNERS = {
    "code": _("Code"),
    "partner.name": _("Partner"),
    "statusLabel": _("Status"),
    "group.name": _("Partner group"),
    "grade.name": _("Partner grade"),
    "territory.name": _("Territory"),
    "terms": _("Terms"),
    "currency": _("Currency"),
    "salesRep.displayName": _("Sales rep"),
    "openOrderCount": _("Open orders"),
    "turnover.amount": _("Last 12 months"),
    "lastOrderedAt": _("Last order"),
    "createdAt": _("Partner since"),
}
SENT = _("The invitation to %(invitation.email)s is on its way.")
ASKED = {"Resend": SENT, "Withdraw": _("The invitation to %(invitation.email)s is withdrawn.")}
NODE = {"Create": SAVED, "Update": SAVED, "Delete": _("Deleted.")}
ONE = "office/partners/<str:id>/"

partners = page(
    "partners/partners",
    then={"ViewAs": "/home/"},
    done={"Sort": SAVED},
    export=Sheet("partnerships", PARTNERS, _("Partners")),
)
invite = page(
    "partners/invite",
    then={"Invite": "/office/partners/%(invitation.partnership.id)s/"},
    done={"Invite": SENT},
)
invitations = page("partners/invitations", done=ASKED)
groups = page("partners/groups", done=NODE | {"Move": SAVED})
territories = page("partners/territories", done=NODE | {"Move": SAVED})
grades = page("partners/grades", done=NODE)
partner = page(
    "partners/partner",
    needs="partnership",
    then={"ViewAs": "/home/"},
    done={
        **dict.fromkeys(("Save", "SaveTax", "SaveTaxProfile"), SAVED),
        "Suspend": _("%(partnership.partner.name)s is suspended."),
        "Resume": _("%(partnership.partner.name)s can order again."),
        "Activate": _("%(partnership.partner.name)s can order now."),
        "Terminate": _("Trade with %(partnership.partner.name)s is terminated."),
        "Renew": _("%(partnership.partner.name)s can order again."),
    },
)
partner_prices = page("partners/partner_prices", needs="partnership", done={"Assign": SAVED})
partner_goods = page(
    "partners/partner_goods",
    needs="partnership",
    then=dict.fromkeys(("WriteAssortment", "EndAssortment"), "/office/partners/%(id)s/goods/"),
    done={"WriteAssortment": SAVED, "EndAssortment": _("Assortment “%(assortment.name)s” holds no more.")},
)
partner_orders = page("partners/partner_orders", needs="partnership")
partner_people = page("partners/partner_people", needs="partnership", done=ASKED | {"Invite": SENT})
partner_addresses = page("partners/partner_addresses", needs="partnership")
partner_credit = page("partners/partner_credit", needs="partnership")
partner_history = page("partners/partner_history", needs="partnership")

urlpatterns = [
    path("office/partners/", partners, name="partners"),
    path("office/partners/invite/", invite, name="partner_invite"),
    path("office/partners/invitations/", invitations, name="partner_invitations"),
    path("office/partners/groups/", groups, name="partner_groups"),
    path("office/partners/grades/", grades, name="partner_grades"),
    path("office/partners/territories/", territories, name="territories"),
    path(ONE, partner, name="partner"),
    path(f"{ONE}prices/", partner_prices, name="partner_prices"),
    path(f"{ONE}goods/", partner_goods, name="partner_goods"),
    path(f"{ONE}orders/", partner_orders, name="partner_orders"),
    path(f"{ONE}people/", partner_people, name="partner_people"),
    path(f"{ONE}credit/", partner_credit, name="partner_credit"),
    path(f"{ONE}addresses/", partner_addresses, name="partner_addresses"),
    path(f"{ONE}history/", partner_history, name="partner_history"),
]
