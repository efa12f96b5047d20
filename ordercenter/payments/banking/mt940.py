"""MT940 of SWIFT, read by the library of that name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import mt940

from marketplace.core.sheets import encoding_of
from ordercenter.payments.banking.told import ToldLine, ToldStatement


def is_mt940(content: bytes) -> bool:
    """Whether the file looks like one."""
    head = content[:2000]
    return b":20:" in head and (b":25:" in head or b":60" in head)


def read_mt940(content: bytes) -> list[ToldStatement]:
    """Its statements, one for each :20: block; raises ValueError for what cannot be read."""
    text = content.decode(encoding_of(content), "replace").replace("\r\n", "\n")
    blocks = [f":20:{block}" for block in text.split(":20:")[1:]]
    try:
        return [_statement(mt940.parse(block)) for block in blocks]
    except Exception as error:  # the library raises what its regular expressions and converters do
        raise ValueError(str(error)) from error


def _statement(found: Any) -> ToldStatement:
    data = found.data
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    currency = opening.amount.currency if opening else closing.amount.currency if closing else ""
    told = ToldStatement(data.get("account_identification", "").strip(), currency)
    told.opening = _amount(opening)
    told.closing = _amount(closing)
    told.lines = [_line(one.data, currency) for one in found]
    return told


def _line(data: dict[str, Any], currency: str) -> ToldLine:
    day = data.get("entry_date") or data["date"]
    purpose = data.get("purpose") or data.get("transaction_details") or ""
    customer = data.get("customer_reference") or ""
    texts = [customer if customer != "NONREF" else "", purpose, data.get("additional_purpose") or ""]
    return ToldLine(
        day.replace(),  # a plain date
        Decimal(data["amount"].amount),
        data.get("currency") or currency,
        data.get("applicant_name") or "",
        data.get("applicant_iban") or data.get("applicant_bin") or "",
        " ".join(" ".join(text.split()) for text in texts if text),
        data.get("bank_reference") or "",
    )


def _amount(balance: Any) -> Decimal | None:
    return Decimal(balance.amount.amount) if balance is not None else None
