"""Old invoices become dealers, articles, prices, stock and orders (docs/operations/import-invoices.md)."""

from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal as D
from threading import Barrier, current_thread

import pytest
import typer
from django.db import DatabaseError, connection
from typer.testing import CliRunner

from integrations.invoices import delivery, trade
from integrations.invoices import orders as importing
from integrations.invoices import run as running
from integrations.invoices.buckets import InvoiceBucket
from integrations.invoices.commands import SELLER, invoices
from integrations.invoices.models import InvoiceLine
from integrations.invoices.run import import_invoices
from integrations.invoices.trade import seller_of
from marketplace.catalog.models import Product, Variant
from marketplace.core.errors import DomainErrors
from marketplace.core.models import OutboxEvent
from marketplace.core.verify import run_checks
from marketplace.parties.models import Organization, Partnership
from ordercenter.orders.models import Order, OrderLine
from ordercenter.pricing.models import PriceRow
from ordercenter.stock.models import StockBalance, StockEntry, StockMove
from tests.integrations.invoices.sample import LINES, MORE, write
from tests.threads import at_once

pytestmark = pytest.mark.django_db


class Quiet:
    """Hears how far the import is."""

    def __init__(self):
        self.steps = []

    def reading(self, done, total):
        self.steps.append(("reading", done, total))

    def preparing(self, what):
        self.steps.append((what,))

    def ordering(self, done, total):
        self.steps.append(("ordering", done, total))


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "invoices.csv", LINES)


def run(path, watcher=None):
    return import_invoices(path, SELLER, watcher or Quiet())


def everything():
    """How much of everything there is, and what the orders are worth."""
    models = (
        Organization,
        Partnership,
        Product,
        Variant,
        PriceRow,
        Order,
        OrderLine,
        StockMove,
        StockEntry,
        InvoiceLine,
    )
    return [model.objects.count() for model in models] + [OutboxEvent.objects.count()]


def test_sales_become_completed_orders_worth_what_the_invoices_were(file):
    report = run(file).report
    assert (report.orders, report.order_lines, report.differences) == (4, 7, [])
    assert report.ordered == report.of(InvoiceBucket.SALE).amount == D("112.14")
    order = Order.objects.get(external_number="100002")
    assert (order.status, order.fulfilment_status, order.entry_mode) == ("completed", "received", "import")
    assert order.placed_at == datetime(2021, 3, 1, 10, 1, tzinfo=UTC)
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines.order_by("position")] == [
        ("10001A", D(12), D("2.10")),
        ("10001A", D(24), D("2.10")),
    ]
    assert run_checks() == []


def test_every_line_is_kept_and_the_buckets_add_up_to_the_file(file):
    report = run(file).report
    assert (report.lines, InvoiceLine.objects.count()) == (len(LINES), len(LINES))
    total = sum(
        D(quantity) * D(price)
        for *_head, quantity, _date, price, _customer, _country in LINES
        if quantity.lstrip("-").isdigit()
    )
    assert report.amount == total
    assert {bucket: report.of(bucket).lines for bucket in InvoiceBucket if bucket != InvoiceBucket.SALE} == {
        InvoiceBucket.RETURN: 1,
        InvoiceBucket.CHARGE: 2,
        InvoiceBucket.DISCOUNT: 1,
        InvoiceBucket.ADJUSTMENT: 3,
        InvoiceBucket.WALK_IN: 1,
        InvoiceBucket.REJECTED: 5,
    }


def test_dealers_articles_and_prices_are_what_most_lines_say(file):
    run(file)
    seller = Organization.objects.get(name=SELLER)
    assert (seller.currency, seller.time_zone) == ("GBP", "Europe/London")
    dealers = dict(Partnership.objects.filter(upstream=seller).values_list("code", "downstream__country"))
    assert dealers == {"501": "GB", "502": "IE"}
    names = dict(Variant.objects.values_list("sku", "product__name_en"))
    assert names == {"10001A": "RED MUG", "10002": "TIN TRAY", "10003": "PAPER LAMP", "10099": "10099"}
    rows = PriceRow.objects.filter(variant__sku="10002").order_by("valid_from")
    assert [(row.amount, row.valid_from.day) for row in rows] == [(D("1.25"), 1), (D("1.45"), 2)]


def test_stock_is_what_was_there_less_what_left_and_what_was_corrected(file):
    run(file)
    left = dict(StockBalance.objects.filter(warehouse__code="MAIN").values_list("variant__sku", "on_hand"))
    assert left == {"10001A": 0, "10002": 0, "10003": 0, "10099": 40}
    corrected = StockMove.objects.filter(kind="adjustment").order_by("occurred_at")
    assert [(move.balance.variant.sku, move.quantity) for move in corrected] == [("10001A", -6), ("10099", 40)]
    assert StockMove.objects.filter(kind="receipt").order_by("occurred_at")[0].occurred_at < datetime(
        2021, 3, 1, tzinfo=UTC
    )


def test_running_again_changes_nothing(file):
    run(file)
    before = everything()
    again = run(file)
    assert (again.staged.new, again.orders, again.dealers, again.articles) == (0, 0, 0, 0)
    assert everything() == before


def test_a_longer_file_adds_what_is_new(file, tmp_path):
    run(file)
    longer = run(write(tmp_path / "longer.csv", LINES + MORE))
    assert (longer.staged.new, longer.orders, longer.dealers, longer.articles) == (1, 1, 1, 1)
    assert longer.report.differences == []
    assert run_checks() == []


def test_lines_that_say_something_else_later_are_told_and_left_alone(file, tmp_path):
    run(file)
    changed = [*LINES[:1], (*LINES[1][:3], "11", *LINES[1][4:]), *LINES[2:]]
    again = run(write(tmp_path / "changed.csv", changed))
    assert (again.staged.differing, again.staged.new, again.orders) == (1, 0, 0)


@pytest.mark.parametrize("step", ["place_all", "ship_all", "receive_all"])
def test_a_crash_in_the_middle_and_another_run_end_where_one_run_ends(file, monkeypatch, step):
    monkeypatch.setattr(importing, "CHUNK_LINES", 2)
    room = importing if step == "place_all" else delivery
    real, calls = getattr(room, step), []

    def crash(actor, drafts):
        calls.append(len(drafts))
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return real(actor, drafts)

    monkeypatch.setattr(room, step, crash)
    with pytest.raises(RuntimeError, match="power cut"):
        run(file)
    assert Order.objects.filter(status="completed").count() == 1
    report = run(file).report
    assert (report.orders, report.ordered, report.differences) == (4, D("112.14"), [])
    left = dict(StockBalance.objects.filter(warehouse__code="MAIN").values_list("variant__sku", "on_hand"))
    assert left == {"10001A": 0, "10002": 0, "10003": 0, "10099": 40}
    assert run_checks() == []


@pytest.mark.django_db(transaction=True)
def test_orders_are_shipped_and_received_beside_the_placing_of_the_next(file, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK_LINES", 2)
    threads = []
    for step in ("ship_all", "receive_all"):
        real = getattr(delivery, step)

        def watched(actor, drafts, step=step, real=real):
            threads.append((step, current_thread().name.partition("_")[0]))
            return real(actor, drafts)

        monkeypatch.setattr(delivery, step, watched)
    assert (run(file).report.orders, run_checks()) == (4, [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert cursor.fetchone() == (1,), "the threads have closed their connections"
    assert sorted(threads) == [("receive_all", "receiving")] * 3 + [("ship_all", "shipping")] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["ship_all", "receive_all"])
def test_what_fails_in_a_thread_ends_the_import_and_the_next_run_goes_on(file, monkeypatch, step):
    monkeypatch.setattr(importing, "CHUNK_LINES", 2)

    def crash(actor, drafts):
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(delivery, step, crash)
        with pytest.raises(RuntimeError, match="power cut"):
            run(file)
    assert not Order.objects.filter(status="completed").exists()
    report = run(file).report
    assert (report.orders, report.ordered, report.differences) == (4, D("112.14"), [])
    assert run_checks() == []


class Second(Quiet):
    """Starts another import of the same file as soon as the first has come to the dealers, and keeps how that ended."""

    def __init__(self, second):
        super().__init__()
        self.second, self.ended = second, []

    def preparing(self, what):
        if what == "dealers":
            self.ended += at_once(1, lambda _n: self.second())


def command_on(file):
    runner, command = CliRunner(), typer.Typer()
    command.command()(invoices)
    return runner.invoke(command, [str(file)])


@pytest.mark.django_db(transaction=True)
def test_a_second_import_at_the_same_time_is_refused_and_writes_nothing(file):
    watcher = Second(lambda: command_on(file))
    assert (run(file, watcher).report.orders, run_checks()) == (4, [])
    (refused,) = watcher.ended
    assert refused.exit_code == 3
    assert "being imported already" in " ".join(refused.output.split())
    assert run(file).orders == 0, "once it has ended another may run"


@pytest.mark.django_db(transaction=True)
def test_twin_that_lets_both_import_at_once_fails(file, monkeypatch):
    monkeypatch.setattr(running, "sole", lambda *_words: nullcontext(True))
    met, real = Barrier(2), trade.create_partnerships

    def together(actor, drafts):
        met.wait(timeout=60)
        return real(actor, drafts)

    monkeypatch.setattr(trade, "create_partnerships", together)
    seller_of(SELLER)
    with pytest.raises((DatabaseError, DomainErrors)):
        at_once(2, lambda _n: run(file))


def test_an_order_that_is_refused_is_kept_as_rejected_lines_and_the_others_go_on(file, monkeypatch):
    limit = importing._draft

    def draft(known, sale):
        made = limit(known, sale)
        if sale.number != "100003":
            return made
        return type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"lines": []})

    monkeypatch.setattr(importing, "_draft", draft)
    report = run(file).report
    assert (report.orders, report.differences) == (3, [])
    rejected = InvoiceLine.objects.get(invoice_number="100003")
    assert (rejected.bucket, rejected.reason) == ("rejected", "refused")
    assert rejected.detail


def test_progress_is_told_in_bytes_and_lines(file):
    watcher = Quiet()
    run(file, watcher)
    assert watcher.steps[0] == ("reading", file.stat().st_size, file.stat().st_size)
    assert watcher.steps[-2] == ("ordering", 7, 7)


def test_the_command_prints_the_buckets_and_fails_for_another_file(file, tmp_path):
    shown = command_on(file)
    assert shown.exit_code == 0, shown.output
    assert "Walk-in sale" in shown.output
    assert "4 completed orders with 7 lines, 112.14 GBP" in " ".join(shown.output.split())
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    refused = command_on(other)
    assert refused.exit_code == 2
    assert "InvoiceNo" in refused.output
