"""The GraphQL kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GraphqlConfig(AppConfig):
    """Schema, executor, HTTP view and subscriptions."""

    name = "marketplace.graphql"
    label = "graphql_kernel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("GraphQL")

    def ready(self) -> None:
        from marketplace.core.events import ALL, subscribe
        from marketplace.graphql.fanout import tell_watchers

        subscribe(ALL, "live", writes=False)(tell_watchers)
