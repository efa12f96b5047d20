"""Reading a file of old invoices line by line, and telling what each line is (docs/operations/import-invoices.md).

The file is what a shop system exported: UTF-8 CSV with the columns of COLUMNS. It is dirty: cancellations, charges,
corrections of stock and walk-in sales stand among the sales to dealers. Every line goes into exactly one bucket.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ARTICLE = re.compile(r"\d{5}[A-Z]*")
DISCOUNT = "D"
CANCELLATION = "C"
ZONE = ZoneInfo("Europe/London")
LARGEST = Decimal(10) ** 11
DECIMALS = 4


class InvoiceBucket(models.TextChoices):
    """What a line of an old invoice is."""

    SALE = "sale", _("Dealer sale")
    RETURN = "return", _("Return")
    CHARGE = "charge", _("Charge")
    DISCOUNT = "discount", _("Discount")
    ADJUSTMENT = "adjustment", _("Stock adjustment")
    WALK_IN = "walk_in", _("Walk-in sale")
    REJECTED = "rejected", _("Rejected")


class RejectReason(models.TextChoices):
    """Why a line is none of the others."""

    NO_INVOICE = "no_invoice", _("No invoice number")
    NO_ARTICLE = "no_article", _("No article code")
    BAD_QUANTITY = "bad_quantity", _("The quantity is not a whole number")
    BAD_PRICE = "bad_price", _("The price is not a number")
    BAD_DATE = "bad_date", _("The date cannot be read")
    TOO_LONG = "too_long", _("A value is too long")
    NEGATIVE_SALE = "negative_sale", _("A negative quantity on an invoice that is no cancellation")
    POSITIVE_RETURN = "positive_return", _("A positive quantity on a cancellation")
    NEGATIVE_PRICE = "negative_price", _("A negative price")
    NOTHING = "nothing", _("A quantity of 0")
    REFUSED = "refused", _("The order was refused")


@dataclass(slots=True)
class InvoiceRow:
    """One line as read; numbers and instant are None where they could not be read, and `raw` tells what stood there."""

    number: int
    invoice: str
    sku: str
    description: str
    quantity: Decimal | None
    at: datetime | None
    price: Decimal | None
    customer: str
    country: str
    bucket: str
    reason: str = ""
    raw: dict[str, Any] | None = None


class NotInvoices(ValueError):
    """The file is not one of invoices; the message says what is missing."""


class InvoiceFile:
    """A file of invoices, read as a stream; `read` is how many of its `size` bytes have been taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.read = 0

    def check(self) -> None:
        """Raise NotInvoices, naming the columns that are missing."""
        with self.path.open("rb") as file:
            headings = csv.DictReader(self._texts(file)).fieldnames or ()
        self.read = 0
        missing = [name for name in COLUMNS if name not in headings]
        if missing:
            raise NotInvoices(", ".join(missing))

    def rows(self) -> Iterator[InvoiceRow]:
        """The lines, in order."""
        with self.path.open("rb") as file:
            cells = csv.DictReader(self._texts(file))
            instants: dict[str, datetime | None] = {}
            for number, values in enumerate(cells, 2):
                yield read_row(number, values, instants)

    def _texts(self, file: Any) -> Iterator[str]:
        for number, line in enumerate(file):
            self.read += len(line)
            text = line.decode("utf-8", errors="replace").replace("\x00", "")
            yield text.removeprefix("\ufeff") if number == 0 else text


def read_row(number: int, values: dict[str, Any], instants: dict[str, datetime | None]) -> InvoiceRow:
    """One line with its bucket. `instants` remembers dates read before: few of them stand on many lines."""
    invoice, code, description, quantity, date, price, customer, country = [
        (values.get(name) or "").strip() for name in COLUMNS
    ]
    if date not in instants:
        if len(instants) > 1000:
            instants.clear()
        instants[date] = instant_of(date)
    row = InvoiceRow(
        number,
        invoice,
        code.upper(),
        description,
        number_of(quantity),
        instants[date],
        number_of(price),
        customer,
        country,
        InvoiceBucket.REJECTED.value,
    )
    reason = unreadable(row)
    if reason is None:
        row.bucket, reason = bucket_of(row)
    if reason is not None:
        row.reason = reason.value
        row.raw = {str(name): value for name, value in values.items()}
        _shorten(row)
    return row


def number_of(text: str) -> Decimal | None:
    """A decimal number; None for what is none, or is out of reach."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def instant_of(text: str) -> datetime | None:
    """A local time of the seller, ISO 8601."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def unreadable(row: InvoiceRow) -> RejectReason | None:
    """Why nothing can be made of a line, whatever it is."""
    if not row.invoice:
        return RejectReason.NO_INVOICE
    if not row.sku:
        return RejectReason.NO_ARTICLE
    if row.quantity is None or row.quantity != row.quantity.to_integral_value():
        return RejectReason.BAD_QUANTITY
    if row.price is None or row.price != round(row.price, DECIMALS):
        return RejectReason.BAD_PRICE
    if row.at is None:
        return RejectReason.BAD_DATE
    long = len(row.invoice) > 32 or len(row.sku) > 32 or len(row.customer) > 32 or len(row.country) > 64
    return RejectReason.TOO_LONG if long or len(row.description) > 255 else None


def bucket_of(row: InvoiceRow) -> tuple[str, RejectReason | None]:
    """The bucket of a readable line, and why where it is REJECTED."""
    quantity, price = row.quantity or Decimal(0), row.price or Decimal(0)
    refused = _refused(row, quantity, price)
    if refused is not None:
        return InvoiceBucket.REJECTED.value, refused
    if not ARTICLE.fullmatch(row.sku):
        return (InvoiceBucket.DISCOUNT if row.sku == DISCOUNT else InvoiceBucket.CHARGE).value, None
    if price == 0:
        return InvoiceBucket.ADJUSTMENT.value, None
    if row.invoice.upper().startswith(CANCELLATION):
        return InvoiceBucket.RETURN.value, None
    return (InvoiceBucket.SALE if row.customer else InvoiceBucket.WALK_IN).value, None


def _refused(row: InvoiceRow, quantity: Decimal, price: Decimal) -> RejectReason | None:
    if price < 0:
        return RejectReason.NEGATIVE_PRICE
    if quantity == 0:
        return RejectReason.NOTHING
    cancels = row.invoice.upper().startswith(CANCELLATION)
    if cancels and quantity > 0:
        return RejectReason.POSITIVE_RETURN
    if not cancels and quantity < 0 and price > 0:
        return RejectReason.NEGATIVE_SALE
    return None


def _shorten(row: InvoiceRow) -> None:
    """What is rejected is kept whole in `raw`; its columns hold as much of it as fits."""
    row.invoice, row.sku, row.customer = row.invoice[:32], row.sku[:32], row.customer[:32]
    row.description, row.country = row.description[:255], row.country[:64]
