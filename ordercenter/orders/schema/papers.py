"""What hangs on an order: files, talk, and the documents that the steps of its story are about."""

from __future__ import annotations

from marketplace.attachments.schema import attachments_of
from marketplace.conversations.schema import conversation_of
from marketplace.graphql.extending import extend
from marketplace.parties.schema.documents import document_node
from ordercenter.orders.schema.types import OrderEventType, OrderType


@extend(OrderType)
class OrderPapers:
    """Files and talk."""

    attachments = attachments_of("order")
    conversation = conversation_of("order")


@extend(OrderEventType)
class StepPapers:
    """What a step is about."""

    document = document_node("What the step is about, such as a shipment, a receipt or a file, if still there.")
