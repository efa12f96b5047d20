"""Tables of the order hub's centre: the order with its lines and its story, and what people fill before they place."""

from ordercenter.orders.models.cancel import OrderCancelRequest
from ordercenter.orders.models.entry import Cart, CartLine, ChosenCart, SavedList, SavedListLine, SavedListShare
from ordercenter.orders.models.hold import OrderHold
from ordercenter.orders.models.order import Order, OrderCancellation, OrderEvent, OrderLine
from ordercenter.orders.models.settings import OrderSettings
from ordercenter.orders.models.together import BoughtTogether

__all__ = [
    "BoughtTogether",
    "Cart",
    "CartLine",
    "ChosenCart",
    "Order",
    "OrderCancelRequest",
    "OrderCancellation",
    "OrderEvent",
    "OrderHold",
    "OrderLine",
    "OrderSettings",
    "SavedList",
    "SavedListLine",
    "SavedListShare",
]
