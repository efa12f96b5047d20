"""What the audit log calls things of the kernel."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "api_key",
    "graphql_kernel.ApiKey",
    _("API key"),
    {"role_id": _("Role"), "expires_at": _("Valid until"), "revoked_at": _("Revoked at")},
)
