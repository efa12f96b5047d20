"""One's own profile, and the settings of one's company."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import Page, page, view
from storefront.sheets import Sheet
from storefront.words import SAVED


class Keys(Page):
    """The page of API keys: what a new one is, is shown in the answer to the form and nowhere else."""

    def after(self, request: HttpRequest, where: dict[str, Any], name: str, data: dict[str, Any]) -> HttpResponseBase:
        """Show the page with the secret after a key was made."""
        made = data.get("apiKeyCreate") or {}
        if not made.get("secret"):
            return super().after(request, where, name, data)
        request.api_key_made = made  # type: ignore[attr-defined]
        shown = self.show(request, where)
        shown["Cache-Control"] = "no-store"
        return shown


AUDIT = {
    "at": _("When"),
    "actorName": _("Who"),
    "actorOrganizationName": _("Company"),
    "kindLabel": _("What happened"),
    "documentKindLabel": _("Kind"),
    "documentName": _("Document"),
    "changes.label": _("Changes"),
    "changes.before": _("Before"),
    "changes.after": _("After"),
}

company = page("company/company")
profile = page("company/profile", done={"SaveProfile": SAVED})
details = page("company/details", done={"SaveDetails": SAVED})
security = page("company/security")
notifications = page("company/notifications", done={"SaveSettings": SAVED})
rules = page("company/rules", done={"SaveRules": SAVED})
numbers = page("company/numbers", done={"SaveNumbers": SAVED})
tax = page(
    "company/tax",
    done={
        **dict.fromkeys(("SaveCategory", "SaveRate"), SAVED),
        "DeleteCategory": _("The tax category is deleted."),
        "RemoveRate": _("The rate is removed."),
        "ApplyPreset": _("The tax categories are set up."),
    },
)
tax_profile = page("company/tax_profile", done={"SaveTaxProfile": SAVED})
invoicing = page("company/invoicing", done={"SaveInvoicing": SAVED})
audit = page("company/audit", export=Sheet("auditLog", AUDIT, _("Audit log")))
addresses = page(
    "company/addresses", done={"SaveAddress": _("The address is saved."), "RetireAddress": _("The address is deleted.")}
)
keys = view(Keys("company/keys", done={"RevokeKey": _("The key is revoked.")}))
users = page(
    "company/users",
    done={
        "Invite": _("The invitation to %(invitation.email)s is on its way."),
        "Resend": _("Sent again to %(invitation.email)s; the link of the earlier mail ends."),
        "Withdraw": _("The invitation to %(invitation.email)s is withdrawn."),
    },
)
user = page(
    "company/user",
    needs="member",
    parts={"drawer"},
    done={
        "SaveMember": SAVED,
        "Suspend": _("%(member.user.displayName)s is suspended."),
        "Reinstate": _("%(member.user.displayName)s can work here again."),
    },
)
roles = page("company/roles", done={"DeleteRole": _("The role is deleted.")})
role = page(
    "company/role",
    then={"CreateRole": "/company/roles/%(role.id)s/"},
    done={"CreateRole": _("The role %(role.name)s is made."), "SaveRole": SAVED},
)
departments = page(
    "company/departments",
    done={
        "CreateUnit": _("%(unit.name)s is made."),
        "SaveUnit": SAVED,
        "MoveUnit": _("%(unit.name)s is moved."),
        "RetireUnit": _("%(unit.name)s is out of use."),
        "RestoreUnit": _("%(unit.name)s is back in use."),
        "DeleteUnit": _("The department is deleted."),
    },
)

urlpatterns = [
    path("profile/", profile, name="profile"),
    path("company/", company, name="company"),
    path("company/details/", details, name="company_details"),
    path("company/security/", security, name="company_security"),
    path("company/notifications/", notifications, name="company_notifications"),
    path("company/addresses/", addresses, name="company_addresses"),
    path("company/departments/", departments, name="company_departments"),
    path("company/users/", users, name="company_users"),
    path("company/users/<str:id>/", user, name="company_user"),
    path("company/roles/", roles, name="company_roles"),
    path("company/roles/new/", role, name="company_role_new"),
    path("company/roles/<str:id>/", role, name="company_role"),
    path("company/keys/", keys, name="company_keys"),
    path("company/audit/", audit, name="company_audit"),
    path("company/rules/", rules, name="company_rules"),
    path("company/numbers/", numbers, name="company_numbers"),
    path("company/tax/", tax, name="company_tax"),
    path("company/tax-profile/", tax_profile, name="company_tax_profile"),
    path("company/invoicing/", invoicing, name="company_invoicing"),
]
