"""The pages of the settings, in groups; each is shown to who may open it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Setting:
    """One page of the settings; `also` are addresses that stand under it too."""

    label: Any
    url: str
    icon: str
    permission: str
    about: Any
    also: tuple[str, ...] = ()


SETTINGS = (
    (
        _("For you"),
        (
            Setting(_("Profile"), "/profile/", "user", "", _("Your name, telephone and language")),
            Setting(
                _("Security"),
                "/company/security/",
                "lock",
                "",
                _("Password, second factor and sessions"),
                ("/accounts/",),
            ),
            Setting(_("Notifications"), "/company/notifications/", "bell", "", _("What you are told of")),
        ),
    ),
    (
        _("Company"),
        (
            Setting(
                _("Company details"),
                "/company/details/",
                "building",
                "organization.manage",
                _("Names, tax number, how to reach you, currency and time zone"),
            ),
            Setting(
                _("Addresses"), "/company/addresses/", "map-pin", "addresses.manage", _("Where goods are delivered to")
            ),
            Setting(
                _("Tax profile"),
                "/company/tax-profile/",
                "file-invoice",
                "tax.profile",
                _("What your invoices say, and where they are sent"),
            ),
            Setting(
                _("Document numbers"),
                "/company/numbers/",
                "file-text",
                "organization.manage",
                _("What the numbers of shipments and receipts begin with"),
            ),
            Setting(
                _("Departments"), "/company/departments/", "sitemap", "members.view", _("How your company is made up")
            ),
            Setting(_("Users"), "/company/users/", "users", "members.view", _("Who works here, and invitations")),
            Setting(_("Roles"), "/company/roles/", "shield", "members.view", _("What people may do")),
            Setting(_("API keys"), "/company/keys/", "key", "api_keys.manage", _("For programs that work for you")),
            Setting(_("Audit log"), "/company/audit/", "history", "audit.view", _("Who changed what, and when")),
        ),
    ),
    (
        _("Selling"),
        (
            Setting(
                _("Order rules and numbers"),
                "/company/rules/",
                "adjustments",
                "orders.settings",
                _("How you take orders, and how they are numbered"),
            ),
            Setting(
                _("Tax categories and rates"),
                "/company/tax/",
                "receipt-tax",
                "tax.manage",
                _("Which goods are taxed at which rate, and from when on"),
            ),
            Setting(
                _("Invoicing"),
                "/company/invoicing/",
                "file-check",
                "invoices.settings",
                _("What is invoiced and when, and how invoices are numbered"),
            ),
            Setting(
                _("Online payment"),
                "/company/payments/",
                "coin",
                "payments.providers",
                _("How buyers pay you by card and other ways"),
            ),
        ),
    ),
)
