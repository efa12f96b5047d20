"""camt.053 of ISO 20022, any version: the elements have kept their names, so the namespace is not looked at.

Written here because the libraries for it are either unmaintained or under a licence that does not fit.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from ordercenter.payments.banking.told import ToldLine, ToldStatement

#: Neither entities nor anything from outside: a statement is data.
PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def is_camt(content: bytes) -> bool:
    """Whether the file looks like one."""
    return b"BkToCstmrStmt" in content[:4000]


def read_camt(content: bytes) -> list[ToldStatement]:
    """Its statements; raises ValueError for what cannot be read."""
    try:
        root = etree.fromstring(content, etree.XMLParser(**PARSER))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    return [_statement(one) for one in _all(root, "Stmt")]


def _statement(node: Any) -> ToldStatement:
    account = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    currency = _text(node, "Acct/Ccy") or _attribute(node, "Bal/Amt", "Ccy") or _attribute(node, "Ntry/Amt", "Ccy")
    told = ToldStatement(account, currency)
    for balance in _all(node, "Bal", direct=True):
        kind = _text(balance, "Tp/CdOrPrtry/Cd")
        if kind == "OPBD":
            told.opening = _signed(balance)
        elif kind == "CLBD":
            told.closing = _signed(balance)
    for entry in _all(node, "Ntry", direct=True):
        if _text(entry, "Sts/Cd") in ("PDNG", "INFO") or _text(entry, "Sts") in ("PDNG", "INFO"):
            continue  # not booked yet
        told.lines.extend(_lines(entry, currency))
    return told


def _lines(entry: Any, currency: str) -> list[ToldLine]:
    """One line for an entry, or one for each of its transactions where it tells their amounts."""
    details = _all(entry, "TxDtls")
    each = [one for one in details if _first(one, "Amt") is not None or _first(one, "AmtDtls") is not None]
    if len(details) > 1 and len(each) == len(details):
        sign = -1 if _text(entry, "CdtDbtInd") == "DBIT" else 1
        return [_line(entry, one, currency, sign * _amount(one), number) for number, one in enumerate(details, 1)]
    return [_line(entry, details[0] if details else None, currency, _signed(entry), 0)]


def _line(entry: Any, details: Any, currency: str, amount: Decimal, number: int) -> ToldLine:
    source = entry if details is None else details
    side = "Dbtr" if amount > 0 else "Cdtr"
    reference = _text(entry, "AcctSvcrRef") or _text(source, "Refs/AcctSvcrRef") or _text(entry, "NtryRef")
    texts = [_text(source, "Refs/EndToEndId"), *(node.text or "" for node in _all(source, "Ustrd"))]
    texts += [node.text or "" for node in _all(source, "CdtrRefInf/Ref")]
    return ToldLine(
        _day(entry),
        amount,
        _attribute(source, "Amt", "Ccy") or _attribute(entry, "Amt", "Ccy") or currency,
        _text(source, f"RltdPties/{side}/Pty/Nm") or _text(source, f"RltdPties/{side}/Nm"),
        _text(source, f"RltdPties/{side}Acct/Id/IBAN") or _text(source, f"RltdPties/{side}Acct/Id/Othr/Id"),
        " ".join(text.strip() for text in texts if text.strip() and text.strip() != "NOTPROVIDED"),
        f"{reference}/{number}" if reference and number else reference,
    )


def _day(entry: Any) -> date:
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt")
    if not text:
        raise ValueError("an entry without a booking date")
    return date.fromisoformat(text[:10])


def _signed(node: Any) -> Decimal:
    amount = _decimal(_text(node, "Amt"))
    return -amount if _text(node, "CdtDbtInd") == "DBIT" else amount


def _amount(details: Any) -> Decimal:
    return _decimal(
        _text(details, "Amt") or _text(details, "AmtDtls/TxAmt/Amt") or _text(details, "AmtDtls/InstdAmt/Amt")
    )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {text!r}") from error


def _path(path: str, direct: bool) -> str:
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return steps if direct else f".//{steps}"


def _all(node: Any, path: str, direct: bool = False) -> list[Any]:
    return node.xpath(_path(path, direct))


def _first(node: Any, path: str) -> Any:
    return next(iter(_all(node, path, direct=True)), None)


def _text(node: Any, path: str) -> str:
    found = _first(node, path)
    return (found.text or "").strip() if found is not None else ""


def _attribute(node: Any, path: str, name: str) -> str:
    found = _first(node, path)
    return found.get(name, "") if found is not None else ""
