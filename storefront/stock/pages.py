"""What lies where, and how it came there."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.words import SAVED

stock = page(
    "stock/stock",
    size=50,
    done={"Adjust": _("The adjustment is posted."), "Receive": _("The receipt is posted."), "WriteWarehouse": SAVED},
)
stock_moves = page("stock/stock_moves", size=50)

urlpatterns = [
    path("office/stock/", stock, name="stock"),
    path("office/stock/moves/", stock_moves, name="stock_moves"),
]
