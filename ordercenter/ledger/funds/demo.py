"""Funds of the demo enterprise: what dealers paid in and were promised, some of it ending soon, and rules for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.ledger.funds.adjust import AdjustDraft, adjust, refund
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.models import FundTopUp
from ordercenter.ledger.funds.rules import RuleDraft, write_rule, write_settings
from ordercenter.ledger.funds.top_ups import TopUpDraft, create_top_up, submit_top_up
from ordercenter.ledger.funds.transfers import TransferDraft, create_transfer, submit_transfer

#: By hand, so that who tries the checkout sees what it does.
RULES = (
    RuleDraft(
        FundKind.EXPENSE,
        FundMode.MANUAL,
        FundTreatment.PAYMENT,
        10,
        Decimal(50),
        name_zh="费用账户",
        name_en="Expenses",
    ),
    RuleDraft(
        FundKind.GOODS, FundMode.MANUAL, FundTreatment.PRICE_REDUCTION, 20, name_zh="货补", name_en="Goods credit"
    ),
    RuleDraft(
        FundKind.REBATE,
        FundMode.MANUAL,
        FundTreatment.PRICE_REDUCTION,
        30,
        Decimal(20),
        with_promotions=True,
        name_zh="返利抵扣不超过两成",
        name_en="Rebates, a fifth at most",
    ),
    RuleDraft(
        FundKind.CASH,
        FundMode.MANUAL,
        FundTreatment.PAYMENT,
        40,
        with_promotions=True,
        name_zh="预存款付款",
        name_en="Prepaid cash",
    ),
)
#: By partner of the demo: kind, amount, days until it ends, reference.
MONEY: dict[str, tuple[tuple[FundKind, int, int | None, str], ...]] = {
    "yunqi": (
        (FundKind.CASH, 50000, None, "工行 ICBC 2026-0412"),
        (FundKind.REBATE, 12000, 90, "2026 Q1 年度返利 Rebate"),
        (FundKind.REBATE, 6800, 12, "2025 Q4 返利 Rebate"),
        (FundKind.GOODS, 2400, 60, "陈列奖励 Display award"),
        (FundKind.EXPENSE, 5000, 45, "春季推广 Spring campaign"),
        (FundKind.DEPOSIT, 20000, None, "保证金 Deposit 2026"),
    ),
    "jinli": ((FundKind.CASH, 20000, None, "招行 CMB 2026-0377"), (FundKind.REBATE, 3000, 25, "2026 Q1 返利 Rebate")),
    "harbour": ((FundKind.CASH, 8000, None, "HSBC 88-2026"),),
}


@demo_step(55, _("Fund accounts"))
def funds(size: Size) -> None:
    """Put money into accounts that have none yet, and say how it may be used."""
    seller = demo_actor("xinghe", "finance")
    if FundTopUp.objects.filter(seller=seller.organization).exists():
        return
    write_settings(seller, 30, Decimal("2.5"))
    for rule in RULES:
        write_rule(seller, rule)
    goods = Variant.objects.filter(organization=seller.organization, status="active").order_by("sku")[:3]
    variants = tuple(goods.values_list("pk", flat=True))
    where = {code: _partnership(seller, code) for code in MONEY}
    for code, given in MONEY.items():
        for kind, amount, days, reference in given:
            _top_up(seller, where[code], kind, Decimal(amount), days, reference, variants)
    _move(seller, where["yunqi"])


def _partnership(seller: Actor, code: str) -> Partnership:
    return Partnership.objects.get(upstream=seller.organization, downstream=demo_organization(code))


def _top_up(
    seller: Actor,
    where: Partnership,
    kind: FundKind,
    amount: Decimal,
    days: int | None,
    reference: str,
    variants: tuple[int, ...],
) -> None:
    draft = TopUpDraft(
        where.pk,
        kind,
        amount,
        valid_to=database_now() + timedelta(days=days) if days else None,
        variant_ids=variants if kind == FundKind.GOODS else (),
        reference=reference,
    )
    submit_top_up(seller, create_top_up(seller, draft).pk)


def _move(seller: Actor, where: Partnership) -> None:
    """Something of everything: a transfer, an account set right, money paid out, a top-up that waits."""
    transfer = TransferDraft(
        where.pk, FundKind.REBATE, where.pk, FundKind.EXPENSE, Decimal(800), note="展会 Trade fair"
    )
    submit_transfer(seller, create_transfer(seller, transfer).pk)
    adjust(seller, AdjustDraft(where.pk, FundKind.REBATE, Decimal("-120.50"), "多计 Counted twice"))
    refund(seller, AdjustDraft(where.pk, FundKind.CASH, Decimal(5000), "客户申请退回 Asked for by the buyer"))
    create_top_up(seller, TopUpDraft(where.pk, FundKind.CASH, Decimal(30000), reference="工行 ICBC 2026-0518"))
