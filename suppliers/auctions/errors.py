"""What can go wrong in an auction (auctions §10)."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AuctionErrorCode(TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    NOT_OPEN = "NOT_OPEN", _("The auction has not started")
    LATE = "LATE", _("The auction had closed")
    PAUSED = "PAUSED", _("The auction is paused")
    ENDED = "ENDED", _("The auction has ended")
    PRICE_TICK = "PRICE_TICK", _("Finer than the least price unit")
    PRICE_INVALID = "PRICE_INVALID", _("Not a price")
    ABOVE_CEILING = "ABOVE_CEILING", _("Above the ceiling price")
    BID_STEP = "BID_STEP", _("Does not go down far enough")
    NO_LEGAL_BID = "NO_LEGAL_BID", _("No price is low enough")
    TIE_NOT_ALLOWED = "TIE_NOT_ALLOWED", _("This price has been bid")
    CONFIRM_LARGE_DROP = "CONFIRM_LARGE_DROP", _("A large drop has to be confirmed")
    NOT_YOUR_TURN = "NOT_YOUR_TURN", _("It is not your turn")
    LEVEL_CHANGED = "LEVEL_CHANGED", _("The level has passed")
    SEAT_OUT = "SEAT_OUT", _("The seat is out")
    ALREADY_ACCEPTED = "ALREADY_ACCEPTED", _("Accepted already")
    SEAT_REQUIRED = "SEAT_REQUIRED", _("No seat in this auction")
    PROXY_RAISED = "PROXY_RAISED", _("A limit is never raised")
    PROXY_UNSUPPORTED = "PROXY_UNSUPPORTED", _("Proxy bids are not possible in this auction")
    CLIENT_ID_REUSED = "CLIENT_ID_REUSED", _("The client id belongs to another bid")
    RATE_LIMITED = "RATE_LIMITED", _("Too many attempts")
    RULES_INVALID = "RULES_INVALID", _("The rules do not hold together")
    FORMULA_NOT_LIVE = "FORMULA_NOT_LIVE", _("The formula depends on the bids of others")
    WRONG_FORMAT = "WRONG_FORMAT", _("Not possible in this format")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    SECOND_PERSON_REQUIRED = "SECOND_PERSON_REQUIRED", _("A second person has to confirm")
    TOO_LATE_FOR_SLIP = "TOO_LATE_FOR_SLIP", _("A slip can no longer be marked")


class Refused(Exception):
    """What the engine says to an act that the rules do not allow. `limit`: the highest price that its seat may bid."""

    def __init__(self, code: AuctionErrorCode, limit: Decimal | None = None, field: str = "price") -> None:
        super().__init__(code.name)
        self.code = code
        self.limit = limit
        self.field = field
