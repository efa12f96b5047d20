"""The kinds of steps in an order's story, each with its line for people."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind

KINDS = (
    EventKind("order.placed", _("Order placed")),
    EventKind("order.confirmed", _("Order confirmed")),
    EventKind("order.declined", _("Order declined")),
    EventKind("order.changed", _("Order changed")),
    EventKind("order.allocated", _("Stock promised")),
    EventKind("order.freed", _("Promised stock taken back")),
    EventKind("order.cancelled", _("Order cancelled")),
    EventKind("order.shipped", _("Goods shipped")),
    EventKind("order.received", _("Goods received")),
    EventKind("order.completed", _("Order completed")),
    EventKind("order.closed", _("Order closed")),
    EventKind("order.reopened", _("Order reopened")),
    EventKind("order.held", _("Order held")),
    EventKind("order.hold_released", _("Hold released")),
    EventKind("order.cancel_requested", _("Cancellation asked for")),
    EventKind("order.cancel_declined", _("Cancellation declined")),
    EventKind("order.cancel_withdrawn", _("Request to cancel withdrawn")),
    EventKind("order.file_added", _("File added to the order")),
    EventKind("order.file_removed", _("File removed from the order")),
)

SETTINGS_CHANGED = EventKind("order_settings.changed", _("Order settings changed"))

CART_KINDS = (
    EventKind("cart.made", _("Cart made")),
    EventKind("cart.changed", _("Cart renamed or shared")),
    EventKind("cart.handed", _("Cart handed to a colleague")),
    EventKind("cart.merged", _("Carts put together")),
    EventKind("cart.lines_moved", _("Lines moved to another cart")),
    EventKind("cart.discarded", _("Cart thrown away")),
)
