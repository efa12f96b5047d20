"""Kinds of accounts and entries, and how far an open item is cleared (credit-and-ledger §2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundKind(models.TextChoices):
    """Balances a buyer holds with a seller, and may use to pay."""

    CASH = "cash", _("Prepaid cash")
    REBATE = "rebate", _("Rebate balance")
    GOODS = "goods", _("Goods credit")
    EXPENSE = "expense", _("Expense credit")
    DEPOSIT = "deposit", _("Deposit")


class AccountKind(models.TextChoices):
    """What an account of the ledger counts; the first five are the fund accounts."""

    CASH = "cash", _("Prepaid cash")
    REBATE = "rebate", _("Rebate balance")
    GOODS = "goods", _("Goods credit")
    EXPENSE = "expense", _("Expense credit")
    DEPOSIT = "deposit", _("Deposit")
    RECEIVABLE = "receivable", _("Receivable")
    PAYABLE = "payable", _("Payable")
    REBATE_ACCRUAL = "rebate_accrual", _("Rebate accrual")
    EXPENSE_ACCRUAL = "expense_accrual", _("Expense accrual")
    REVENUE = "revenue", _("Revenue")
    TAX = "tax", _("Tax")
    BANK = "bank", _("Bank")
    REBATE_COST = "rebate_cost", _("Rebate cost")
    EXPENSE_COST = "expense_cost", _("Expense cost")
    INTEREST_COST = "interest_cost", _("Interest cost")
    WRITE_OFF = "write_off", _("Write-off")
    GOODS_ACCRUAL = "goods_accrual", _("Goods accrual")
    ACCRUED_REVENUE = "accrued_revenue", _("Accrued revenue")
    DEDUCTION = "deduction", _("Deduction")
    DISCOUNT = "discount", _("Early payment discount")
    ROUNDING = "rounding", _("Rounding difference")
    OPENING = "opening", _("Opening balance")


FUND_KINDS: frozenset[str] = frozenset(FundKind.values)
#: Accounts of a partnership that its other side reads, too: the rest is the organization's own book-keeping.
SHARED_KINDS: frozenset[str] = FUND_KINDS | {AccountKind.RECEIVABLE, AccountKind.PAYABLE}
#: Accounts whose balance people read with the sign turned: what the organization owes.
TURNED_KINDS: frozenset[str] = FUND_KINDS | {
    AccountKind.PAYABLE,
    AccountKind.REBATE_ACCRUAL,
    AccountKind.EXPENSE_ACCRUAL,
    AccountKind.ACCRUED_REVENUE,
    AccountKind.REVENUE,
    AccountKind.TAX,
}


class LedgerEntryKind(models.TextChoices):
    """Why an amount moved: of funds, receivables and budgets alike."""

    TOP_UP = "top_up", _("Top up")
    ACCRUE = "accrue", _("Accrue")
    RESERVE = "reserve", _("Reserve")
    FREE = "free", _("Free")
    USE = "use", _("Use")
    CONSUME = "consume", _("Consume")
    TRANSFER = "transfer", _("Transfer")
    ADJUST = "adjust", _("Adjust")
    EXPIRE = "expire", _("Expire")
    REVERSE = "reverse", _("Reverse")
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    CLEAR = "clear", _("Clearing")
    WRITE_OFF = "write_off", _("Write-off")
    PAYOUT = "payout", _("Payout")
    INTEREST = "interest", _("Interest")
    DUNNING = "dunning", _("Dunning charge")
    OPENING = "opening", _("Opening balance")


class OpenItemStatus(models.TextChoices):
    """How far an open item is cleared; derived from its amounts."""

    UNCLEARED = "uncleared", _("Uncleared")
    PARTIALLY_CLEARED = "partially_cleared", _("Partially cleared")
    CLEARED = "cleared", _("Cleared")
    WRITTEN_OFF = "written_off", _("Written off")
