"""What auctions know by name (auctions §1-§7)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuctionFormat(TextChoices):
    """SEALED is one sealed price by sourcing's quotes; its result is ranked here, its prices are not kept here."""

    ENGLISH = "english", _("English reverse")
    RANK = "rank", _("Rank only")
    DUTCH = "dutch", _("Dutch")
    JAPANESE = "japanese", _("Japanese")
    SEALED = "sealed", pgettext_lazy("auction", "Sealed")
    TURN_BASED = "turn_based", _("Turn based")


class AuctionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    REGISTERING = "registering", _("Open for registration")
    REGISTRATION_CLOSED = "registration_closed", _("Registration closed")
    PREPARING = "preparing", pgettext_lazy("auction", "Preparing")
    LIVE = "live", pgettext_lazy("auction", "Live")
    PAUSED = "paused", pgettext_lazy("auction", "Paused")
    ENDED = "ended", _("Ended")
    UNSUCCESSFUL = "unsuccessful", pgettext_lazy("auction", "Unsuccessful")
    VOIDED = "voided", pgettext_lazy("auction", "Voided")


class SeatStatus(TextChoices):
    ADMITTED = "admitted", pgettext_lazy("seat", "Admitted")
    OUT = "out", pgettext_lazy("seat", "Out")
    DISQUALIFIED = "disqualified", _("Disqualified")


class BidKind(TextChoices):
    MANUAL = "manual", pgettext_lazy("bid", "By hand")
    PROXY = "proxy", _("Proxy bid")
    START = "start", _("Start price")
    ACCEPT = "accept", _("Level accepted")
    SURROGATE = "surrogate", _("Entered by the buyer")


class BidStatus(TextChoices):
    VALID = "valid", pgettext_lazy("bid", "Valid")
    INVALID = "invalid", pgettext_lazy("bid", "Invalid")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class StepKind(TextChoices):
    ABSOLUTE = "absolute", _("Amount")
    PERCENT = "percent", pgettext_lazy("bid step", "Percent")
    BANDED = "banded", _("Amount by band")
    MULTIPLE = "multiple", _("Multiples of an amount")


class MustBeat(TextChoices):
    OWN = "own", _("Own best price")
    LEAD = "lead", _("Leading price")


class TiePolicy(TextChoices):
    ALLOWED = "allowed", pgettext_lazy("ties", "Allowed")
    NOT_IN_TOP = "not_in_top", _("Not in the first places")
    FORBIDDEN = "forbidden", pgettext_lazy("ties", "Forbidden")


class ExtensionBase(TextChoices):
    CLOSE = "close", _("From the close")
    RECEIPT = "receipt", _("From the bid")


class ExtendLots(TextChoices):
    OWN = "own", _("Its own lot")
    ALL = "all", _("All live lots")


class RankShown(TextChoices):
    ALWAYS = "always", pgettext_lazy("rank", "Always")
    ONLY_IF_LEADING = "only_if_leading", _("Only to the leader")
    NEVER = "never", pgettext_lazy("rank", "Never")


class LeadShown(TextChoices):
    ALWAYS = "always", pgettext_lazy("rank", "Always")
    AFTER_FIRST_BID = "after_first_bid", _("After an own valid bid")


class NamesShown(TextChoices):
    AT_ONCE = "at_once", _("At once")
    AFTER_END = "after_end", _("After the end")


#: A level at a time counts up or down; the schedule is fixed and nothing is extended.
LEVELLED = (AuctionFormat.DUTCH, AuctionFormat.JAPANESE)
SCHEDULED = (*LEVELLED, AuctionFormat.TURN_BASED)
OPEN_BIDDING = (AuctionFormat.ENGLISH, AuctionFormat.RANK)
OVER = (AuctionStatus.ENDED, AuctionStatus.UNSUCCESSFUL, AuctionStatus.VOIDED)
