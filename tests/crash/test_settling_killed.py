"""A process dies between any two instructions while it settles rebates, or invoices, clears and credits.

What the next one finds is whole: it goes on where the dead one stopped, nothing is paid twice, and all books agree.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.db.models import Sum

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import DrawRequest
from ordercenter.invoicing.issue import draw_and_issue
from ordercenter.invoicing.models import Invoice
from ordercenter.ledger.clearing import clear_all, oldest_first
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.rebates.enums import RebateSettlementStatus
from ordercenter.rebates.models import RebatePolicy, RebateSettlement
from ordercenter.rebates.pay import post
from ordercenter.rebates.settle import propose, submit
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.ordercenter.rebates.world import RebateShop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
D = Decimal
KILLS = 8
FEBRUARY = date(2026, 2, 1)
OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND state <> 'idle'
"""


def killed(work: Callable[[], None], dice: random.Random) -> bool:
    """Let another process work, with a connection of its own, and kill it at some moment; True if it was not done."""
    connections.close_all()
    connection.close_pool()  # a pool does not outlive a fork
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    time.sleep(dice.uniform(0.02, 0.35))
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the work failed by itself"
    until_the_server_has_noticed()
    return os.WIFSIGNALED(status)


def until_the_server_has_noticed() -> None:
    """What the dead process had begun is undone once its connection is seen to be gone."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(OTHERS)
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("somebody is still at work")


def settle_all(shop: RebateShop) -> None:
    """Settle every policy as far as it is not: propose, submit, pay."""
    for pk in RebatePolicy.objects.order_by("pk").values_list("pk", flat=True):
        with suppress(DomainError, DomainErrors):
            propose(shop.sales, pk, FEBRUARY)
        for status, act in ((RebateSettlementStatus.DRAFT, submit), (RebateSettlementStatus.APPROVED, post)):
            rows = RebateSettlement.objects.filter(policy=pk, status=status)
            if ids := list(rows.values_list("pk", flat=True)):
                act(shop.sales, ids)


def test_who_settles_rebates_and_dies_has_paid_each_once_or_not_at_all(transactional_db):
    shop, dice = RebateShop(), random.Random(7)
    for number in range(24):
        shop.policy((0, 1), code=f"K{number}")
    shop.buys(10_000, 2_500)
    cut = sum(killed(lambda: settle_all(shop), dice) for _kill in range(KILLS))
    assert cut, "nobody was killed at work: the test saw no crash"
    settle_all(shop)
    dispatch_all()
    settlements = RebateSettlement.objects.filter(status=RebateSettlementStatus.POSTED)
    assert settlements.count() == 24 == RebateSettlement.objects.count()
    granted = FundGrant.objects.aggregate(sum=Sum("amount"))["sum"]
    assert granted == sum(one.total for one in settlements) == 24 * 125
    assert (shop.owed(), shop.opened()) == (0, 0) and run_checks() == []


def bill_all(shop: MoneyShop, order_ids: list[int]) -> None:
    """Invoice each order, pay a part from cash, take every third invoice back as wrong and invoice it again."""
    for pk in order_ids:
        with suppress(DomainError, DomainErrors):
            draw_and_issue(shop.sales, DrawRequest([pk]))
        clear_all(shop.sales, oldest_first(shop.buyer.pk, "CNY", D("10.00")))
        invoice = Invoice.objects.filter(parts__order=pk, status="issued").first()
        if invoice and pk % 3 == 0 and not Invoice.objects.filter(parts__order=pk, status="credited").exists():
            credit(shop.sales, CreditNoteDraft(invoice.pk, "error", request_key=f"wrong:{invoice.pk}"))
            draw_and_issue(shop.sales, DrawRequest([pk]))


def test_who_invoices_clears_and_credits_and_dies_leaves_whole_documents(transactional_db):
    from ordercenter.fulfilment.ship import ShipmentDraft, ship
    from ordercenter.orders.confirm import confirm_all
    from ordercenter.orders.models import Order

    shop, dice = MoneyShop(), random.Random(11)
    shop.limit(100_000)
    shop.sells("A", "33.33", 500)
    shop.grant("cash", 1000)
    shop.grant("rebate", 300)
    orders = [shop.order(("A", 7), funds={"cash": D("20.01"), "rebate": D("10.01")}).pk for _number in range(12)]
    confirm_all(shop.sales, orders)
    for pk in orders:
        ship(shop.sales, ShipmentDraft(pk))
    cut = sum(killed(lambda: bill_all(shop, orders), dice) for _kill in range(KILLS))
    assert cut, "nobody was killed at work: the test saw no crash"
    dispatch_all()
    assert run_checks() == []
    bill_all(shop, orders)
    dispatch_all()
    assert run_checks() == []
    assert set(Order.objects.values_list("billing_status", flat=True)) == {"invoiced"}
