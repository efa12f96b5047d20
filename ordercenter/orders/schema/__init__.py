"""What orders put into the schema. Other rooms refer to the types by `ordercenter.orders.schema.types.<Name>Type`."""

from ordercenter.orders.schema import goods, money, papers, partners  # noqa: F401 - add fields to types of others
from ordercenter.orders.schema.asking import WantMutations
from ordercenter.orders.schema.cancelling import CancellingMutations
from ordercenter.orders.schema.carts import CartMutations, CartQueries
from ordercenter.orders.schema.desk import DeskQueries
from ordercenter.orders.schema.fill import FillMutations, FillQueries
from ordercenter.orders.schema.fund_offers import FundOfferQueries
from ordercenter.orders.schema.holds import HoldMutations, HoldQueries, OrderHoldChanged
from ordercenter.orders.schema.lists import ListMutations, ListQueries
from ordercenter.orders.schema.live import OrderChanged, OrderTimelineAppended
from ordercenter.orders.schema.moves import MoveMutations
from ordercenter.orders.schema.queries import OrderQueries
from ordercenter.orders.schema.settings import SettingsMutations, SettingsQueries
from ordercenter.orders.schema.types import OrderEventType, OrderLineType, OrderType

__all__ = ["Mutations", "OrderEventType", "OrderLineType", "OrderType", "Queries", "Subscriptions"]


class Queries(
    OrderQueries,
    DeskQueries,
    FillQueries,
    CartQueries,
    ListQueries,
    SettingsQueries,
    HoldQueries,
    FundOfferQueries,
):
    """What can be asked about orders."""


class Mutations(
    MoveMutations,
    CancellingMutations,
    FillMutations,
    CartMutations,
    ListMutations,
    SettingsMutations,
    HoldMutations,
    WantMutations,
):
    """What can be done with them."""


class Subscriptions:
    """What can be listened to."""

    order_timeline_appended = OrderTimelineAppended.Field()
    order_changed = OrderChanged.Field()
    order_hold_changed = OrderHoldChanged.Field()
