"""The whole import, step by step; each may run again and does only what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from integrations.invoices.buckets import InvoiceBucket, InvoiceFile
from integrations.invoices.models import InvoiceLine
from integrations.invoices.orders import import_orders
from integrations.invoices.report import Report, report_of
from integrations.invoices.stage import Staged, stage
from integrations.invoices.stock import open_stock, post_corrections, warehouse_of
from integrations.invoices.trade import TIME_ZONE, make_articles, make_dealers, make_prices, seller_of
from marketplace.core.actor import Actor
from marketplace.core.advisory import sole
from marketplace.core.errors import CoreErrorCode, DomainError


class Watcher(Protocol):
    """Who is told how far the import is."""

    def reading(self, done: int, total: int) -> None:
        """Bytes of the file."""

    def preparing(self, what: str) -> None:
        """A step without figures begins: `dealers`, `articles`, `prices`, `stock`, `corrections`."""

    def ordering(self, done: int, total: int) -> None:
        """Lines of sales whose orders are there."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a run did, and the report of all that is imported."""

    staged: Staged
    dealers: int
    articles: int
    prices: int
    orders: int
    report: Report


def import_invoices(path: Path, seller_name: str, watcher: Watcher) -> Imported:
    """Import a file of invoices as the sales of one seller. Running again changes nothing; after a crash it goes on.

    Raises NotInvoices for a file of another kind, and IN_USE while another import for this seller runs, both before
    anything is written.
    """
    file = InvoiceFile(path)
    file.check()
    with sole("invoices", seller_name) as alone:
        if not alone:
            text = _(
                "Invoices of %(seller)s are being imported already. Wait until that has ended, then run this again: "
                "it does what is left."
            )
            raise DomainError(CoreErrorCode.IN_USE, text % {"seller": seller_name}, "seller")
        return _import(file, seller_name, watcher)


def _import(file: InvoiceFile, seller_name: str, watcher: Watcher) -> Imported:
    seller = seller_of(seller_name)
    actor = Actor.system(seller)
    staged = stage(seller.pk, file, watcher.reading)
    watcher.preparing("dealers")
    dealers = make_dealers(actor, seller)
    watcher.preparing("articles")
    articles = make_articles(actor, seller)
    watcher.preparing("prices")
    prices = make_prices(actor, seller)
    watcher.preparing("stock")
    warehouse = warehouse_of(actor)
    open_stock(actor, warehouse)
    total = InvoiceLine.objects.filter(organization=seller, bucket=InvoiceBucket.SALE).count()
    done = 0

    def more(lines: int) -> None:
        nonlocal done
        done += lines
        watcher.ordering(done, total)

    watcher.ordering(0, total)
    orders = import_orders(seller, more)
    watcher.preparing("corrections")
    post_corrections(actor, warehouse, TIME_ZONE)
    return Imported(staged, dealers, articles, prices, orders, report_of(seller))
