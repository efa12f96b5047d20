"""Reminding those who are late: levels by days, runs, and a letter a partner (credit-and-ledger §7)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.names import NamedRow, localized
from marketplace.core.rows import OwnedRow, TradeRow
from ordercenter.ledger.models.items import OpenItem


class DunningLevel(OwnedRow, NamedRow):
    """From so many days overdue on: what the letter says, what it costs, and whether orders stop until it is paid.

    `charges`: fee and interest of its letters are posted as owed; else they are claimed and no more.
    """

    days = models.PositiveSmallIntegerField()
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    fee = AmountField(default=0)
    stop_orders = models.BooleanField(default=False)
    charges = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "days"], name="dunning_level_days_once"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="dunning_level_fee"),
        ]

    @property
    def text(self) -> str:
        """The text in the reader's language, else the other one."""
        return localized(self.text_zh, self.text_en)


class DunningSettings(OwnedRow):
    """`daily_interest`: percent a day of what is open, simple; 0 claims none."""

    daily_interest = models.DecimalField(max_digits=9, decimal_places=6, default=0)

    class Meta:
        verbose_name_plural = "dunning settings"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="dunning_settings_once"),
            models.CheckConstraint(
                condition=Q(daily_interest__gte=0) & Q(daily_interest__lte=1), name="dunning_settings_interest"
            ),
        ]


class DunningRun(OwnedRow):
    """The letters of one day. Nobody gets a second one of the same level for the same item."""

    number = models.CharField(max_length=64)
    run_on = models.DateField()
    letters_made = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "number"], name="dunning_run_number_once")]


class DunningLetter(TradeRow):
    """One partner's letter in one currency: its highest level, and all of its overdue items that nobody disputes.

    `is_charged`: its fee and interest are posted, and owed under its number.
    """

    run = models.ForeignKey(DunningRun, models.PROTECT, related_name="letters")
    number = models.CharField(max_length=64)
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    level = models.ForeignKey(DunningLevel, models.PROTECT, related_name="letters")
    currency = CurrencyField()
    written_on = models.DateField()
    days = models.PositiveIntegerField()
    amount = AmountField()
    interest = AmountField(default=0)
    fee = AmountField(default=0)
    stop_orders = models.BooleanField(default=False)
    is_charged = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "number"], name="dunning_letter_number_once")]
        indexes = [models.Index(fields=["partnership", "-id"], name="dunning_letter_partner")]

    @property
    def total(self) -> object:
        """What the letter asks for."""
        return self.amount + self.interest + self.fee


class DunningLine(TradeRow):
    """An open item in a letter as it was then. `is_new`: told at this level for the first time, which happens once."""

    letter = models.ForeignKey(DunningLetter, models.PROTECT, related_name="lines")
    open_item = models.ForeignKey(OpenItem, models.PROTECT, related_name="dunned")
    level = models.ForeignKey(DunningLevel, models.PROTECT, related_name="+")
    days = models.PositiveIntegerField()
    open = AmountField()
    interest = AmountField(default=0)
    is_new = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "open_item"], name="dunning_line_once"),
            models.UniqueConstraint(
                fields=["open_item", "level"], condition=Q(is_new=True), name="dunning_line_level_once"
            ),
        ]
