from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

EVENTS = (
    EventKind("promotions.created", _("Promotion created")),
    EventKind("promotions.updated", _("Promotion changed")),
    EventKind("promotions.submitted", _("Promotion put in effect")),
    EventKind("promotions.paused", _("Promotion paused")),
    EventKind("promotions.resumed", _("Promotion resumed")),
    EventKind("promotions.voided", _("Promotion voided")),
    EventKind("promotions.cap_written", _("Promotion cap changed")),
    EventKind("promotions.funding_written", _("Funding of a promotion changed")),
    EventKind("promotions.coupons_generated", _("Coupons generated")),
    EventKind("promotions.coupon_voided", _("Coupon voided")),
    EventKind("promotions.settings_updated", _("Promotion settings changed")),
    EventKind("promotions.simulated", _("Promotions simulated")),
)


class PromotionsConfig(AppConfig):
    name = "ordercenter.promotions"
    label = "promotions"
    verbose_name = _("Promotions")
    default_auto_field = "django.db.models.BigAutoField"
    schedule = {
        "resume promotion simulations": {"task": "ordercenter.promotions.tasks.resume_simulations", "schedule": 60.0}
    }
    permissions = (
        Permission(
            "promotions.view",
            _("See promotions"),
            ("seller_owner", "seller_pricing", "seller_sales", "seller_finance"),
            reads=True,
        ),
        Permission("promotions.manage", _("Manage promotions"), ("seller_owner", "seller_pricing")),
    )

    def ready(self) -> None:
        declare(*EVENTS)
