from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

EVENTS = (
    EventKind("pricing.settings_updated", _("Pricing settings changed")),
    EventKind("pricing.list_created", _("Price list created")),
    EventKind("pricing.list_updated", _("Price list changed")),
    EventKind("pricing.list_submitted", _("Price list put in effect")),
    EventKind("pricing.list_paused", _("Price list paused")),
    EventKind("pricing.list_voided", _("Price list voided")),
    EventKind("pricing.rows_written", _("Prices written")),
    EventKind("pricing.rows_ended", _("Prices ended")),
    EventKind("pricing.policy_created", _("Price policy created")),
    EventKind("pricing.policy_updated", _("Price policy changed")),
    EventKind("pricing.policy_submitted", _("Price policy put in effect")),
    EventKind("pricing.policy_paused", _("Price policy paused")),
    EventKind("pricing.policy_voided", _("Price policy voided")),
    EventKind("pricing.adjustment_created", _("Price adjustment created")),
    EventKind("pricing.adjustment_updated", _("Price adjustment changed")),
    EventKind("pricing.adjustment_submitted", _("Price adjustment approved")),
    EventKind("pricing.adjustment_voided", _("Price adjustment voided")),
    EventKind("pricing.import_applied", _("Price import applied")),
    EventKind("pricing.import_reverted", _("Price import reverted")),
)


class PricingConfig(AppConfig):
    name = "ordercenter.pricing"
    label = "pricing"
    verbose_name = _("Pricing")
    default_auto_field = "django.db.models.BigAutoField"
    schedule = {
        "resume price imports": {"task": "ordercenter.pricing.tasks.resume_imports", "schedule": 60.0},
        "resume price simulations": {"task": "ordercenter.pricing.tasks.resume_simulations", "schedule": 60.0},
    }
    permissions = (
        Permission(
            "prices.view",
            _("See prices"),
            ("seller_owner", "seller_pricing", "seller_sales", "seller_finance"),
            reads=True,
        ),
        Permission("prices.manage", _("Manage prices"), ("seller_owner", "seller_pricing")),
        Permission("prices.agree", _("Enter agreed prices"), ("seller_owner", "seller_pricing", "seller_sales")),
        Permission("prices.override_floor", _("Agree prices below the floor"), ("seller_owner", "seller_pricing")),
    )

    def ready(self) -> None:
        from marketplace.catalog.priced import priced_condition
        from marketplace.parties.starting import register_start
        from marketplace.search.by_price import register_prices
        from ordercenter.pricing.assigning import start_with_list
        from ordercenter.pricing.offers import prices_of
        from ordercenter.pricing.priced import products_priced

        declare(*EVENTS)
        register_prices(prices_of)
        register_start("price_list", start_with_list)
        priced_condition(products_priced)
