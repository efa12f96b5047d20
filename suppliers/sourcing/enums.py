"""The words of sourcing (docs/concepts/sourcing.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SourcingKind(TextChoices):
    """What the buyer asks for."""

    RFI = "rfi", _("RFI")
    RFQ = "rfq", _("RFQ")
    TENDER = "tender", _("Tender")
    AUCTION = "auction", _("Auction")


class SourcingReach(TextChoices):
    """Who may take part."""

    OPEN = "open", _("Open to all")
    INVITED = "invited", _("By invitation")
    SOURCE_LIST = "source_list", _("Source list only")


class Confidentiality(TextChoices):
    """Who reads a quote before the deadline."""

    OPEN = "open", _("Open quotes")
    HIDDEN = "hidden", _("Hidden until close")
    SEALED = "sealed", _("Sealed quotes")


class PriceBasis(TextChoices):
    """Whether prices are with or without tax."""

    NET = "net", _("Without tax")
    GROSS = "gross", _("With tax")


class SourcingEventStatus(TextChoices):
    """Where an event stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PUBLISHED = "published", _("Published")
    QUOTING = "quoting", _("Open for quotes")
    PAUSED = "paused", _("Paused")
    QUOTES_CLOSED = "quotes_closed", _("Quotes closed")
    OPENED = "opened", _("Opened")
    COMPARING = "comparing", _("Comparing")
    AWARDED = "awarded", _("Awarded")
    COMPLETED = "completed", _("Completed")
    UNSUCCESSFUL = "unsuccessful", _("Unsuccessful")
    CANCELLED = "cancelled", _("Cancelled")


class ParticipationStatus(TextChoices):
    """How far one supplier is in one event."""

    INVITED = "invited", _("Invited")
    REGISTERED = "registered", _("Registered")
    ADMITTED = "admitted", _("Admitted")
    SUBMITTED = "submitted", _("Submitted")
    DECLINED = "declined", _("Declined")
    DISQUALIFIED = "disqualified", _("Disqualified")


class LotAwardMode(TextChoices):
    """How a lot may be divided between suppliers."""

    WHOLE = "whole", _("The whole lot to one")
    PER_LINE = "per_line", _("Each line to one")
    SPLIT = "split", _("Lines may be shared")


class ColumnKind(TextChoices):
    """What a column of the quote sheet holds."""

    MONEY = "money", _("Money")
    NUMBER = "number", _("Number")
    TEXT = "text", _("Text")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")


class ColumnFilledBy(TextChoices):
    """Who fills a column of the quote sheet."""

    BUYER = "buyer", _("Buyer")
    BUYER_PER_SUPPLIER = "buyer_per_supplier", _("Buyer, for each supplier")
    SUPPLIER = "supplier", _("Supplier")


class Envelope(TextChoices):
    """Which part of a quote is opened when."""

    TECHNICAL = "technical", _("Technical envelope")
    COMMERCIAL = "commercial", _("Commercial envelope")


class ClarificationStatus(TextChoices):
    """Where a question stands."""

    ASKED = "asked", _("Awaiting answer")
    ANSWERED = "answered", _("Answered")
    PUBLISHED = "published", _("Published")


class NoticeKind(TextChoices):
    """What a notice tells."""

    EVENT = "event", _("Event notice")
    CHANGE = "change", _("Change notice")
    CANDIDATE = "candidate", _("Candidate notice")
    RESULT = "result", _("Result notice")
    FAILURE = "failure", _("Failure notice")
    RECRUITMENT = "recruitment", _("Recruitment notice")


class NoticeStatus(TextChoices):
    """Where a notice stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SurrogateStatus(TextChoices):
    """Where a quote stands that the buyer entered for a supplier."""

    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
