"""The table: declared by its columns, drawn with all that people expect of one (docs/contributing/pages.md, Table)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template import Context, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

from storefront.templatetags.blocks import BlockNode, Parts, block_tag, draw, gathered, tell, words_of, written_in
from storefront.templatetags.narrowing import Narrowing, View, address_of
from storefront.templatetags.saved import COLUMNS, SavedViews

register = template.Library()


@dataclass
class Column:
    """One column: its key, head, how its cells are drawn, and where a phone's card puts them."""

    key: str
    label: str
    inner: NodeList
    sort: str = ""
    end: bool = False
    card: str = ""
    hidden: bool = False
    fixed: bool = False
    quiet: bool = False
    width: str = ""

    @property
    def style(self) -> str:
        """Classes of its cells."""
        return " ".join(
            name for name in (self.end and "text-end", self.card and f"c-{self.card}", f"is-{self.key}") if name
        )


@dataclass
class Row:
    """A row as drawn: what it is made of, its cells, and whether it can be chosen."""

    value: Any
    cells: list[tuple[Column, SafeString]]
    choosable: bool = True


@dataclass
class Table:
    """A table with everything its template needs."""

    request: HttpRequest
    name: str
    key: str
    parts: Parts
    lead: str = ""
    connection: Mapping[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    sort: str = ""
    choose: str = ""
    all: bool = True
    bare: bool = False
    label: str = ""
    saved: Any = None
    page: str = ""

    @property
    def id(self) -> str:
        """Of its element."""
        return f"t-{self.name}"

    @cached_property
    def toggled(self) -> set[str]:
        """Columns that this user, or the saved view in the address, has put in or taken out."""
        if COLUMNS in self.request.GET:
            return set(self.request.GET[COLUMNS].split("."))
        user, _, keys = self.request.COOKIES.get(f"cols-{self.key}", "").partition(":")
        return set(keys.split(".")) if user == str(getattr(self.request.user, "pk", "")) else set()

    def shows(self, column: Column) -> bool:
        """Whether a column is shown to this user."""
        return column.fixed or column.hidden == (column.key in self.toggled)

    @property
    def columns(self) -> list[Column]:
        """The columns that are shown."""
        return [column for column in self.parts["column"] if self.shows(column)]

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Columns that can be put in or taken out, and whether they are in."""
        return [(column, self.shows(column)) for column in self.parts["column"] if not column.fixed and column.label]

    @property
    def heads(self) -> Iterator[tuple[Column, str, str]]:
        """Shown columns with how they are sorted and the address that sorts them: first up, then down."""
        now = self.request.GET.get("sort", self.sort)
        for column in self.columns:
            state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(now, "none")
            following = f"-{column.sort}" if now == column.sort else column.sort
            yield column, state, address_of(self.request.GET, sort=following)

    @property
    def sorts(self) -> list[tuple[str, bool, str, str]]:
        """For phones, whose cards have no heads: label, whether in force, address, direction."""
        now = self.request.GET.get("sort", self.sort)
        return [
            (column.label, now == mark + column.sort, address_of(self.request.GET, sort=mark + column.sort), word)
            for column in self.parts["column"]
            if column.sort
            for mark, word in (("", "up"), ("-", "down"))
        ]

    @property
    def filters(self) -> list[Narrowing]:
        """What can be narrowed by."""
        return self.parts["filter"]

    @property
    def views(self) -> list[View]:
        """The views above it."""
        return self.parts["view"]

    @cached_property
    def keeps(self) -> SavedViews | None:
        """Saved views, where the page asks for them."""
        if self.saved is None:
            return None
        return SavedViews(self.request, self.saved, self.page, ".".join(sorted(self.toggled)))

    @property
    def tabs(self) -> list[tuple[View, str, bool]]:
        """The views with their address and whether they are open; from a saved view one comes back to all of one."""
        if self.keeps and self.keeps.open:
            return [(view, address_of(QueryDict(), **view.wants), False) for view in self.views]
        return [(view, view.url, view.open) for view in self.views]

    @property
    def narrowed(self) -> bool:
        """Whether the address leaves anything out."""
        names = {name for one in self.filters for name in one.names} | {n for view in self.views for n in view.names}
        names |= {one["name"] for one in self.parts["search"]}
        return any(self.request.GET.get(name) for name in names)

    @property
    def cleared(self) -> str:
        """The address without what the filters and the search say; a view stays."""
        names = {name for one in self.filters for name in one.names} | {one["name"] for one in self.parts["search"]}
        return address_of(self.request.GET, **dict.fromkeys(names))

    @property
    def paging(self) -> Mapping[str, Any]:
        """Where the pages go on."""
        return self.connection.get("pageInfo") or {}

    @property
    def total(self) -> Any:
        """How many rows fit, where it was asked for."""
        return self.connection.get("totalCount")

    @property
    def more(self) -> bool:
        """Whether more rows fit than are shown."""
        return bool(self.paging.get("hasNextPage") or self.paging.get("hasPreviousPage"))

    @property
    def sheet(self) -> tuple[str, str] | None:
        """Addresses of the whole list as XLSX and CSV."""
        return address_of(self.request.GET, export="xlsx"), address_of(self.request.GET, export="csv")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that searches has to send along."""
        own = {one["name"] for one in self.parts["search"]} | {"after", "before"}
        return [(name, value) for name, values in self.request.GET.lists() if name not in own for value in values]


@register.tag
def table(parser: Parser, token: Token) -> BlockNode:
    """`{% table connection as row name="…" %} … {% endtable %}`."""
    bits = token.split_contents()[1:]
    called = "row"
    if "as" in bits:
        place = bits.index("as")
        called = bits[place + 1]
        del bits[place : place + 2]
    values, named = words_of(parser, bits)
    inner = parser.parse(("endtable",))
    parser.delete_first_token()

    def drawn(context: Context, nodes: NodeList, source: Any, **words: Any) -> str:
        return draw_table(context, nodes, source, called, **words)

    return BlockNode(drawn, values, named, inner)


def draw_table(context: Context, inner: NodeList, source: Any, called: str, name: str, **words: Any) -> str:
    """Ask the inner tags what the table holds, draw every cell, and put all into the template."""
    parts, lead = gathered(context, inner)
    paged = isinstance(source, Mapping)
    document = str(context.get("document") or "")
    key = f"{document}-{name}".replace("/", "-")
    made = Table(context["request"], name, key, parts, lead, source if paged else {}, page=document, **words)
    values = [edge["node"] for edge in source.get("edges") or ()] if paged else list(source or ())
    if not parts["bulk"]:
        made.choose = ""  # nothing can be done with what would be chosen
    made.rows = [_row(context, made, value, called, place) for place, value in enumerate(values)]
    page = context.get("page")
    export = getattr(page, "export", None)
    return draw(context, "table", t=made, sheet=made.sheet if export and export.connection == name else None)


def _row(context: Context, made: Table, value: Any, called: str, place: int) -> Row:
    with context.push(**{called: value, "place": place}):
        cells = [(column, column.inner.render(context)) for column in made.columns]
        barred = made.parts.one("unchoosable")
        return Row(value, cells, not (made.choose and barred is not None and barred.render(context).strip()))


@block_tag(register, "column")
def column(context: Context, inner: NodeList, key: str, label: str = "", **words: Any) -> str:
    """A column of the table around."""
    return tell(context, "column", Column(key, label, inner, **words))


@block_tag(register, "bulk")
def bulk(context: Context, inner: NodeList) -> str:
    """What can be done with the chosen rows."""
    return tell(context, "bulk", written_in(context, inner))


@block_tag(register, "unchoosable")
def unchoosable(context: Context, inner: NodeList) -> str:
    """Rendered for each row; where it writes anything, the row cannot be chosen."""
    return tell(context, "unchoosable", inner)


@block_tag(register, "foot")
def foot(context: Context, inner: NodeList) -> str:
    """What stands below the rows."""
    return tell(context, "foot", inner.render(context))


@register.simple_tag(takes_context=True)
def search(context: Context, name: str, placeholder: str, label: str = "") -> str:
    """The field that searches the rows."""
    value = context["request"].GET.get(name, "")
    return tell(context, "search", {"name": name, "placeholder": placeholder, "label": label, "value": value})


@register.simple_tag(takes_context=True)
def none(context: Context, **words: Any) -> str:
    """What is said while there is nothing: icon, title, text, url, action; no_match for filters that nothing fits."""
    return tell(context, "none", words)


@register.simple_tag(takes_context=True)
def hidden(context: Context, name: str, value: Any) -> str:
    """A field that a bar's form sends along."""
    return tell(context, "hidden", (name, value))
