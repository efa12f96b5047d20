"""A small file of invoices with every kind of dirt, of the same shape as a real one."""

from __future__ import annotations

import csv
from pathlib import Path

from integrations.invoices.buckets import COLUMNS

LINES = [
    # Two dealers, four invoices; the second one names an article twice, and carries two minutes.
    ("100001", "10001A", "RED MUG", "6", "2021-03-01T08:26:00", "2.55", "501", "United Kingdom"),
    ("100001", "10002", "TIN TRAY", "10", "2021-03-01T08:26:00", "1.25", "501", "United Kingdom"),
    ("100001", "POST", "POSTAGE", "1", "2021-03-01T08:26:00", "18.00", "501", "United Kingdom"),
    ("100002", "10001a", "RED MUG.", "12", "2021-03-01T10:01:00", "2.10", "502", "EIRE"),
    ("100002", "10001A", "RED MUG", "24", "2021-03-01T10:02:00", "2.10", "502", "EIRE"),
    ("100003", "10002", "TIN TRAY", "3", "2021-03-02T09:00:00", "1.45", "501", "United Kingdom"),
    ("100006", "10003", "PAPER LAMP", "2", "2021-03-03T09:00:00", "0.195", "502", "EIRE"),
    ("100006", "10003", "PAPER LAMP", "1", "2021-03-03T09:00:00", "4", "502", "EIRE"),
    # A return, with its postage, and a discount.
    ("C100004", "10001A", "RED MUG", "-2", "2021-03-02T11:00:00", "2.55", "501", "United Kingdom"),
    ("C100004", "POST", "POSTAGE", "-1", "2021-03-02T11:00:00", "18.00", "501", "United Kingdom"),
    ("C100004", "D", "Discount", "-1", "2021-03-02T11:00:00", "5.00", "501", "United Kingdom"),
    # Walk-in, corrections of stock (of goods known and unknown, up and down), a gift to a dealer.
    ("100005", "10002", "TIN TRAY", "2", "2021-03-02T12:00:00", "2.95", "", "United Kingdom"),
    ("100007", "10001A", "", "-5", "2021-03-02T13:00:00", "0", "", "United Kingdom"),
    ("100008", "10001A", "damaged", "-1", "2021-03-02T14:00:00", "0.00", "", "United Kingdom"),
    ("100009", "10099", "found", "40", "2021-03-03T14:00:00", "0", "", "United Kingdom"),
    # Nothing can be made of these.
    ("", "10001A", "RED MUG", "1", "2021-03-03T15:00:00", "2.55", "501", "United Kingdom"),
    ("100010", "10001A", "RED MUG", "some", "2021-03-03T15:00:00", "2.55", "501", "United Kingdom"),
    ("100010", "10001A", "RED MUG", "1", "yesterday", "2.55", "501", "United Kingdom"),
    ("100010", "10001A", "RED MUG", "-3", "2021-03-03T15:00:00", "2.55", "501", "United Kingdom"),
    ("100010", "10001A", "RED MUG", "3", "2021-03-03T15:00:00", "-2.55", "501", "United Kingdom"),
]

MORE = [("100011", "10004", "NEW CUP", "5", "2021-03-04T09:00:00", "3.00", "503", "France")]


def write(path: Path, lines: list[tuple[str, ...]]) -> Path:
    """The lines as a file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(lines)
    return path
