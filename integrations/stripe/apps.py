from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission


class StripeConfig(AppConfig):
    name = "integrations.stripe"
    label = "stripe"
    verbose_name = "Stripe"
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (Permission("payments.providers", _("Set up payment providers"), ("seller_owner",)),)

    def ready(self) -> None:
        from integrations.stripe.gateway import Stripe
        from marketplace.core.events import EventKind, declare
        from ordercenter.payments.enums import PaymentProvider
        from ordercenter.payments.providers import register_provider

        declare(EventKind("stripe.account_changed", _("Payment provider set up")))
        register_provider(PaymentProvider.STRIPE, Stripe())
