"""The words of rebates: what counts, how tiers pay, how value gets to the partner (docs/concepts/rebates.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RebatePeriod(TextChoices):
    """How long a basis is summed, in the grantor's zone."""

    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")
    WHOLE_TERM = "whole_term", _("Whole term")


class RebateBasis(TextChoices):
    """The document whose lines count."""

    ORDERED = "ordered", _("By order")
    SHIPPED = "shipped", _("By shipment")
    RECEIVED = "received", _("By receipt")
    INVOICED = "invoiced", _("By invoice")
    PAID = "paid", _("By money received")


class BasisTax(TextChoices):
    """Whether amounts count with or without tax."""

    NET = "net", _("Without tax")
    GROSS = "gross", _("With tax")


class TierMethod(TextChoices):
    """How the bands of a tier table pay; the last two come in through import only."""

    INCREMENTAL = "incremental", _("Incremental")
    RETROSPECTIVE = "retrospective", _("Retrospective")
    ROLLING = "rolling", _("Rolling")
    TOTAL = "total", _("Summed")


class RebateQualifier(TextChoices):
    """What chooses the band."""

    AMOUNT = "amount", _("Amount bought")
    QUANTITY = "quantity", _("Quantity bought")
    GROWTH = "growth", _("Growth")
    ACHIEVEMENT = "achievement", _("Achievement")


class RebateMeasure(TextChoices):
    """What a line pays on."""

    AMOUNT = "amount", _("On amount")
    QUANTITY = "quantity", _("On quantity")


class RebateReward(TextChoices):
    """What a band gives."""

    PERCENT = "percent", _("Percent")
    PER_UOM = "per_uom", _("Per unit")
    FIXED = "fixed", _("Fixed amount")


class RewardOn(TextChoices):
    """On which part of the basis a reached band pays."""

    ALL = "all", _("Everything bought")
    ABOVE_BASELINE = "above_baseline", _("Only above the baseline")


class RebateNewcomer(TextChoices):
    """What a partner without a baseline gets."""

    NONE = "none", _("No rebate")
    FIRST_BAND = "first_band", _("First band")


class RebatePooling(TextChoices):
    """Whether each partner climbs the tiers alone, or all together."""

    EACH = "each", _("Each on its own")
    TOGETHER = "together", _("Together")


class PayoutMethod(TextChoices):
    """How value gets to the partner."""

    FUND_ACCOUNT = "fund_account", _("To fund account")
    CREDIT_NOTE = "credit_note", _("By credit note")
    PAYMENT = "payment", _("By payment")
    GOODS = "goods", _("In goods")


class RebateTakeBack(TextChoices):
    """What happens to a debt that a return leaves after settling."""

    CARRY = "carry", _("Carry forward")
    CHARGE = "charge", _("Charge")


class AccrualCause(TextChoices):
    """Why an accrual changed."""

    VOLUME = "volume", _("Volume")
    RATE = "rate", _("Tier change")
    RETURN = "return", _("Goods return")
    MANUAL = "manual", _("Manual adjustment")
    BASE = "base", _("Base change")
    CLOSE = "close", _("Period close")


class RebateSettlementStatus(TextChoices):
    """Where a settlement stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    DISPUTED = "disputed", _("Disputed")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")


class RebateFigureSource(TextChoices):
    """Where a baseline or a target comes from."""

    COMPUTED = "computed", _("Computed")
    MANUAL = "manual", _("Entered by hand")
