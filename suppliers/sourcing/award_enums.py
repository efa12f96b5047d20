"""The words of comparing and awarding."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ScenarioKind(TextChoices):
    """Ready-made scenarios, and those with rules or a division of one's own."""

    LOWEST = "lowest", _("Lowest price for each line")
    ONE_SUPPLIER = "one_supplier", _("One supplier")
    TWO_SUPPLIERS = "two_suppliers", _("Two suppliers")
    RULES = "rules", _("Own rules")
    BY_HAND = "by_hand", _("By hand")


class ScenarioStatus(TextChoices):
    """What is known of a scenario's answer."""

    QUEUED = "queued", _("Being solved")
    OPTIMAL = "optimal", _("Proven cheapest")
    FEASIBLE = "feasible", _("Good, not proven cheapest")
    INFEASIBLE = "infeasible", _("The rules exclude one another")
    FAILED = "failed", _("No answer in time")
    BROKEN = "broken", _("Breaks a rule")


class RuleKind(TextChoices):
    """Forms of a rule of an award scenario."""

    WINNERS_PER_LINE = "WINNERS_PER_LINE", _("Suppliers on a line")
    WINNERS = "WINNERS", _("Suppliers in all")
    LEAST_SHARE = "LEAST_SHARE", _("Least share of a line")
    CAPACITY = "CAPACITY", _("Most pieces of a supplier")
    SPEND = "SPEND", _("Money of a supplier")
    SPEND_SHARE = "SPEND_SHARE", _("Share of all money")
    QUALITY = "QUALITY", _("Least mean score")
    LOCK = "LOCK", _("Must be awarded")
    EXCLUDE = "EXCLUDE", _("Must not be awarded")
    SAME_SUPPLIER = "SAME_SUPPLIER", _("Same supplier for lines")


class AwardStatus(TextChoices):
    """Where the decision stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    STANDSTILL = "standstill", _("Standstill")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class LetterKind(TextChoices):
    """What a letter tells."""

    AWARD = "award", _("Award letter")
    REGRET = "regret", _("Regret letter")


class AwardLetterStatus(TextChoices):
    """What became of a letter."""

    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class LineReason(TextChoices):
    """Why a line went where it went."""

    LOWEST = "LOWEST", _("Lowest price")
    ONLY_OFFER = "ONLY_OFFER", _("The only quote")
    LOCKED = "LOCKED", _("Named by a rule")
    PACKAGE = "PACKAGE", _("Part of a package")
    RULES = "RULES", _("Another price is lower, but a rule stands against it")
    TOGETHER = "TOGETHER", _("Another price is lower, but this is cheaper as a whole")
