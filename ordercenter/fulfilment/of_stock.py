"""What deliveries add to stock: the order behind a move, and behind an allocation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from marketplace.graphql import BatchLoader, Deferred, Field
from marketplace.graphql.extending import extend
from ordercenter.fulfilment.models import Receipt, Shipment
from ordercenter.orders.schema.types import OrderType
from ordercenter.stock.schema.types import AllocationType, StockMoveType

PAPERS: dict[str, Any] = {"shipment": Shipment, "receipt": Receipt}


class OrderOfPaper(BatchLoader):
    """By kind and id of a document that moved stock: the id of its order, or None. A statement a kind."""

    def batch(self, keys: list[tuple[str, int]]) -> list[int | None]:
        wanted: dict[str, set[int]] = defaultdict(set)
        for kind, key in keys:
            wanted[kind].add(key)
        found: dict[tuple[str, int], int] = {}
        for kind, model in PAPERS.items():
            if wanted[kind]:
                rows = model.objects.visible_to(self.actor).filter(pk__in=wanted[kind])
                found |= {(kind, key): order for key, order in rows.values_list("pk", "order_id")}
        return [found.get(key) for key in keys]


@extend(StockMoveType)
class MoveOrder:
    """The order behind a move."""

    order = Field(OrderType, description="The order that its shipment or receipt belongs to; null for other documents.")

    def resolve_order(root: Any, info: Any) -> Any:
        if root.document_kind not in PAPERS:
            return None
        key = OrderOfPaper.of(info).load((root.document_kind, root.document_id))
        return key.then(lambda order: None if order is None else OrderType.load(info, order))


@extend(AllocationType)
class AllocationOrder:
    """The order behind an allocation."""

    order = Field(OrderType, description="The order that the goods are promised to.")

    def resolve_order(root: Any, info: Any) -> Deferred:
        return OrderType.load(info, root.order_line.order_id)
