"""`entrepot import invoices FILE`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from integrations.invoices.buckets import InvoiceBucket, NotInvoices
from integrations.invoices.report import Report
from integrations.invoices.run import Imported, import_invoices
from marketplace.core.errors import DomainError

SELLER = "Giftware Wholesale"


class Rate(ProgressColumn):
    """Lines or bytes a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        unit = task.fields.get("unit", "")
        return Text(f"{speed:,.0f} {unit}/s" if speed and unit else "", style="cyan")


class Shown:
    """The progress of an import on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, Any] = {}

    def _advance(self, name: str, label: str, done: int, total: int | None, unit: str = "") -> None:
        if name not in self.tasks:
            self.tasks[name] = self.progress.add_task(label, total=total, unit=unit)
        self.progress.update(self.tasks[name], completed=done, total=total)

    def reading(self, done: int, total: int) -> None:
        """Bytes of the file."""
        self._advance("reading", _("Reading the file"), done // 1024, total // 1024, "KiB")

    def preparing(self, what: str) -> None:
        """A step without figures."""
        labels = {
            "dealers": _("Dealers"),
            "articles": _("Articles"),
            "prices": _("Price history"),
            "stock": _("Opening stock"),
            "corrections": _("Stock adjustments"),
        }
        self.finish()
        self._advance(what, labels[what], 0, None)

    def ordering(self, done: int, total: int) -> None:
        """Lines of sales."""
        if "ordering" not in self.tasks:
            self.finish()
        self._advance("ordering", _("Orders"), done, total, _("lines"))

    def finish(self) -> None:
        """Whatever was running is done."""
        for task in self.progress.tasks:
            if not task.finished:
                self.progress.update(task.id, total=task.total or 1, completed=task.total or 1)


def invoices(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file of the lines.")],
    seller: Annotated[str, typer.Option(help="Name of the organization that sold.")] = SELLER,
) -> None:
    """Import old invoices: dealers, articles, prices and orders. Running it again changes nothing."""
    console = Console()
    started = time.perf_counter()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), Rate(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            shown = Shown(progress)
            imported = import_invoices(file, seller, shown)
            shown.finish()
    except NotInvoices as problem:
        console.print(_("This is not a file of invoices; columns are missing: %(columns)s") % {"columns": problem})
        raise typer.Exit(2) from problem
    except DomainError as problem:
        console.print(str(problem.message))
        raise typer.Exit(3) from problem
    console.print(table_of(imported.report))
    tell_of(console.print, imported, time.perf_counter() - started)
    raise typer.Exit(1 if imported.report.differences else 0)


def table_of(report: Report) -> Table:
    """Lines and sums by bucket, with their totals."""
    table = Table(title=_("What became of the lines"), show_footer=True)
    table.add_column(_("Bucket"), footer=_("Total"))
    table.add_column(_("Lines"), justify="right", footer=f"{report.lines:,}")
    table.add_column(_("Invoices"), justify="right")
    table.add_column(_("Sum (GBP)"), justify="right", footer=f"{report.amount:,.2f}")
    for bucket in InvoiceBucket:
        whole = report.of(bucket)
        table.add_row(str(bucket.label), f"{whole.lines:,}", f"{whole.invoices:,}", f"{whole.amount:,.2f}")
        for total in report.buckets:
            if total.bucket == bucket and total.reason:
                table.add_row(
                    f"  {total.reason.label}", f"{total.lines:,}", f"{total.invoices:,}", f"{total.amount:,.2f}"
                )
    return table


def tell_of(say: Callable[[str], Any], imported: Imported, seconds: float) -> None:
    """What the run did, and whether the orders agree with the invoices."""
    report, staged = imported.report, imported.staged
    text = _(
        "%(new)s of %(lines)s lines were new. Made: %(dealers)s dealers, %(articles)s articles, "
        "%(prices)s prices, %(orders)s orders."
    )
    say(
        text
        % {
            "new": f"{staged.new:,}",
            "lines": f"{staged.lines:,}",
            "dealers": f"{imported.dealers:,}",
            "articles": f"{imported.articles:,}",
            "prices": f"{imported.prices:,}",
            "orders": f"{imported.orders:,}",
        }
    )
    if staged.differing:
        text = _("%(count)s lines say something else than when they were imported; they stay as they were.")
        say(text % {"count": f"{staged.differing:,}"})
    text = _("%(orders)s completed orders with %(lines)s lines, %(sum)s GBP in all.")
    say(text % {"orders": f"{report.orders:,}", "lines": f"{report.order_lines:,}", "sum": f"{report.ordered:,.2f}"})
    for difference in report.differences[:20]:
        text = _("Invoice %(number)s: %(invoiced)s on its lines, %(ordered)s ordered.")
        ordered = "–" if difference.ordered is None else f"{difference.ordered:,.2f}"
        say(text % {"number": difference.invoice, "invoiced": f"{difference.invoiced:,.2f}", "ordered": ordered})
    rate = staged.lines / seconds if seconds else 0
    text = _("%(seconds)s s, %(rate)s lines a second.")
    say(text % {"seconds": f"{seconds:,.1f}", "rate": f"{rate:,.0f}"})


commands = {"import invoices": invoices}
