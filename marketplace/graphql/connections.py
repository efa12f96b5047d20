"""Relay connections: edges, nodes, page info, and a total that is counted only when somebody asks."""

from __future__ import annotations

import logging
from typing import Any

import graphene
from django.db.models import QuerySet

from marketplace.graphql.clearance import require_cleared
from marketplace.graphql.execution.deferred import Deferred
from marketplace.graphql.failure import BadInput
from marketplace.graphql.fields import Field
from marketplace.graphql.filters import FilterInput
from marketplace.graphql.keyset import KeysetSource, ListSource, Page, PageRequest, QuerySource
from marketplace.graphql.nodes import ModelType
from marketplace.graphql.sorting import Order, Sort

PAGE_SIZE = 20
LARGEST_PAGE = 100

log = logging.getLogger("marketplace.graphql")

_made: dict[str, Any] = {}


class PageInfo(graphene.ObjectType):
    """Where a page stands in its list."""

    has_next_page = Field(graphene.Boolean, required=True, description="There are rows after this page.")
    has_previous_page = Field(graphene.Boolean, required=True, description="There are rows before this page.")
    start_cursor = Field(graphene.String, description="Cursor of the first row.")
    end_cursor = Field(graphene.String, description="Cursor of the last row.")

    def resolve_has_next_page(root: Any, _info: Any) -> bool:
        return root.has_next

    def resolve_has_previous_page(root: Any, _info: Any) -> bool:
        return root.has_previous

    def resolve_start_cursor(root: Any, _info: Any) -> str | None:
        return root.cursors(0) if root.nodes else None

    def resolve_end_cursor(root: Any, _info: Any) -> str | None:
        return root.cursors(len(root.nodes) - 1) if root.nodes else None


class Edge:
    """One row of a page; the cursor is made when it is asked for."""

    __slots__ = ("index", "node", "page")

    def __init__(self, page: Page, index: int) -> None:
        self.page = page
        self.index = index
        self.node = page.nodes[index]

    @property
    def cursor(self) -> str:
        return self.page.cursors(self.index)


class Connection:
    """A source and one page of it."""

    __slots__ = ("_page", "request", "source")

    def __init__(self, source: KeysetSource, request: PageRequest) -> None:
        self.source = source
        self.request = request
        self._page: Page | None = None

    @property
    def page_info(self) -> Page:
        if self._page is None:
            self._page = self.source.page(self.request)
        return self._page

    @property
    def nodes(self) -> list[Any]:
        return list(self.page_info.nodes)

    @property
    def edges(self) -> list[Edge]:
        page = self.page_info
        return [Edge(page, index) for index in range(len(page.nodes))]

    @property
    def total_count(self) -> int:
        return self.source.total()


def connection_of(node_type: Any) -> Any:
    """The connection type over a node type, made once: `OrderConnection` with `OrderEdge`."""
    name = node_type._meta.name
    if name not in _made:
        node = graphene.NonNull(node_type)
        edge = type(
            f"{name}Edge",
            (graphene.ObjectType,),
            {
                "__doc__": f"One {name} of a page.",
                "cursor": Field(graphene.String, required=True, description="Where the row stands in the list."),
                "node": Field(node, description="The row."),
            },
        )
        edges = graphene.NonNull(graphene.List(graphene.NonNull(edge)))
        nodes = graphene.NonNull(graphene.List(node))
        _made[name] = type(
            f"{name}Connection",
            (graphene.ObjectType,),
            {
                "__doc__": f"A page of a list of {name}.",
                "edges": Field(edges, cost=0, size=1, description="The rows of the page with their cursors."),
                "nodes": Field(nodes, size=1, description="The rows of the page."),
                "page_info": Field(PageInfo, required=True, cost=0, description="Where the page stands."),
                "total_count": Field(graphene.Int, required=True, cost=1, description="Rows in the whole list."),
            },
        )
    return _made[name]


class ConnectionField(Field):
    """A paged list. The resolver returns a query set that passed `visible_to`, a list, a KeysetSource or a promise.

    `filter`  a FilterInput; `sort` a Sort. Both are applied here to query sets; a resolver that returns another source
    names them in its arguments (`def resolve_hits(root, info, filter=None, sort_by=None)`) by `hands_over=True`.
    Without a resolver a root field of a ModelType lists what the actor may see.
    """

    def __init__(
        self,
        type_: Any,
        filter: type[FilterInput] | graphene.Argument | None = None,
        sort: type[Sort] | graphene.Argument | None = None,
        hands_over: bool = False,
        page_size: int = PAGE_SIZE,
        **options: Any,
    ) -> None:
        self.node_type = type_
        # An argument of the field's own is handed over as it is.
        self.filter = None if isinstance(filter, graphene.Argument) else filter
        self.sort = None if isinstance(sort, graphene.Argument) else sort
        self.hands_over = hands_over
        self.page_size = page_size
        if filter is not None:
            own = graphene.Argument(self.filter, description="Narrows the list.") if self.filter else filter
            options["filter"] = own
        if sort is not None:
            own = graphene.Argument(self.sort.input, description="Sorts the list.") if self.sort else sort
            options["sort_by"] = own
        limit = f"{LARGEST_PAGE} at most"
        super().__init__(
            lambda: connection_of(self._resolved_type()),
            required=True,
            first=graphene.Int(description=f"Rows from the start, {page_size} unless told, {limit}."),
            after=graphene.String(description="Rows after this cursor."),
            last=graphene.Int(description=f"Rows from the end, {limit}."),
            before=graphene.String(description="Rows before this cursor."),
            **options,
        )
        self.extensions["connection"] = page_size

    def _resolved_type(self) -> Any:
        from graphene.types.utils import get_type

        return get_type(self.node_type)

    def wrap_resolve(self, parent_resolver: Any) -> Any:
        """Turns what the field's own resolver returns into a page."""
        own = super().wrap_resolve(parent_resolver)
        default = getattr(own, "func", None) is not None and self._is_listing()

        def resolve(root: Any, info: Any, **arguments: Any) -> Any:
            request = page_request(arguments, self.page_size)
            narrow, sort_by = arguments.get("filter"), arguments.get("sort_by")
            if not self.hands_over:
                arguments.pop("filter", None)
                arguments.pop("sort_by", None)
            if default and root is None:
                rows = self._resolved_type().visible(info.context.actor)
            else:
                rows = own(root, info, **arguments)

            def page_of(found: Any) -> Any:
                return None if found is None else Connection(self._source(found, narrow, sort_by, info), request)

            return rows.then(page_of) if isinstance(rows, Deferred) else page_of(rows)

        return resolve

    def _is_listing(self) -> bool:
        found = self._resolved_type()
        return isinstance(found, type) and issubclass(found, ModelType)

    def _source(self, found: Any, narrow: Any, sort_by: Any, info: Any) -> KeysetSource:
        if not isinstance(found, QuerySet):
            return ListSource(found) if isinstance(found, list | tuple) else found
        rows = require_cleared(found)
        if info.parents > 1:
            log.warning(
                "%s.%s asks the database once for each of %s parents", info.parent_type, info.field_name, info.parents
            )
        if self.filter is not None and narrow and not self.hands_over:
            rows = self.filter.apply(rows, narrow, info)
        order = self.sort.order(sort_by) if self.sort is not None else Order.of(None, False)
        return QuerySource(rows, order)


def page_request(arguments: dict[str, Any], page_size: int = PAGE_SIZE) -> PageRequest:
    """Takes first, last, after and before out of the arguments; raises BadInput for sizes out of bounds."""
    first, last = arguments.pop("first", None), arguments.pop("last", None)
    after, before = arguments.pop("after", None), arguments.pop("before", None)
    if first is not None and last is not None:
        raise BadInput("Give `first` or `last`, not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 0 <= size <= LARGEST_PAGE:
            raise BadInput(f"`{name}` is {size}; it must be between 0 and {LARGEST_PAGE}.")
    if last is not None:
        return PageRequest(last, True, after, before)
    return PageRequest(page_size if first is None else first, False, after, before)
