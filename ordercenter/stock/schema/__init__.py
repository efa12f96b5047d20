"""Stock in the schema (stock §10)."""

from ordercenter.stock.schema.goods import VariantStock
from ordercenter.stock.schema.mutations import Mutations
from ordercenter.stock.schema.queries import Queries
from ordercenter.stock.schema.subscriptions import Subscriptions

__all__ = ["Mutations", "Queries", "Subscriptions", "VariantStock"]
