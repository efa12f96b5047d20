"""What the pages of finance need: links from figures to their lists, and from postings to their documents."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from storefront.links import address_of_document
from storefront.templatetags.trade import as_date, as_money

register = template.Library()
Row = Mapping[str, Any]


@register.filter
def is_above(money: Row | None) -> bool:
    """True for an amount above 0."""
    return money is not None and Decimal(str(money["amount"])) > 0


@register.filter
def with_links(shares: Iterable[Row], currency: str) -> list[dict[str, Any]]:
    """Shares of an ageing, each with the address of the list of its items."""
    return [
        {**share, "url": f"/office/finance/items/?{urlencode({'bucket': share['bucket'], 'currency': currency})}"}
        for share in shares
    ]


@register.simple_tag
def bucket_link(row: Row, bucket: str, money: Row) -> str | SafeString:
    """An amount that leads to the partner's items so late; a dash for none."""
    if not is_above(money):
        return SafeString('<span class="text-secondary">—</span>')
    query = urlencode({"bucket": bucket, "partnership": row["partnershipId"], "currency": row["currency"]})
    return format_html('<a class="bucket-link" href="/office/finance/items/?{}">{}</a>', query, as_money(money))


@register.simple_tag
def document_link(document: Row | None, number: str | None = "") -> str | SafeString:
    """The number of a document, leading to its page where it has one."""
    if not document:
        return "—"
    text = number or document.get("number") or document.get("kindLabel") or "—"
    address = address_of_document(document.get("typeName") or "", document.get("id"))
    return format_html('<a href="{}">{}</a>', address, text) if address else text


@register.filter
def credit_options(credits: Iterable[Row]) -> list[tuple[str, str]]:
    """Credits to choose from: what they are, their day, and what is left."""
    return [
        (
            one["id"],
            _("%(kind)s %(number)s of %(day)s: %(left)s left")
            % {
                "kind": one["kindLabel"],
                "number": one["document"]["number"] or "",
                "day": as_date(one["valueDate"]),
                "left": as_money(one["left"]),
            },
        )
        for one in credits
    ]


@register.filter
def to_clear(item: Row) -> str:
    """What the form proposes: all that is open, or all that the first credit has left."""
    amounts = [item["open"]["amount"], *(one["left"]["amount"] for one in item["credits"][:1])]
    return min(amounts, key=Decimal)


@register.filter
def seller_options(payables: Iterable[Row]) -> list[tuple[str, str]]:
    """Sellers one trades with, once each."""
    return list({row["partnershipId"]: (row["partnershipId"], row["partner"]["name"]) for row in payables}.values())


@register.filter
def partner_of(entries: Iterable[Row]) -> str:
    """The partner that a posting is about."""
    return next((entry["account"]["partner"]["name"] for entry in entries if entry["account"]["partner"]), "—")


@register.filter
def and_one_more(levels: Iterable[Row]) -> list[Row]:
    """The levels, and an empty one to write another."""
    return [*levels, {}]


@register.filter
def partner_options(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Partners to choose from, with the currency of the trade."""
    return [(row["id"], f"{row['partner']['name']} ({row['currency']})") for row in rows]


@register.filter
def other_budgets(rows: Iterable[Row], budget: Row) -> list[tuple[str, str]]:
    """Budgets that money can be moved to: of the same currency, and not this one."""
    return [
        (row["id"], f"{row['name']} {row['number']}")
        for row in rows
        if row["id"] != budget["id"] and row["currency"] == budget["currency"]
    ]


@register.simple_tag
def control_modes() -> list[tuple[str, Any]]:
    """What happens when a budget is passed."""
    return [("WARN", _("Warn")), ("REQUIRE_APPROVAL", _("Require approval")), ("BLOCK", _("Block"))]


@register.simple_tag
def budget_kinds() -> list[tuple[str, Any]]:
    """Kinds of budgets."""
    return [("FIXED", _("Fixed budget")), ("VARIABLE", _("Variable budget"))]


@register.simple_tag
def budget_states() -> list[tuple[str, Any]]:
    """States that a person sets."""
    return [
        ("DRAFT", _("Draft")),
        ("EFFECTIVE", _("In effect")),
        ("PAUSED", _("Paused")),
        ("VOIDED", _("Voided")),
    ]


@register.simple_tag
def account_kinds() -> list[tuple[str, Any]]:
    """Kinds of accounts to narrow a list by."""
    return [
        ("RECEIVABLE", _("Receivable")),
        ("CASH", _("Prepaid cash")),
        ("REBATE", _("Rebate balance")),
        ("GOODS", _("Goods credit")),
        ("EXPENSE", _("Expense credit")),
        ("DEPOSIT", _("Deposit")),
        ("REVENUE", _("Revenue")),
        ("TAX", _("Tax")),
        ("BANK", _("Bank")),
        ("REBATE_COST", _("Rebate cost")),
        ("EXPENSE_COST", _("Expense cost")),
        ("WRITE_OFF", _("Write-off")),
        ("OPENING", _("Opening balance")),
    ]
