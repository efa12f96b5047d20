"""The words of an order: where it stands, how it came in, what it is waiting for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    """Moved by people and rules; how far goods have come is told by the derived statuses beside it."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    PLACED = "placed", _("Awaiting confirmation")
    DECLINED = "declined", _("Declined")
    CONFIRMED = "confirmed", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


#: An order in one of these waits for nobody any more.
FINAL = (
    OrderStatus.REJECTED,
    OrderStatus.DECLINED,
    OrderStatus.COMPLETED,
    OrderStatus.CLOSED,
    OrderStatus.CANCELLED,
)


class OrderFulfilmentStatus(TextChoices):
    NOT_SHIPPED = "not_shipped", _("Not shipped")
    PARTIALLY_SHIPPED = "partially_shipped", _("Partially shipped")
    SHIPPED = "shipped", _("Shipped")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")
    PARTIALLY_STOCKED = "partially_stocked", _("Partially put away")
    STOCKED = "stocked", _("Put away")


class OrderBillingStatus(TextChoices):
    NOT_INVOICED = "not_invoiced", _("Not invoiced")
    PARTIALLY_INVOICED = "partially_invoiced", _("Partially invoiced")
    INVOICED = "invoiced", _("Invoiced")


class OrderPaymentStatus(TextChoices):
    UNPAID = "unpaid", _("Unpaid")
    PARTIALLY_PAID = "partially_paid", _("Partially paid")
    PAID = "paid", _("Paid")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")


class OrderReturnStatus(TextChoices):
    NOT_RETURNED = "not_returned", _("Not returned")
    PARTIALLY_RETURNED = "partially_returned", _("Partially returned")
    RETURNED = "returned", _("Returned")


class OrderWait(TextChoices):
    """Whose turn it is, or what is missing."""

    SELLER_CONFIRMATION = "seller_confirmation", _("Seller's confirmation")
    CANCEL_DECISION = "cancel_decision", _("Seller's answer to cancelling")
    RELEASE = "release", _("Release of its holds")
    STOCK = "stock", _("Stock")
    SHIPMENT = "shipment", _("Shipping")
    RECEIPT = "receipt", _("Receiving")
    NOTHING = "nothing", _("Nothing")


class OrderChannel(TextChoices):
    DEALER = "dealer", _("Dealer order")
    SUB_DEALER = "sub_dealer", _("Sub-dealer order")
    PURCHASE = "purchase", _("Purchase")
    MALL = "mall", _("Mall order")
    MICROSHOP = "microshop", _("Micro-shop order")
    PLATFORM = "platform", _("Platform order")


class OrderKind(TextChoices):
    """Which documents follow. Further kinds come with the rooms that make their documents."""

    STANDARD = "standard", _("Standard order")
    CALL_OFF = "call_off", _("Call-off order")
    SAMPLE = "sample", _("Sample order")


class EntryMode(TextChoices):
    """Who or what typed it."""

    SELF = "self", _("Self-service")
    REP = "rep", _("By sales rep")
    SELLER = "seller", _("By seller")
    IMPORT = "import", _("By import")
    API = "api", _("By API")


class OrderLineKind(TextChoices):
    GOODS = "goods", _("Goods")
    GIFT = "gift", _("Gift")
    CHARGE = "charge", _("Charge")


class CancellationKind(TextChoices):
    """Why quantities were dropped; only what a closing dropped can come back."""

    CANCEL = "cancel", _("Cancelled")
    SHORT = "short", _("Stock short")
    CLOSE = "close", _("Closed")


class OrderCancelRequestStatus(TextChoices):
    """What became of a buyer's wish to cancel."""

    PENDING = "pending", _("Pending")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class HoldReason(TextChoices):
    """Why an order may not move. Each reason stands by itself and is released by itself."""

    CREDIT = "credit", _("Credit short")
    OVERDUE = "overdue", _("Overdue amount")
    PREPAYMENT = "prepayment", _("Payment awaited")
    STOCK = "stock", _("Stock short")
    PRICE = "price", _("Price out of range")
    CHECK = "check", _("Check failed")
    ADDRESS = "address", _("Address problem")
    PARTNER = "partner", _("Partner restricted")
    MANUAL = "manual", _("Held by hand")


class OrderHoldStatus(TextChoices):
    HELD = "held", _("On hold")
    RELEASED = "released", _("Released")
    REJECTED = "rejected", _("Rejected")


class ListAccess(TextChoices):
    """What a person with whom a saved list is shared may do with it."""

    READ = "read", _("Read")
    WRITE = "write", _("Write")


class CartWriteMode(TextChoices):
    """What a written line does to one that is there."""

    ADD = "add", _("Add to it")
    SET = "set", _("Replace it")
