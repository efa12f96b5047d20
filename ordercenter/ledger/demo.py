"""The books of the demo enterprise: what dealers owed before, how is dunned, and what marketing may spend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.models import ControlMode
from marketplace.parties.demo import demo_actor
from marketplace.parties.models import Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.ledger.budgets import BudgetDraft, write_budget
from ordercenter.ledger.dunning import LevelDraft, write_levels
from ordercenter.ledger.items import OpeningLine, dispute, post_opening
from ordercenter.ledger.models import Budget, DunningLevel, LedgerPosting

#: By dealer: number, amount, days since the due date (below 0: due in the future).
OWED = {
    "yunqi": (("XH-2025-1187", "18640.00", 9), ("XH-2025-1203", "26350.50", -6), ("XH-2025-1219", "9982.40", -21)),
    "jinli": (("XH-2025-1120", "7420.00", 38), ("XH-2025-1176", "12880.80", 12), ("XH-2025-1211", "5310.00", -14)),
    "harbour": (("XH-2025-1092", "4150.00", 71), ("XH-2025-1198", "15870.25", -3)),
}
DISPUTED = "XH-2025-1120"
LEVELS = (
    LevelDraft(
        3,
        "一级催收",
        "First reminder",
        "贵司下列款项已逾期，请尽快安排付款；如已付款，请忽略本函。",
        "The amounts below are overdue. Please pay them soon; if you have paid already, take no notice of this letter.",
    ),
    LevelDraft(
        15,
        "二级催收",
        "Second reminder",
        "下列款项仍未收到，请在七日内付清。",
        "The amounts below are still open. Please pay within seven days.",
        Decimal(50),
    ),
    LevelDraft(
        45,
        "三级催收",
        "Last reminder",
        "下列款项长期逾期，付清前新订单将被挂起。",
        "The amounts below are long overdue. New orders stop until they are paid.",
        Decimal(200),
        stop_orders=True,
    ),
)
INTEREST = Decimal("0.02")


@demo_step(45, _("Ledger"))
def ledger(size: Size) -> Iterator[tuple[int, int]]:
    """Take over what was owed, and say how late payers are reminded and what may be spent."""
    finance = demo_actor("xinghe", "finance")
    today = today_of(finance.organization)
    yield 0, 3
    _open(finance, today)
    yield 1, 3
    if not DunningLevel.objects.filter(organization=finance.organization).exists():
        write_levels(finance, LEVELS, INTEREST)
    yield 2, 3
    if not Budget.objects.filter(organization=finance.organization).exists():
        _budgets(finance, today)
    yield 3, 3


def _open(actor: Actor, today: date) -> None:
    if LedgerPosting.objects.filter(organization=actor.organization, source_kind="opening").exists():
        return
    partners = Partnership.objects.filter(upstream=actor.organization, downstream__code__in=OWED)
    lines = [
        OpeningLine(
            partner.pk, number, Decimal(amount), today - timedelta(days=late), today - timedelta(days=late + 30)
        )
        for partner in partners.select_related("downstream").order_by("pk")
        for number, amount, late in OWED[partner.downstream.code]
    ]
    for item in post_opening(actor, lines):
        if item.number == DISPUTED:
            dispute(actor, item.pk, "两箱破损未扣减 Two broken cartons were not deducted")


def _budgets(actor: Actor, today: date) -> None:
    """A year of marketing, of which two parts are set aside."""
    begins, ends = date(today.year, 1, 1), date(today.year, 12, 31)
    year = BudgetDraft(
        f"{today.year}年市场费用", f"Marketing {today.year}", begins, ends, total=Decimal(200000), rollup=True
    )
    whole = write_budget(actor, year)
    parts = (("终端陈列", "Shop displays", 80000, "display"), ("样品与赠品", "Samples and gifts", 30000, "sample"))
    for chinese, english, amount, kind in parts:
        part = BudgetDraft(
            chinese,
            english,
            begins,
            ends,
            total=Decimal(amount),
            control=ControlMode.REQUIRE_APPROVAL,
            parent_id=whole.pk,
            expense_type=kind,
        )
        write_budget(actor, part)
