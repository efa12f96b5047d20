"""The tabs of finance, of the selling and of the buying side; an area brings its page, the tab appears with it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Tab:
    """One page of finance, and the permission it asks for."""

    label: Any
    url: str
    permission: str


SELLING = (
    Tab(_("Receivables"), "/office/finance/", "ledger.view"),
    Tab(_("Invoices"), "/office/finance/invoices/", "invoices.view"),
    Tab(_("Payments"), "/office/finance/payments/", "payments.view"),
    Tab(_("Funds"), "/office/finance/funds/", "funds.view"),
    Tab(_("Statement of account"), "/office/finance/statement/", "ledger.view"),
    Tab(_("Ledger"), "/office/finance/ledger/", "ledger.books"),
    Tab(_("Dunning"), "/office/finance/dunning/", "ledger.dun"),
    Tab(_("Budgets"), "/office/finance/budgets/", "budgets.view"),
)
BUYING = (
    Tab(_("Overview"), "/finance/", "ledger.view"),
    Tab(_("Invoices"), "/finance/invoices/", "invoices.view"),
    Tab(_("Statement of account"), "/finance/statement/", "ledger.view"),
    Tab(_("Funds"), "/finance/funds/", "funds.view"),
    Tab(_("Payments"), "/finance/payments/", "payments.view"),
)


@cache
def there(url: str) -> bool:
    """True when an area has a page at this address."""
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


def tabs(path: str, may: frozenset[str], sells: bool = True, buys: bool = True) -> list[Tab]:
    """The tabs for one who may do this: of the side one is on, or for who is on both of that of the address."""
    side = SELLING if (path.startswith("/office/") and sells) or not buys else BUYING
    return [tab for tab in side if tab.permission in may and there(tab.url)]


def current(path: str) -> str:
    """Address of the tab that an address stands under: the longest one it begins with."""
    side = SELLING if path.startswith("/office/") else BUYING
    return max((tab.url for tab in side if path.startswith(tab.url)), key=len, default="")
