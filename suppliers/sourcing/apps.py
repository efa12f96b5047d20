from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import declare
from marketplace.core.permissions import Permission

BUYER = ("dealer_owner", "dealer_buyer", "seller_owner")
SUPPLIER = ("seller_owner", "seller_sales")


class SourcingConfig(AppConfig):
    name = "suppliers.sourcing"
    label = "sourcing"
    verbose_name = _("Sourcing")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("sourcing.view", _("See sourcing events"), (*BUYER, "dealer_finance", "seller_finance"), reads=True),
        Permission("sourcing.manage", _("Write sourcing events"), BUYER),
        Permission("sourcing.publish", _("Publish and end sourcing events"), BUYER),
        Permission("sourcing.open", _("Open quotes"), (*BUYER, "dealer_finance", "seller_finance")),
        Permission("sourcing.award", _("Award quotes"), ("dealer_owner", "seller_owner", "dealer_finance")),
        Permission("quotes.view", _("See invitations to quote"), (*SUPPLIER, "seller_pricing"), reads=True),
        Permission("quotes.submit", _("Send quotes"), SUPPLIER),
    )
    schedule = {"sourcing deadlines": {"task": "suppliers.sourcing.tasks.close_events", "schedule": 60.0}}

    def ready(self) -> None:
        from suppliers.sourcing import envelopes, mails, openers, papers, sources
        from suppliers.sourcing.happenings import EVENTS

        assert all((envelopes, openers, sources))  # they join the life of an event by its hooks
        declare(*EVENTS)
        papers.register()
        mails.listen()
