"""Every page, and every write of an order's way, sends as many statements for thirty lines as for one.

The counts stand in bench/sql_counts.json. Both sizes are held against the same number: a loop that queries fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from marketplace.catalog.values import AudienceDraft
from marketplace.core.actor import Actor
from marketplace.graphql import to_global_id
from marketplace.parties.models import Membership, Partnership
from marketplace.search.engine import index_products
from ordercenter.credit.accounts import AccountDraft, write_account
from ordercenter.credit.models import CreditAccount
from ordercenter.fulfilment.models import Shipment
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import DrawRequest, draw_open
from ordercenter.invoicing.issue import issue_all
from ordercenter.invoicing.models import Invoice
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.models import FundAccount, FundUseRule
from ordercenter.ledger.funds.rules import RuleDraft, write_rule
from ordercenter.ledger.funds.top_ups import TopUpDraft, create_top_up
from ordercenter.ledger.funds.transfers import TransferDraft, create_transfer
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.models import Cart, Order, SavedList
from ordercenter.pricing.adjustments import AdjustmentDraft, Raise, price_adjustment_create
from ordercenter.pricing.models import PricePolicyLine, PriceSimulation
from ordercenter.pricing.simulate import SimulationDraft, price_simulation_start, simulate
from ordercenter.stock.models import StockBalance
from tests.ordercenter.orders.ask import on_page
from tests.ordercenter.orders.shop import Shop
from tests.statements import SqlCounter

Counting = Callable[[str], AbstractContextManager[SqlCounter]]
SIZES = (1, 30)


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


def simulated(sales: Actor, line: PricePolicyLine) -> PriceSimulation:
    """Orders of today without a policy."""
    today = timezone.now()
    period = (today - timedelta(days=1), today + timedelta(days=1))
    made = price_simulation_start(sales, SimulationDraft(*period, without_policies=[line.policy_id]))
    simulate(made.pk)
    return made


class Trade:
    """A seller with goods, partners and orders, in the size wanted, and what its pages ask for."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.shop = Shop()
        self.skus = self.shop.sells_many(size, stock=10_000)
        index_products([variant.product_id for variant in self.shop.goods.values()])
        self.sales, self.dealer = self.shop.sales, self.shop.dealer
        self.seller = gid(self.shop.seller)
        for n in range(size - 1):
            self.shop.dealer_of(f"Dealer {n}")
        for partner in Partnership.objects.filter(upstream=self.shop.seller):
            write_account(self.sales, AccountDraft((partner.pk,)))

    def wishes(self) -> list[dict[str, str]]:
        return [{"variant": gid(self.shop.goods[sku]), "quantity": "2"} for sku in self.skus]

    def fill_cart(self) -> str:
        asked = {"seller": self.seller, "mode": "SET", "lines": self.wishes()}
        assert on_page(self.dealer, "pad/pad", "ToCart", input=asked)["cartLinesWrite"]["errors"] == []
        return gid(Cart.objects.get(seller=self.shop.seller, organization=self.shop.buyer.downstream))

    def place(self) -> str:
        """An order by the checkout page; its id."""
        address = on_page(self.dealer, "carts/checkout", "Checkout", id=self.fill_cart())["addresses"][0]["id"]
        cart = gid(Cart.objects.get(seller=self.shop.seller, organization=self.shop.buyer.downstream))
        answer = on_page(self.dealer, "carts/checkout", "Place", input={"cart": cart, "address": address})
        assert answer["orderPlace"]["errors"] == []
        return answer["orderPlace"]["order"]["id"]

    def deliver(self, order: str) -> None:
        on_page(self.sales, "orders/order", "Confirm", id=order)
        on_page(self.sales, "orders/order", "Ship", input={"order": order, "carrier": "SF", "trackingNumber": "1"})
        shipment = gid(Shipment.objects.latest("pk"))
        on_page(self.dealer, "orders/order", "Receive", input={"shipment": shipment})


@pytest.fixture(params=SIZES)
def trade(request, db) -> Trade:
    return Trade(request.param)


@pytest.fixture(params=SIZES)
def busy(request, db) -> Trade:
    """As `trade`, with a delivered order, more orders, a cart and saved lists."""
    trade = Trade(request.param)
    for n in range(3 if trade.size == 1 else 12):
        order = trade.place()
        if n == 0:
            trade.deliver(order)
        saved = {"name": f"List {n}", "order": order}
        assert on_page(trade.dealer, "orders/order", "SaveAsList", input=saved)["savedListWrite"]["errors"] == []
    trade.fill_cart()
    for invoice in draw_open(trade.sales, DrawRequest()):
        issue_all(trade.sales, [invoice.pk])
        credit(
            trade.sales, CreditNoteDraft(invoice.pk, "allowance", amounts={invoice.lines.earliest("pk").pk: Decimal(1)})
        )
    return trade


def reads(trade: Trade) -> Iterator[tuple[Actor, str, str, dict[str, Any]]]:
    """Every page: who asks, the document, the operation, its variables."""
    shop, dealer, sales = trade.shop, trade.dealer, trade.sales
    goods = shop.goods[trade.skus[0]]
    delivered = Order.objects.filter(seller=shop.seller).earliest("pk")
    text = "\n".join(f"{sku}\t3" for sku in trade.skus)
    entries = [{"code": sku, "quantity": "3"} for sku in trade.skus]
    order, seller = {"id": gid(delivered)}, {"seller": trade.seller}
    cart = gid(Cart.objects.get(seller=shop.seller, organization=shop.buyer.downstream))
    saved = gid(SavedList.objects.earliest("pk"))
    yield dealer, "home/home", "Home", seller
    yield dealer, "catalog/catalog", "Catalog", {}
    yield dealer, "catalog/catalog", "Catalog", seller | {"search": "pan"}
    yield dealer, "catalog/catalog", "More", seller
    yield dealer, "catalog/catalog", "More", seller | {"table": True, "search": "pan"}
    yield dealer, "catalog/catalog", "Prices", seller
    yield dealer, "catalog/catalog", "Suggest", seller | {"search": "M000"}
    yield dealer, "catalog/catalog", "Check", seller | {"lines": entries}
    yield dealer, "catalog/compare", "Compare", {"filter": {"ids": [gid(goods.product)]}}
    yield dealer, "catalog/product", "Product", {"id": gid(goods.product)}
    yield dealer, "catalog/product", "WhyThisPrice", seller | {"variant": gid(goods), "quantity": "3"}
    yield dealer, "pad/pad", "Pad", {}
    yield dealer, "pad/pad", "ReadText", seller | {"text": text}
    yield dealer, "pad/pad", "CheckLines", seller | {"lines": entries}
    yield dealer, "pad/pad", "Complete", seller | {"search": "M000"}
    yield dealer, "pad/pad", "Hints", seller | {"lines": entries}
    yield dealer, "pad/pad", "ReadOrder", seller | order
    yield dealer, "pad/pad", "ReadList", seller | {"id": saved}
    yield dealer, "pad/pad", "ReadCart", seller | {"id": cart}
    yield dealer, "pad/pad", "Sources", seller | {"search": ""}
    yield dealer, "carts/carts", "Carts", {}
    yield dealer, "carts/checkout", "Checkout", {"id": cart}
    yield dealer, "orders/orders", "Orders", {}
    yield dealer, "orders/orders", "Orders", {"search": "SO"}
    yield dealer, "orders/order", "Order", order
    yield dealer, "carts/saved_lists", "SavedLists", {}
    yield dealer, "carts/saved_list", "SavedList", {"id": saved}
    yield dealer, "company/profile", "Profile", {}
    for page in ("Company", "Details", "Security", "Users", "Roles", "Departments", "Addresses", "Keys", "Audit"):
        yield sales, f"company/{page.lower()}", page, {}
    yield sales, "company/role", "Role", {}
    yield sales, "company/rules", "Rules", {}
    yield sales, "company/numbers", "Numbers", {}
    yield sales, "company/notifications", "NotificationSettings", {}
    yield sales, "company/user", "User", {"id": gid(Membership.objects.filter(organization=shop.seller).earliest("pk"))}
    yield dealer, "session", "Surroundings", {}
    yield dealer, "session", "CartBadge", {}
    yield sales, "office/home", "Office", {}
    yield sales, "office/inbox", "Inbox", {}
    yield sales, "office/inbox", "Inbox", {"search": "SO"}
    yield sales, "office/pane", "Peek", order
    yield sales, "office/waiting", "Waiting", {}
    yield sales, "office/enter", "EnterOrder", {"partnership": gid(shop.buyer)}
    yield sales, "office/enter", "FindPartners", {"search": "Dealer"}
    yield sales, "orders/order", "Order", order
    for operation in ("Lines", "Arrived", "Talk", "Earlier", "Files"):
        yield sales, "orders/order", operation, order
    yield sales, "partners/partners", "Partners", {}
    yield sales, "partners/groups", "Groups", {}
    yield sales, "partners/grades", "Grades", {}
    yield sales, "partners/territories", "Territories", {}
    yield sales, "partners/invitations", "Invitations", {}
    partner = {"id": gid(shop.buyer)}
    yield sales, "partners/partner", "Partner", partner
    yield sales, "partners/partner_prices", "PartnerPrices", partner
    yield sales, "partners/partner_goods", "PartnerGoods", partner
    yield sales, "partners/partner_orders", "PartnerOrders", partner
    yield sales, "partners/partner_credit", "PartnerCredit", partner
    yield sales, "partners/partner_people", "PartnerPeople", partner
    yield sales, "partners/partner_addresses", "PartnerAddresses", partner
    yield sales, "bulletins/writing", "Writing", {}
    yield dealer, "bulletins/reading", "Bulletins", {}
    yield sales, "products/products", "Products", {}
    product = {"id": gid(goods.product)}
    yield sales, "products/product", "ProductEdit", product
    yield sales, "products/product", "Standing", product
    yield sales, "products/product", "Combinations", product
    yield sales, "products/product", "FindPartners", {"search": "Dealer"}
    yield sales, "products/variant", "VariantEdit", {"id": gid(goods)}
    yield sales, "products/sheet", "ProductSheet", {}
    yield sales, "products/sheet", "More", {}
    yield sales, "products/brands", "Brands", {}
    yield sales, "products/categories", "Categories", {}
    yield sales, "prices/price_lists", "PriceLists", {}
    price_list = {"id": gid(shop.list)}
    yield sales, "prices/price_list", "PriceList", price_list
    yield sales, "prices/price_list", "Slots", {"priceList": gid(shop.list)}
    yield sales, "prices/price_rows", "PriceRows", price_list
    yield sales, "prices/price_calendar", "PriceCalendar", price_list | {"changing": False}
    yield sales, "prices/calendars", "PriceCalendars", {}
    yield sales, "prices/price_terms", "PriceListTerms", price_list
    yield sales, "prices/settings", "PricingSettings", {}
    yield sales, "prices/difference", "PriceListDifference", price_list
    policy_line, _floor = shop.policy(("percent", -3), ("floor_amount", 1, None, {"variant": goods}))
    policy = {"id": gid(policy_line.policy)}
    yield sales, "prices/policies", "PricePolicies", {}
    yield sales, "prices/policy", "PricePolicy", policy
    yield sales, "prices/policy_calendar", "PricePolicyCalendar", {}
    yield sales, "prices/adjustments", "PriceAdjustments", {}
    change = AdjustmentDraft(change=Raise(percent=Decimal(5)))
    adjustment = price_adjustment_create(shop.sales, shop.list.pk, change)
    yield sales, "prices/adjustment", "PriceAdjustment", {"id": gid(adjustment)}
    yield sales, "prices/simulations", "PriceSimulations", {}
    yield sales, "prices/simulation", "PriceSimulation", {"id": gid(simulated(sales, policy_line))}
    balance = StockBalance.objects.cleared().filter(variant=goods, warehouse=shop.shelf).earliest("pk")
    yield sales, "payments/payments", "Payments", {}
    yield sales, "payments/bank", "Bank", {}
    yield dealer, "payments/my_payments", "MyPayments", {}
    yield dealer, "payments/begin", "Begin", {}
    yield sales, "payments/provider", "Provider", {}
    yield sales, "stock/stock", "StockBoard", {}
    yield sales, "stock/balance", "Balance", {"id": gid(balance)}
    yield sales, "stock/stock_moves", "StockMoves", {}
    yield sales, "stock/supply", "Supply", {}
    yield sales, "stock/warehouses", "Warehouses", {}
    yield sales, "stock/settings", "StockSettings", {}
    yield sales, "imports/imports", "Imports", {}
    invoice = {"id": gid(Invoice.objects.filter(seller=shop.seller).exclude(number="").latest("pk"))}
    yield sales, "invoices/invoices", "Invoices", {}
    yield sales, "invoices/due", "Due", {}
    yield sales, "invoices/invoice", "Invoice", invoice
    yield sales, "invoices/notes", "Notes", {}
    yield dealer, "invoices/bills", "Bills", {}
    yield dealer, "invoices/invoice", "Invoice", invoice
    yield dealer, "print/invoice", "InvoicePaper", invoice
    owed = OpenItem.objects.earliest("pk")
    trade = {"partnership": gid(owed.partnership)}
    yield sales, "finance/receivables", "Receivables", {}
    yield sales, "finance/items", "OpenItems", {}
    yield sales, "finance/item", "OpenItem", {"id": gid(owed)}
    yield sales, "finance/statement", "Statement", trade
    yield sales, "finance/ledger", "Ledger", {}
    yield sales, "finance/posting", "Posting", {"id": gid(owed.entry.posting)}
    yield sales, "finance/accounts", "Accounts", {}
    yield sales, "finance/account", "Account", {"id": gid(owed.entry.account)}
    yield sales, "finance/dunning", "Dunning", {}
    yield sales, "finance/budgets", "Budgets", {}
    yield dealer, "finance/overview", "Overview", {}
    yield dealer, "finance/item", "OpenItem", {"id": gid(owed)}
    yield dealer, "finance/my_statement", "MyStatement", trade
    yield dealer, "print/statement", "StatementPaper", trade
    yield sales, "company/tax", "Tax", {}
    yield sales, "company/tax_profile", "TaxProfile", {}
    yield sales, "company/invoicing", "Invoicing", {}
    account = {"id": gid(CreditAccount.objects.earliest("pk"))}
    yield sales, "credit/accounts", "CreditAccounts", {}
    yield sales, "credit/account", "CreditAccountPage", account
    yield sales, "credit/holds", "CreditHolds", {}
    yield sales, "credit/waiting", "CreditWaiting", {}
    yield sales, "credit/requests", "CreditRequests", {}
    yield sales, "credit/rules", "CreditRules", {}
    yield dealer, "credit/own", "OwnCredit", {}
    yield from funds_of(shop, sales, dealer)


def funds_of(shop: Shop, sales: Actor, dealer: Actor) -> Iterator[tuple[Actor, str, str, dict[str, Any]]]:
    """Pages of funds; last, as who has funds is told of them elsewhere."""
    for partner in Partnership.objects.filter(upstream=shop.seller):
        for kind in (FundKind.CASH, FundKind.REBATE):
            create_top_up(sales, TopUpDraft(partner.pk, kind, Decimal(100), reference="Slip"), submit=True)
        write_rule(sales, RuleDraft(FundKind.REBATE, name_en="A rule", audience=AudienceDraft(partner.pk)))
        move = TransferDraft(partner.pk, FundKind.REBATE, partner.pk, FundKind.EXPENSE, Decimal(10))
        create_transfer(sales, move, submit=True)
    account = {"id": gid(FundAccount.objects.filter(partnership=shop.buyer).earliest("pk"))}
    yield sales, "funds/accounts", "FundAccounts", {}
    yield sales, "funds/account", "FundAccount", account
    yield sales, "funds/top_ups", "FundTopUps", {}
    yield sales, "funds/transfers", "FundTransfers", {}
    yield sales, "funds/rules", "FundRules", {}
    yield sales, "funds/rule", "FundRule", {"id": gid(FundUseRule.objects.earliest("pk"))}
    yield dealer, "funds/my_funds", "MyFunds", {}


def test_every_page_takes_its_statements(busy, sql_count: Counting):
    for actor, document, operation, variables in list(reads(busy)):
        side = "seller" if actor is busy.sales else "dealer"
        searching = ", searched" if "search" in variables else ""
        with sql_count(f"page {document} {operation}, {side}{searching}"):
            on_page(actor, document, operation, **variables)


def test_an_orders_way_takes_its_statements(trade, sql_count: Counting):
    dealer, sales = trade.dealer, trade.sales
    asked = {"seller": trade.seller, "mode": "ADD", "lines": trade.wishes()}
    with sql_count("write cart lines"):
        on_page(dealer, "pad/pad", "ToCart", input=asked)
    with sql_count("write cart lines again"):
        on_page(dealer, "pad/pad", "ToCart", input=asked)
    cart = gid(Cart.objects.get())
    address = on_page(dealer, "carts/checkout", "Checkout", id=cart)["addresses"][0]["id"]
    with sql_count("write order placed from a cart"):
        placed = on_page(dealer, "carts/checkout", "Place", input={"cart": cart, "address": address})["orderPlace"]
    order = placed["order"]["id"]
    with sql_count("write order confirmed"):
        on_page(sales, "orders/order", "Confirm", id=order)
    with sql_count("write order shipped"):
        on_page(sales, "orders/order", "Ship", input={"order": order, "carrier": "SF", "trackingNumber": "1"})
    shipment = gid(Shipment.objects.get())
    with sql_count("write shipment received"):
        answer = on_page(dealer, "orders/order", "Receive", input={"shipment": shipment})
    assert answer["receiptPost"]["errors"] == []
    with sql_count("write order reordered"):
        on_page(dealer, "orders/order", "Reorder", id=order)
    with sql_count("write saved list from an order"):
        on_page(dealer, "orders/order", "SaveAsList", input={"name": "L", "order": order})


def test_a_cancelled_order_takes_its_statements(trade, sql_count: Counting):
    order = trade.place()
    with sql_count("write order cancelled"):
        answer = on_page(trade.dealer, "orders/order", "Cancel", id=order, reason="No need")
    assert answer["orderCancel"]["errors"] == []
