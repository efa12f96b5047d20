"""What the pages of one's own organization need: permissions by room, one row of a list, places of the settings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from storefront.links import address_of_document

register = template.Library()
Row = Mapping[str, Any]

#: Where a permission belongs, by what its code begins with; in the order of the page.
ROOMS = {
    _("Orders"): ("orders", "fulfilment"),
    _("Goods and prices"): ("catalog", "prices"),
    _("Stock"): ("stock",),
    _("Finance"): ("ledger", "budgets", "funds", "credit", "invoices", "payments"),
    _("Partners"): ("partners", "bulletins"),
    _("Messages and files"): ("conversations", "attachments"),
    _("Company"): ("organization", "members", "addresses", "api_keys", "audit"),
}
OWNERS = ("seller_owner", "dealer_owner")


@register.filter
def by_room(permissions: Iterable[Row], organization: Row) -> list[tuple[Any, list[Row]]]:
    """Permissions of the organization's side, in groups; reading stands before changing."""
    sides = [side for side, on in (("seller", organization["isSeller"]), ("dealer", organization["isBuyer"])) if on]
    own = [one for one in permissions if any(preset.partition("_")[0] in sides for preset in one["presets"])]
    groups: dict[Any, list[Row]] = {label: [] for label in ROOMS}
    for one in sorted(own, key=lambda row: (not row["reads"], row["code"])):
        prefix = one["code"].partition(".")[0]
        groups.setdefault(next((label for label, rooms in ROOMS.items() if prefix in rooms), _("More")), []).append(one)
    return [(label, rows) for label, rows in groups.items() if rows]


@register.filter
def with_id(rows: Iterable[Row] | None, key: str | None) -> Row | None:
    """The row of a list that has this id."""
    return next((row for row in rows or () if row["id"] == key), None)


@register.filter
def ids(rows: Iterable[Row] | None) -> list[str]:
    """Ids of rows."""
    return [row["id"] for row in rows or ()]


@register.filter
def names(rows: Iterable[Row] | None) -> str:
    """Names of rows, in one line."""
    return ", ".join(row["name"] for row in rows or ())


@register.filter
def below(units: Iterable[Row], unit: Row) -> list[str]:
    """A unit and all that stand below it, of a list in the order of the tree: where it cannot be moved to."""
    found = [unit["id"]]
    for row in units:
        if (row["parent"] or {}).get("id") in found:
            found.append(row["id"])
    return found


@register.filter
def in_tree(units: Iterable[Row] | None) -> list[tuple[str, str]]:
    """Units for a choice, moved in by their depth."""
    return [(row["id"], "\u2003" * row["depth"] + row["name"]) for row in units or () if row.get("isActive", True)]


@register.filter
def by_topic(settings: Iterable[Row]) -> list[tuple[str, list[tuple[int, Row]]]]:
    """Kinds of notifications with their place in the form, under their topics."""
    groups: dict[str, list[tuple[int, Row]]] = {}
    for place, one in enumerate(settings):
        groups.setdefault(one["topic"], []).append((place, one))
    return list(groups.items())


#: The first one found in what a browser says of itself names it; most of them also call themselves by older names.
BROWSERS = {
    "Edg": "Edge",
    "MicroMessenger": "WeChat",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(agent: str) -> str:
    """`Chrome on Windows`, of what a browser says of itself."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown device")


@register.filter
def list_of(typed: QueryDict, name: str) -> list[str]:
    """All values that were sent under a name."""
    return typed.getlist(name)


@register.filter
def owned_companies(memberships: Iterable[Row] | None) -> list[Row]:
    """Organizations somebody owns, as far as the codes of their roles tell."""
    return [seat["organization"] for seat in memberships or () if any(role["code"] in OWNERS for role in seat["roles"])]


@register.filter
def audit_place(entry: Row) -> str:
    """The address of what an entry of the audit log tells of; nothing where it has no page, or is gone."""
    if entry["verb"] == "deleted":
        return ""
    kind = "".join(part.title() for part in entry["documentKind"].split("_"))
    return address_of_document(kind, entry["document"])
