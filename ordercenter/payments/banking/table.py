"""Statements as banks give them for spreadsheets: CSV or XLSX with headings in Chinese or English."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marketplace.core.sheets import open_sheet
from ordercenter.payments.banking.told import ToldLine, ToldStatement

#: Headings by what they mean, in lower case, as banks write them.
HEADINGS: dict[str, tuple[str, ...]] = {
    "day": ("date", "booking date", "transaction date", "value date", "日期", "交易日期", "记账日期", "入账日期"),
    "amount": ("amount", "金额", "交易金额", "发生额"),
    "credit": ("credit", "credit amount", "paid in", "贷方金额", "贷方发生额", "收入", "收入金额"),
    "debit": ("debit", "debit amount", "paid out", "借方金额", "借方发生额", "支出", "支出金额"),
    "payer": ("payer", "name", "counterparty", "对方户名", "付款方", "付款人", "对方名称"),
    "payer_account": ("payer account", "counterparty account", "iban", "对方账号", "付款账号", "对方账户"),
    "text": ("text", "description", "remittance", "reference", "摘要", "附言", "用途", "备注"),
    "bank_reference": ("bank reference", "transaction id", "流水号", "交易流水号", "凭证号"),
    "currency": ("currency", "币种"),
    "account": ("account", "own account", "账号", "本方账号", "账户"),
}
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")


class RowsInvalid(ValueError):
    """Rows that cannot be read: (row number, what is wrong)."""

    def __init__(self, rows: list[tuple[int, str]]) -> None:
        super().__init__(f"{len(rows)} rows cannot be read")
        self.rows = rows


def read_table(content: bytes, file_name: str, currency: str) -> list[ToldStatement]:
    """One statement for each account the rows name; raises RowsInvalid, or ValueError without the needed columns."""
    sheet = open_sheet(content, file_name)
    columns = {name: column for name in HEADINGS if (column := _column(name, sheet.headings)) is not None}
    if "day" not in columns or not {"amount", "credit", "debit"} & set(columns):
        raise ValueError("no column of dates, or none of amounts")
    told: dict[str, ToldStatement] = {}
    wrong: list[tuple[int, str]] = []
    for number, row in sheet.rows:
        cells = {name: (row.get(column) or "").strip() for name, column in columns.items()}
        if not any(cells.values()):
            continue
        try:
            line = _line(cells, currency)
        except ValueError as error:
            wrong.append((number, str(error)))
            continue
        account = cells.get("account", "")
        told.setdefault(account, ToldStatement(account, line.currency)).lines.append(line)
    if wrong:
        raise RowsInvalid(wrong)
    return list(told.values())


def _column(name: str, headings: Any) -> str | None:
    for wanted in HEADINGS[name]:
        for heading in headings:
            if heading.strip().lower() == wanted:
                return heading
    return None


def _line(cells: dict[str, str], currency: str) -> ToldLine:
    if cells.get("amount"):
        amount = _number(cells["amount"])
    else:
        amount = _number(cells.get("credit") or "0") - abs(_number(cells.get("debit") or "0"))
    if not amount:
        raise ValueError("no amount")
    return ToldLine(
        _day(cells["day"]),
        amount,
        (cells.get("currency") or currency).upper().replace("RMB", "CNY").replace("人民币", "CNY"),
        cells.get("payer", ""),
        cells.get("payer_account", "").replace(" ", ""),
        cells.get("text", ""),
        cells.get("bank_reference", ""),
    )


def _day(text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"not a date: {text!r}")


def _number(text: str) -> Decimal:
    plain = re.sub(r"[\s¥$€]", "", text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d{1,2}", plain):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        found = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {text!r}") from error
    if not found.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    return found
