"""The words of contracts, sources and quotas (docs/concepts/contracts.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ContractKind(TextChoices):
    """What a contract is for. A dealer contract is kept by the seller, every other one by the buyer."""

    ONE_TIME = "one_time", _("One-time contract")
    FRAMEWORK = "framework", _("Framework contract")
    SCHEDULING = "scheduling", _("Scheduling contract")
    DEALER = "dealer", _("Dealer contract")


class ContractStatus(TextChoices):
    """Where a contract stands; its window counts beside it."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PENDING_SIGNATURE = "pending_signature", _("Pending signature")
    EFFECTIVE = "effective", _("In effect")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    CLOSED = "closed", _("Closed")
    VOIDED = "voided", _("Voided")


class ContractChangeStatus(TextChoices):
    """Where a change of a contract stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PENDING_SIGNATURE = "pending_signature", _("Pending signature")
    EFFECTIVE = "effective", _("In effect")
    VOIDED = "voided", _("Voided")


class ContractChangeKind(TextChoices):
    """What a change changes."""

    PRICE = "price", _("Change of prices")
    QUANTITY = "quantity", _("Quantities")
    TERM = "term", _("Duration")
    END = "end", _("Termination")


class ContractSignatureStatus(TextChoices):
    """Where one signature stands."""

    PENDING_SIGNATURE = "pending_signature", _("Pending signature")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class SignatureRule(TextChoices):
    """Whether signers wait for one another."""

    PARALLEL = "parallel", _("In any order")
    IN_ORDER = "in_order", _("One after the other")


class ContractSide(TextChoices):
    """The two parties of a contract."""

    SELLER = "seller", _("Seller")
    BUYER = "buyer", _("Buyer")


class LimitBasis(TextChoices):
    """What limits call-offs."""

    QUANTITY = "quantity", _("By quantity")
    AMOUNT = "amount", _("By amount")
    NONE = "none", _("Prices only")


class PricingDate(TextChoices):
    """Which day decides the price of a call-off."""

    ORDER = "order", _("Day of the order")
    REQUIRED = "required", _("Wished day")
    RECEIPT = "receipt", _("Day of receipt")


class Renewal(TextChoices):
    """What happens at the end."""

    NONE = "none", _("Ends")
    BY_HAND = "by_hand", _("Renewed by hand")
    AUTO = "auto", _("Renewed by itself")


class ClauseClass(TextChoices):
    """What a clause is about."""

    GENERAL = "general", _("General")
    DELIVERY = "delivery", _("Delivery")
    PRICE = "price", _("Price")
    PAYMENT = "payment", _("Payment")
    QUALITY = "quality", _("Quality")
    LIABILITY = "liability", _("Liability")
    CONFIDENTIALITY = "confidentiality", _("Confidentiality")
    TERRITORY = "territory", _("Sales territory")
    TERMINATION = "termination", _("Termination")
    DISPUTES = "disputes", _("Disputes")


class ClauseStanding(TextChoices):
    """A text as it should be, or one that may stand in its place."""

    STANDARD = "standard", _("Standard")
    FALLBACK = "fallback", _("Fallback")


class VariableKind(TextChoices):
    """What may be put in for a variable of a text."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")


class PricePeriod(TextChoices):
    """How often a formula is looked at."""

    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF_YEAR = "half_year", _("Half-year")
    YEAR = "year", _("Year")


class FormulaVerdict(TextChoices):
    """What a period did to a formula price."""

    CHANGED = "changed", _("Changed")
    KEPT = "kept", _("Below the threshold")
    CAPPED = "capped", _("Capped")


class CallOffCause(TextChoices):
    """Why the use of a contract moved."""

    CALLED = "called", _("Called off")
    RAISED = "raised", _("Called off more")
    FREED = "freed", _("Given back")


class SourceUse(TextChoices):
    """How a source may be used."""

    FIXED = "fixed", _("Fixed")
    PREFERRED = "preferred", _("Preferred")
    ALLOWED = "allowed", _("Allowed")
    BARRED = "barred", _("Barred")


class QuotaReason(TextChoices):
    """Why a member of a quota got what it got, or nothing."""

    GUARANTEED = "guaranteed", _("Guaranteed minimum")
    LOWEST_RATING = "lowest_rating", _("Lowest rating")
    SHARE = "share", _("Its share")
    AT_LIMIT = "at_limit", _("At its maximum or capacity")
    HIGHER_RATING = "higher_rating", _("Another one has a lower rating")
    BARRED = "barred", _("Barred source")
    NO_TRADE = "no_trade", _("No active partnership")
    NO_CONTRACT = "no_contract", _("Its contract is not open")
    OUTSIDE_WINDOW = "outside_window", _("Not in this time")


class QuotaCause(TextChoices):
    """Why an allocated quantity moved."""

    CALLED = "called", _("Called off")
    FREED = "freed", _("Given back")
    ADJUSTED = "adjusted", _("Adjusted by hand")
