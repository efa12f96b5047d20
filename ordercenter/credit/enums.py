"""What credit knows by name (credit-and-ledger §1, §3)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CreditMode(TextChoices):
    UNLIMITED = "unlimited", _("No limit")
    LIMITED = "limited", _("With limit")
    PREPAID = "prepaid", _("Prepaid")


class CreditAccountStatus(TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class ExposureBucket(TextChoices):
    """Where the unpaid value of a document stands. OUTSIDE is source and sink; PAST_DUE is part of RECEIVABLE."""

    HELD = "held", _("On hold")
    LATER = "later", _("Later orders")
    OPEN_ORDERS = "open_orders", pgettext_lazy("exposure", "Open orders")
    UNBILLED = "unbilled", _("Shipped, not invoiced")
    RECEIVABLE = "receivable", _("Invoiced, not paid")
    PAST_DUE = "past_due", _("Past due")
    UNAPPLIED = "unapplied", _("Unapplied cash")
    OUTSIDE = "outside", _("Outside")


Bucket = ExposureBucket

#: The buckets that have a column: a movement goes from one of them, or OUTSIDE, to another.
BUCKETS = (Bucket.HELD, Bucket.LATER, Bucket.OPEN_ORDERS, Bucket.UNBILLED, Bucket.RECEIVABLE, Bucket.UNAPPLIED)
#: Where an order's value can stand before it ships; taken in this order when part of it goes.
UNSHIPPED = (Bucket.HELD, Bucket.LATER, Bucket.OPEN_ORDERS)


class Checkpoint(TextChoices):
    """When an order meets the rules."""

    PLACE = "place", _("At placing")
    RELEASE = "release", _("At release")
    SHIP = "ship", _("At shipping")
    CHANGE = "change", _("At change")
    REOPEN = "reopen", _("At reopening")


class CreditLimitKind(TextChoices):
    STANDING = "standing", _("Standing limit")
    TEMPORARY = "temporary", _("Temporary limit")


class CreditRuleKind(TextChoices):
    """What a rule looks at; a threshold is an amount, days or a percentage."""

    LIMIT = "limit", _("Exposure above the limit")
    LIMIT_ENDED = "limit_ended", _("Limit has ended")
    PAST_DUE_DAYS = "past_due_days", _("Days overdue")
    PAST_DUE_AMOUNT = "past_due_amount", _("Amount overdue")
    PAST_DUE_SHARE = "past_due_share", _("Overdue share of receivables")
    ORDER_AMOUNT = "order_amount", _("Value of one order")
    SUSPENDED = "suspended", _("Account suspended")
    TERMS = "terms", _("Longer terms than agreed")
    PREPAID = "prepaid", _("Not paid in advance")


class SuspensionCause(TextChoices):
    """Who stopped an account: a person, until a person resumes it, or dunning, until the cause is paid."""

    NONE = "", _("Not suspended")
    BY_HAND = "by_hand", _("By hand")
    DUNNING = "dunning", _("By dunning")


#: Kinds whose threshold is money, of days and of percent; the others have none.
AMOUNT_KINDS = (CreditRuleKind.PAST_DUE_AMOUNT, CreditRuleKind.ORDER_AMOUNT)
DAY_KINDS = (CreditRuleKind.PAST_DUE_DAYS,)
SHARE_KINDS = (CreditRuleKind.PAST_DUE_SHARE,)
