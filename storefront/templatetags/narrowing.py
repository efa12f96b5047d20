"""What narrows a table: views, filters, and the addresses that turn them on and off."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context, NodeList
from django.utils import timezone
from django.utils.translation import gettext as _

from storefront.templatetags.blocks import block_tag, gathered, reach, tell
from storefront.templatetags.trade import as_date

register = template.Library()
GONE = ("after", "before", "export", "drawer", "pane")


def address_of(query: QueryDict, **changes: Any) -> str:
    """The address with values put in, lists too, and taken out by None or an empty list; always at its first page."""
    copy = query.copy()
    for name in GONE:
        copy.pop(name, None)
    for name, value in changes.items():
        values = value if isinstance(value, list) else [value]
        copy.pop(name, None)
        if kept := [one for one in values if one not in (None, "")]:
            copy.setlist(name, kept)
    return f"?{copy.urlencode()}"


@dataclass
class View:
    """A view above a table: what the address holds when it is open."""

    label: str
    wants: dict[str, str]
    query: QueryDict
    count: Any = None
    family: Iterable[str] = ()

    @property
    def names(self) -> list[str]:
        """Names of the address it sets."""
        return list(self.wants)

    @property
    def open(self) -> bool:
        """Whether the address shows it."""
        return all(self.query.get(name) == str(value) for name, value in self.wants.items()) and not any(
            self.query.get(name) for name in self.family if name not in self.wants
        )

    @property
    def url(self) -> str:
        """Its address; what other views have set is taken out."""
        return address_of(self.query, **{**dict.fromkeys(self.family), **self.wants})


@dataclass
class Option:
    """One value of a filter."""

    value: str
    label: str
    count: Any = None
    level: int = 0
    chosen: bool = False
    url: str = ""


@dataclass
class Narrowing:
    """A filter: what can be chosen, what is chosen now, and the addresses that change it."""

    name: str
    label: str
    query: QueryDict
    kind: str = "choice"
    many: bool = False
    options: list[Option] = field(default_factory=list)

    def __post_init__(self) -> None:
        now = self.query.getlist(self.name)
        for option in self.options:
            option.chosen = option.value in now
            rest = [one for one in now if one != option.value]
            chosen = rest if option.chosen else [*now, option.value] if self.many else [option.value]
            option.url = address_of(self.query, **{self.name: chosen})

    @property
    def id(self) -> str:
        """Of its menu."""
        return f"by-{self.name.replace('.', '-')}"

    @property
    def names(self) -> list[str]:
        """Names of the address it sets."""
        return [f"{self.name}.gte", f"{self.name}.lte"] if self.kind == "dates" else [self.name]

    @property
    def values(self) -> list[str]:
        """What the address says of it."""
        return [self.query.get(name, "") for name in self.names]

    @property
    def on(self) -> bool:
        """Whether it narrows now."""
        return any(self.values)

    @property
    def shown(self) -> str:
        """What it is narrowed to, in words."""
        if self.kind == "dates":
            since, until = (as_date(value) if value else "" for value in self.values)
            if since == until:
                return since
            return f"{since} – {until}" if since and until else f"≥ {since}" if since else f"≤ {until}"
        if self.kind == "flag":
            return ""
        words = [option.label for option in self.options if option.chosen]
        if len(words) > 2:
            return _("%(count)s chosen") % {"count": len(words)}
        return ", ".join(words) or self.values[0]

    @property
    def cleared(self) -> str:
        """The address without it."""
        return address_of(self.query, **dict.fromkeys(self.names))

    @property
    def switched(self) -> str:
        """The address with a flag put in."""
        return address_of(self.query, **{self.name: "true"})

    @property
    def others(self) -> list[tuple[str, str]]:
        """What its form has to send along."""
        own = {*self.names, *GONE}
        return [(name, value) for name, values in self.query.lists() if name not in own for value in values]

    @property
    def presets(self) -> list[tuple[str, str]]:
        """Usual spans of days: words and address."""
        today = timezone.localdate()
        month = today.replace(day=1)
        before = month - dt.timedelta(days=1)
        spans = (
            (_("Today"), today, today),
            (_("Last 7 days"), today - dt.timedelta(days=6), today),
            (_("Last 30 days"), today - dt.timedelta(days=29), today),
            (_("This month"), month, today),
            (_("Last month"), before.replace(day=1), before),
        )
        since, until = self.names if self.kind == "dates" else ("", "")
        return [(words, address_of(self.query, **{since: str(a), until: str(b)})) for words, a, b in spans]


@register.simple_tag(takes_context=True)
def view(context: Context, label: str, count: Any = None, **wants: Any) -> str:
    """A view of the table around: the address it stands for."""
    query = context["request"].GET
    told = context["_parts"]["view"]
    family = told[0].family if told else set()
    family |= set(wants)  # one set for all views of a table: each takes out what the others set
    return tell(context, "view", View(label, {k: str(v) for k, v in wants.items()}, query, count, family))


@register.simple_tag(takes_context=True)
def option(context: Context, value: Any, label: str, count: Any = None, level: int = 0) -> str:
    """One value of the filter around."""
    return tell(context, "option", Option(str(value), str(label), count, level or 0))


@block_tag(register, "filter_by")
def filter_by(
    context: Context,
    inner: NodeList,
    name: str,
    label: str,
    kind: str = "choice",
    many: bool = False,
    rows: Iterable[Any] = (),
    value: str = "id",
    text: str = "name",
) -> str:
    """A filter of the table around."""
    parts, _written = gathered(context, inner)
    found = [
        Option(str(reach(row, value)), str(reach(row, text)), None, reach(row, "level") or 0) for row in rows or ()
    ]
    return tell(
        context, "filter", Narrowing(name, label, context["request"].GET, kind, many, [*parts["option"], *found])
    )
