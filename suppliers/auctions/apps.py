from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

BUYERS = ("dealer_owner", "dealer_buyer", "seller_owner")
SELLERS = ("seller_owner", "seller_sales")
EVERY = 2.0


class AuctionsConfig(AppConfig):
    name = "suppliers.auctions"
    label = "auctions"
    verbose_name = _("Auctions")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("auctions.view", _("See auctions"), (*BUYERS, "seller_sales", "dealer_finance"), reads=True),
        Permission("auctions.manage", _("Prepare and run auctions"), BUYERS),
        Permission("auctions.bid", _("Bid in auctions"), SELLERS),
    )
    schedule = {"auctions-follow": {"task": "suppliers.auctions.tasks.follow_clocks", "schedule": EVERY}}

    def ready(self) -> None:
        declare(
            EventKind("auction.created", _("Auction created")),
            EventKind("auction.rules_set", _("Auction rules set")),
            EventKind("auction.published", _("Auction published")),
            EventKind("auction.seat_admitted", _("Seat admitted")),
            EventKind("auction.seat_value_set", _("Value of a seat set")),
            EventKind("auction.moved", _("Auction moved on")),
            EventKind("auction.message_sent", _("Message to all seats")),
            EventKind("auction.paused", _("Auction paused")),
            EventKind("auction.resumed", _("Auction resumed")),
            EventKind("auction.extended", _("Close moved")),
            EventKind("auction.bid_invalidated", _("Bid marked invalid")),
            EventKind("auction.ended", _("Auction ended")),
            EventKind("auction.voided", _("Auction voided")),
        )
