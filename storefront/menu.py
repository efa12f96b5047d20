"""The places of the menu, by the side one works on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `key` is what follows `g` on the keyboard, `thumb` puts it on a phone's bottom bar.

    `badge` is the address of a number that is asked for once the menu is seen.
    """

    label: Any
    url: str
    icon: str
    permission: str
    key: str
    thumb: bool = False
    badge: str = ""


BUYING = (
    Place(_("Home"), "/home/", "home", "orders.purchases", "h", thumb=True),
    Place(_("Catalogue"), "/catalog/", "category", "catalog.browse", "c", thumb=True),
    Place(_("Quick order"), "/orders/new/", "bolt", "orders.place", "n", thumb=True),
    Place(_("Carts"), "/carts/", "shopping-cart", "orders.place", "b", thumb=True),
    Place(_("Orders"), "/orders/", "file-text", "orders.purchases", "o", thumb=True),
    Place(_("Promotions"), "/promotions/", "gift", "catalog.browse", "j"),
    Place(_("Sourcing"), "/sourcing/", "file-text", "sourcing.view", "z"),
    Place(_("Contracts"), "/contracts/", "file-check", "contracts.view", "z"),
    Place(_("Finance"), "/finance/", "coin", "ledger.view", "q"),
    Place(_("Credit"), "/credit/", "shield-check", "credit.view", "v"),
    Place(_("Rebate progress"), "/rebates/", "percentage", "rebates.view", "e"),
    Place(_("Bulletins"), "/bulletins/", "speakerphone", "bulletins.view", "u"),
    Place(_("Saved lists"), "/lists/", "list-check", "orders.place", "l"),
)
SELLING = (
    Place(_("Overview"), "/office/", "layout-dashboard", "orders.sales", "d", thumb=True),
    Place(
        _("Order inbox"), "/office/orders/", "inbox", "orders.sales", "i", thumb=True, badge="/office/orders/waiting/"
    ),
    Place(_("Partners"), "/office/partners/", "users", "partners.view", "p", thumb=True),
    Place(_("Bulletins"), "/office/bulletins/", "speakerphone", "bulletins.manage", "w"),
    Place(_("Products"), "/office/products/", "package", "catalog.view", "a", thumb=True),
    Place(_("Price lists"), "/office/prices/", "tag", "prices.view", "r"),
    Place(_("Promotions"), "/office/promotions/", "gift", "promotions.view", "j"),
    Place(_("Stock"), "/office/stock/", "building-warehouse", "stock.view", "s", thumb=True),
    Place(_("Invitations to quote"), "/sourcing/invitations/", "mail", "quotes.view", "t"),
    Place(_("Contracts"), "/contracts/", "file-check", "contracts.view", "z"),
    Place(_("Finance"), "/office/finance/", "coin", "ledger.view", "f"),
    Place(_("Credit"), "/office/credit/", "shield-check", "credit.view", "k", badge="/office/credit/waiting/"),
    Place(_("Rebates"), "/office/rebates/", "percentage", "prices.view", "e"),
    Place(_("Imports"), "/office/imports/", "table-import", "catalog.manage", "m"),
)
TOOLS = (
    Place(_("Company"), "/company/", "building", "", "y"),
    Place(_("GraphQL explorer"), "/graphql/", "api", "", "x"),
)
