'''The GraphQL kernel: what a room needs to put its types and operations into the schema.

A room's `schema.py` (or package `schema/`) is found through INSTALLED_APPS. Its classes `Queries`, `Mutations` and
`Subscriptions`, plain mixins, become part of the one schema; everything has a description. Import from here:

    from marketplace.graphql import (
        BaseMutation, BatchLoader, ConnectionField, DateTime, DateTimeRange, Field, Filter, FilterInput, IdFilter,
        ListFilter, ModelType, Money, Quantity, RangeFilter, Related, Sort, SortKey, Subscribe, TextFilter,
        enum_of, from_global_id, grouped, ids_of, label_field, one_each, publish,
    )

**A type made from a model** has a global id and can be fetched by `node`. Its query set has `visible_to(actor)`:

    class OrderType(ModelType, model=Order, name="Order", permission="orders.view"):
        """An agreement to sell and buy."""
        number = Field(graphene.String, required=True, description="The seller's number.")
        status = Field(enum_of(OrderStatus), required=True, description="Where it stands.")
        status_label = label_field("status")                       # translated, in the language of the request
        gross = Field(Money, required=True, description="The sum with tax.")
        margin = Field(Money, permission="pricing.cost.view", description="The seller's gain.")  # "Requires `...`."
        seller = Related("marketplace.parties.schema.OrganizationType", "seller", description="Who sells.")
        lines = Field(graphene.List(graphene.NonNull(OrderLineType)), required=True, size=20, description="Its lines.")

        def resolve_gross(root, info):                              # root is the Order, info.context.actor who asks
            return money.Money(root.gross, root.currency)           # a marketplace.core.money.Money

        def resolve_lines(root, info):
            return LinesOfOrder.of(info).load(root.pk)              # a Deferred; `.then(function)` goes on

A field without a resolver reads the attribute of the same name, and that is the fastest. `permission=` on a field (or
on the type) makes it an error PERMISSION_DENIED for those who lack it. `cost=` and `size=` price it (see `cost.py`).

**A loader** fetches for all parents of a level at once; there is one for each request:

    class LinesOfOrder(BatchLoader):
        def batch(self, keys):
            lines = OrderLine.objects.visible_to(self.actor).filter(order__in=keys).order_by("position")
            return grouped(lines, by="order_id", keys=keys)         # or one_each(rows, keys) for a row or None

    PriceOf.of(info, currency).load(variant_id)                     # parameters arrive as self.params
    OrderType.load(info, pk)                                        # a ready-made loader of visible rows by key
    Deferred.all([a.load(1), b.load(2)]).then(lambda both: ...)

**Lists** are keyset connections (`first/after/last/before`, 100 at most, `totalCount` counted only when selected):

    class OrderFilter(FilterInput):
        """Narrows orders."""
        status = ListFilter(enum_of(OrderStatus), lookup="status", description="In any of these states.")
        seller = IdFilter("Organization", lookup="seller", description="Of these sellers.")
        placed = RangeFilter(DateTimeRange, lookup="placed_at", description="Placed in this time.")
        text = TextFilter(lookups=("number", "note"), description="Words of the number or the note.")
        late = Filter(graphene.Boolean, description="Past the wished date.")
        @staticmethod
        def filter_late(queryset, value, info):                     # a filter without lookup has a method
            return queryset.late() if value else queryset

    class OrderSort(Sort, default="-PLACED_AT"):
        """Keys that orders are sorted by."""
        PLACED_AT = SortKey.of("placed_at", description="When it was placed.", nullable=True)
        NUMBER = SortKey.of("number", description="The seller's number.")

    class Queries:
        order = Field(OrderType, id=graphene.ID(required=True, description="Its id."), description="One order.")
        orders = ConnectionField(OrderType, filter=OrderFilter, sort=OrderSort, permission="orders.view",
                                 description="Orders in which you are a side.")
        def resolve_order(root, info, id):
            return OrderType.by_id(info, id)                        # None for what is not there or not yours
        def resolve_orders(root, info):                             # may be left out: this is the default
            return Order.objects.visible_to(info.context.actor)

The resolver of a connection may also return a list, a Deferred of one (for a connection below another object), or
its own `KeysetSource` (search results by rank; declare the field with `hands_over=True` to be given `filter` and
`sort_by`). A query set of a protected model that did not pass `visible_to` is an internal error.

**A mutation** calls one function. Its class is the payload; refusals (`DomainError`) become `errors`, nothing is kept:

    class OrderPlaceInput(graphene.InputObjectType):
        """A draft to place."""
        seller = graphene.ID(required=True, description="Who sells.")
        lines = graphene.List(graphene.NonNull(OrderLineInput), required=True, description="What is ordered.")
        def to_draft(self): return OrderDraft(seller=from_global_id(self.seller, "Organization", "seller"), ...)

    class OrderPlace(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
        """Place an order with one seller. From here on its prices are frozen."""
        class Arguments:
            input = OrderPlaceInput(required=True, description="The draft.")
        order = Field(OrderType, description="The order.")
        @classmethod
        def perform(cls, actor, input):
            return cls(order=place(actor, input.to_draft()))

    class Mutations:
        order_place = OrderPlace.Field()

`atomic=False` spares a savepoint when `perform` calls a single function that opens its own transaction. Input nests at
most two levels. `from_global_id(gid, "Order", "order")` raises NOT_FOUND for the named field; `ids_of` does for a list.

**A subscription** names a topic; `publish(topic, payload)` after the commit (from an outbox subscriber) wakes it:

    class OrderTimelineAppended(Subscribe, permission="orders.view"):   # see subscriptions.Subscribe
        ...
    class Subscriptions:
        order_timeline_appended = OrderTimelineAppended.Field()

**Scalars**: `Decimal`, `Quantity` and money are strings; also `DateTime`, `Date`, `Upload`, `Json`; `Money` and
`TaxedMoney` take the objects of `marketplace.core.money`; `MoneyInput` for input.

**In tests and pages**: `execute(text, variables, actor=actor)` gives a `Result` (data, errors, extensions);
`execute_document(request, name_or_text, variables)` is what pages call, `sheet_response` sends a list as a sheet.
'''

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.core.downloads import sheet_response
    from marketplace.core.rows import grouped
    from marketplace.graphql.connections import Connection, ConnectionField, connection_of
    from marketplace.graphql.cursors import decode_cursor, encode_cursor
    from marketplace.graphql.engine import execute
    from marketplace.graphql.enums import enum_of
    from marketplace.graphql.execution.deferred import Deferred
    from marketplace.graphql.failure import BadInput, Failure, PermissionDenied, Unauthenticated
    from marketplace.graphql.fields import Field, label_field
    from marketplace.graphql.filters import (
        DateRange,
        DateTimeRange,
        DecimalRange,
        Filter,
        FilterInput,
        IdFilter,
        ListFilter,
        RangeFilter,
        TextFilter,
    )
    from marketplace.graphql.ids import from_global_id, ids_of, to_global_id
    from marketplace.graphql.keyset import KeysetSource, ListSource, Page, PageRequest, QuerySource
    from marketplace.graphql.loaders import BatchLoader, RowLoader, one_each
    from marketplace.graphql.money import Money, MoneyInput, TaxedMoney
    from marketplace.graphql.mutations import BaseMutation
    from marketplace.graphql.nodes import ModelType, Node, Related
    from marketplace.graphql.pages import execute_document
    from marketplace.graphql.publishing import publish, publish_all
    from marketplace.graphql.scalars import Date, DateTime, Decimal, Json, Quantity, Upload
    from marketplace.graphql.schema import get_schema, print_schema_sdl
    from marketplace.graphql.sorting import Sort, SortKey
    from marketplace.graphql.subscriptions import Subscribe

_HOMES = {
    "marketplace.core.downloads": "sheet_response",
    "marketplace.core.rows": "grouped",
    "marketplace.graphql.connections": "Connection ConnectionField connection_of",
    "marketplace.graphql.cursors": "decode_cursor encode_cursor",
    "marketplace.graphql.engine": "execute",
    "marketplace.graphql.enums": "enum_of",
    "marketplace.graphql.execution.deferred": "Deferred",
    "marketplace.graphql.failure": "BadInput Failure PermissionDenied Unauthenticated",
    "marketplace.graphql.fields": "Field label_field",
    "marketplace.graphql.filters": "DateRange DateTimeRange DecimalRange Filter FilterInput"
    " IdFilter ListFilter RangeFilter TextFilter",
    "marketplace.graphql.ids": "from_global_id ids_of to_global_id",
    "marketplace.graphql.keyset": "KeysetSource ListSource Page PageRequest QuerySource",
    "marketplace.graphql.loaders": "BatchLoader RowLoader one_each",
    "marketplace.graphql.money": "Money MoneyInput TaxedMoney",
    "marketplace.graphql.mutations": "BaseMutation",
    "marketplace.graphql.nodes": "ModelType Node Related",
    "marketplace.graphql.pages": "execute_document",
    "marketplace.graphql.publishing": "publish publish_all",
    "marketplace.graphql.scalars": "Date DateTime Decimal Json Quantity Upload",
    "marketplace.graphql.schema": "get_schema print_schema_sdl",
    "marketplace.graphql.sorting": "Sort SortKey",
    "marketplace.graphql.subscriptions": "Subscribe",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "BadInput",
    "BaseMutation",
    "BatchLoader",
    "Connection",
    "ConnectionField",
    "Date",
    "DateRange",
    "DateTime",
    "DateTimeRange",
    "Decimal",
    "DecimalRange",
    "Deferred",
    "Failure",
    "Field",
    "Filter",
    "FilterInput",
    "IdFilter",
    "Json",
    "KeysetSource",
    "ListFilter",
    "ListSource",
    "ModelType",
    "Money",
    "MoneyInput",
    "Node",
    "Page",
    "PageRequest",
    "PermissionDenied",
    "Quantity",
    "QuerySource",
    "RangeFilter",
    "Related",
    "RowLoader",
    "Sort",
    "SortKey",
    "Subscribe",
    "TaxedMoney",
    "TextFilter",
    "Unauthenticated",
    "Upload",
    "connection_of",
    "decode_cursor",
    "encode_cursor",
    "enum_of",
    "execute",
    "execute_document",
    "from_global_id",
    "get_schema",
    "grouped",
    "ids_of",
    "label_field",
    "one_each",
    "print_schema_sdl",
    "publish",
    "publish_all",
    "sheet_response",
    "to_global_id",
]


def __getattr__(name: str) -> Any:
    """The names above, from their modules: Django imports this package before models may be defined."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return found
