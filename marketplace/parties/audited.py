"""What the audit log calls organizations, partners and people, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "organization",
    "parties.Organization",
    _("Organization"),
    {
        "tax_number": _("Tax number"),
        "contact": _("Contact"),
        "website": _("Website"),
        "sells": _("Sells"),
        "buys": _("Buys"),
        "shipment_prefix": _("Shipment numbers begin with"),
        "receipt_prefix": _("Receipt numbers begin with"),
    },
)
audited("unit", "parties.Unit", _("Unit"))
audited(
    "partnership",
    "parties.Partnership",
    _("Partner"),
    {
        "upstream_id": _("Upstream"),
        "downstream_id": _("Downstream"),
        "downstream_role": _("Partner role"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
        "territory_id": _("Territory"),
        "sales_rep_id": _("Sales rep"),
        "price_scope": _("Price scope"),
        "short_policy": _("When stock is short"),
        "payment_method": _("Payment method"),
        "payment_days": _("Days to pay"),
        "share_stock": _("Shares its stock"),
        "status_reason": _("Reason"),
        "tax_treatment": _("Tax treatment"),
        "tax_reason": _("Reason"),
    },
)
audited(
    "tax_profile",
    "parties.TaxProfile",
    _("Tax profile"),
    {
        "title": _("Invoice title"),
        "tax_number": _("Tax number"),
        "bank_name": _("Bank"),
        "bank_account": _("Account number"),
        "invoice_kind": _("Invoice kind"),
    },
)
audited("partner_group", "parties.PartnerGroup", _("Partner group"))
audited("partner_grade", "parties.PartnerGrade", _("Partner grade"))
audited("territory", "parties.Territory", _("Territory"))
audited("role", "parties.Role", _("Role"), {"permissions": _("Permissions"), "preset": _("Preset")})
audited("member", "parties.Membership", _("Member"), {"unit_id": _("Unit"), "roles": _("Roles"), "user_id": _("User")})
audited(
    "address",
    "parties.Address",
    _("Address"),
    {
        "label": _("Name"),
        "contact": _("Recipient"),
        "region": _("Province"),
        "city": _("City"),
        "district": _("District"),
        "street": _("Street"),
        "postal_code": _("Postal code"),
    },
)
audited("user", "parties.User", _("User"))
audited("invitation", "parties.Invitation", _("Invitation"))
