"""What lies where, how it came there, and what is done with it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

BALANCES = {
    "variant.sku": _("SKU"),
    "variant.fullName": _("Product"),
    "warehouse.name": _("Warehouse"),
    "conditionLabel": _("Stock condition"),
    "batch": _("Batch"),
    "onHand": _("On hand"),
    "allocated": _("Allocated quantity"),
    "reserved": _("Reserved quantity"),
    "safetyStock": _("Safety stock"),
    "available": _("Available quantity"),
    "inTransit": _("In transit"),
    "uom.name": _("Unit of measure"),
    "updatedAt": _("Changed"),
}
MOVES = {
    "postedAt": _("Posted"),
    "kindLabel": _("Kind"),
    "variant.sku": _("SKU"),
    "variant.fullName": _("Product"),
    "warehouse.name": _("Warehouse"),
    "quantity": _("Quantity"),
    "uom.name": _("Unit of measure"),
    "documentNumber": _("Document"),
    "reason": _("Reason"),
    "actorName": _("Posted by"),
}

SUPPLY = {
    "day": _("Day"),
    "variant.sku": _("SKU"),
    "variant.fullName": _("Product"),
    "warehouse.name": _("Warehouse"),
    "quantity": _("Quantity"),
    "uom.name": _("Unit of measure"),
    "source": _("Comes from"),
}

stock = page("stock/stock", size=50, export=Sheet("stockBalances", BALANCES, _("Stock")))
balance = page("stock/balance", needs="balance", parts={"drawer"}, done={"Adjust": _("The adjustment is posted.")})
stock_moves = page("stock/stock_moves", size=50, export=Sheet("stockMoves", MOVES, _("Stock moves")))
adjust = page("stock/adjust")
receive = page("stock/receive")
supply = page("stock/supply", size=50, done={"Write": SAVED}, export=Sheet("supplyPlans", SUPPLY, _("Supply plan")))
warehouses = page("stock/warehouses", done={"Write": SAVED})
settings = page("stock/settings", done=dict.fromkeys(("Keep", "Show", "Hide", "Withhold"), SAVED), size=50)

urlpatterns = [
    path("office/stock/", stock, name="stock"),
    path("office/stock/moves/", stock_moves, name="stock_moves"),
    path("office/stock/adjust/", adjust, name="stock_adjust"),
    path("office/stock/receive/", receive, name="stock_receive"),
    path("office/stock/supply/", supply, name="stock_supply"),
    path("office/stock/warehouses/", warehouses, name="warehouses"),
    path("office/stock/settings/", settings, name="stock_settings"),
    path("office/stock/<str:id>/", balance, name="stock_balance"),
]
