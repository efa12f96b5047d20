"""The GraphQL kernel as a Django app."""

from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission


class GraphqlConfig(AppConfig):
    """Schema, executor, HTTP view and subscriptions."""

    name = "marketplace.graphql"
    label = "graphql_kernel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("GraphQL")

    permissions = (Permission("api_keys.manage", _("Manage API keys"), ("seller_owner", "dealer_owner")),)

    def ready(self) -> None:
        from marketplace.core.events import ALL, EventKind, declare, subscribe
        from marketplace.graphql.fanout import tell_watchers

        declare(
            EventKind("api_key.created", _("API key created")),
            EventKind("api_key.revoked", _("API key revoked")),
        )
        subscribe(ALL, "live", writes=False)(tell_watchers)

    schedule: ClassVar = {
        "sweep sign-ins of API clients": {"task": "marketplace.graphql.tasks.sweep_tokens", "schedule": 24 * 3600.0},
    }
