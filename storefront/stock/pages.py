"""What lies where, and how it came there."""

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
    "available": _("Available quantity"),
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

stock = page(
    "stock/stock",
    size=50,
    export=Sheet("stockBalances", BALANCES, _("Stock")),
    done={"Adjust": _("The adjustment is posted."), "Receive": _("The receipt is posted."), "WriteWarehouse": SAVED},
)
stock_moves = page("stock/stock_moves", size=50, export=Sheet("stockMoves", MOVES, _("Stock moves")))

urlpatterns = [
    path("office/stock/", stock, name="stock"),
    path("office/stock/moves/", stock_moves, name="stock_moves"),
]
