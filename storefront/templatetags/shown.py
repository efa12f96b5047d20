"""Small things that show: money, days, states, people, figures. Written in Python where a page has hundreds of them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context, NodeList
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from storefront.links import address_of_document
from storefront.templatetags.blocks import block_tag, draw, gathered, tell, written_in
from storefront.templatetags.trade import (
    as_date,
    as_datetime,
    as_money,
    as_quantity,
    colour,
    initials,
    percent_of,
    tint,
)

register = template.Library()
DASH = mark_safe('<span class="text-secondary">—</span>')
UNITS = ("B", "KB", "MB", "GB", "TB")
FILE_ICONS = {
    "pdf": "file-type-pdf",
    "xlsx": "file-spreadsheet",
    "xls": "file-spreadsheet",
    "csv": "file-spreadsheet",
    "png": "photo",
    "jpg": "photo",
    "jpeg": "photo",
    "webp": "photo",
    "zip": "file-zip",
}


@register.simple_tag
def money(value: Mapping[str, Any] | None, big: bool = False) -> SafeString:
    """An amount with its currency."""
    more = " fs-2 fw-bold" if big else ""
    return format_html('<span class="text-nowrap tabular{}">{}</span>', more, as_money(value)) if value else DASH


@register.simple_tag
def quantity(value: Any, uom: Mapping[str, Any] | None = None) -> SafeString:
    """A quantity, with its unit where given."""
    if value is None or value == "":
        return DASH
    unit = format_html(' <span class="uom">{}</span>', uom["name"]) if uom else ""
    return format_html('<span class="text-nowrap tabular">{}{}</span>', as_quantity(value), unit)


@register.simple_tag
def date(value: Any, time: bool = False) -> SafeString:
    """A day, or an instant in the organization's zone."""
    if not value:
        return DASH
    shown = as_datetime(value) if time else as_date(value)
    return format_html('<time class="text-nowrap tabular" datetime="{}">{}</time>', value, shown)


@register.simple_tag
def status(code: str | None, label: Any, quiet: bool = False) -> SafeString:
    """A state in its colour; quiet: a dot and words, no ground."""
    kind = "status-quiet" if quiet else "badge"
    return format_html('<span class="{} state-{}">{}</span>', kind, colour(code), label) if code else DASH


@register.simple_tag
def badge(label: Any, tone: str = "grey") -> SafeString:
    """A word in a coloured ground."""
    return format_html('<span class="badge state-{}">{}</span>', tone, label)


@register.simple_tag
def avatar(name: str, size: str = "sm", url: str = "") -> SafeString:
    """A picture or the initials, in a colour that stays with the name."""
    if url:
        return format_html('<img class="avatar avatar-{}" src="{}" alt="" loading="lazy">', size, url)
    return format_html(
        '<span class="avatar avatar-{} bg-{}-lt" aria-hidden="true">{}</span>', size, tint(name), initials(name)
    )


@register.simple_tag
def person(name: str, sub: Any = "", size: str = "sm", url: str = "") -> SafeString:
    """Somebody or a company: avatar, name, and what goes below."""
    below = format_html('<span class="sku d-block">{}</span>', sub) if sub else ""
    face = avatar(name, size, url)
    return format_html(
        '<span class="goods">{}<span><span class="person-name">{}</span>{}</span></span>', face, name, below
    )


@register.simple_tag
def progress(done: Any, whole: Any, label: str = "") -> SafeString:
    """A bar and its figure."""
    share = percent_of(done, whole)
    return format_html(
        '<span class="progress-of"><progress class="bar-of" max="100" value="{}" aria-label="{}"></progress>'
        '<span class="tabular">{}%</span></span>',
        share,
        label or _("Progress"),
        share,
    )


@register.simple_tag(takes_context=True)
def stat(context: Context, label: Any, value: Any = None, **words: Any) -> str:
    """A figure with its name: url, hint, tone, icon, trend, money."""
    shown = as_money(words["money"]) if words.get("money") else as_quantity(value) if _figure(value) else value
    return draw(
        context,
        "stat",
        **{"url": "", "hint": "", "tone": "", "trend": None, "icon_name": words.pop("icon", "")}
        | words
        | {"label": label, "shown": shown},
    )


def _figure(value: Any) -> bool:
    return isinstance(value, int | float) or str(value).replace(".", "", 1).lstrip("-").isdigit()


@register.simple_tag(takes_context=True)
def empty_state(context: Context, icon: str, title: Any, **words: Any) -> str:
    """What is said where there is nothing: text, and url with action as the next step."""
    blank = dict.fromkeys(("text", "url", "action", "dialog"), "")
    return draw(context, "empty", **blank | words | {"icon_name": icon, "title": title})


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """What stands there while something is fetched."""
    return format_html('<div aria-hidden="true">{}</div>', mark_safe('<div class="skeleton"></div>' * int(lines)))  # noqa: S308


@register.filter
def file_size(value: Any) -> str:
    """Bytes in words: 1.2 MB."""
    size = float(value or 0)
    step = 0
    while size >= 1000 and step < len(UNITS) - 1:
        size, step = size / 1000, step + 1
    return f"{size:.0f} {UNITS[step]}" if step == 0 or size >= 10 else f"{size:.1f} {UNITS[step]}"


@register.filter
def place_of(kind: str, gid: str | None) -> str:
    """The address of a document's page by its type and id."""
    return address_of_document(kind, gid)


@block_tag(register, "files")
def files(context: Context, inner: NodeList) -> str:
    """A list of files."""
    parts, _written = gathered(context, inner)
    return draw(context, "files", files=parts["file"])


@block_tag(register, "file")
def file(
    context: Context, inner: NodeList, name: str, url: str, size: Any = None, kind: str = "", sub: Any = ""
) -> str:
    """One file: what stands inside follows it, such as a button to remove."""
    ending = (kind or name.rpartition(".")[2]).lower()
    told = {"name": name, "url": url, "size": size, "sub": sub, "icon": FILE_ICONS.get(ending, "file-text")}
    return tell(context, "file", told | {"inside": inner.render(context)})


@block_tag(register, "timeline")
def timeline(context: Context, inner: NodeList, label: str = "") -> str:
    """What happened, latest first."""
    parts, _written = gathered(context, inner)
    return draw(context, "timeline", events=parts["event"], label=label)


@block_tag(register, "event")
def event(context: Context, inner: NodeList, **words: Any) -> str:
    """One thing that happened: at, by, icon, tone, title."""
    icon_name = words.pop("icon", "")
    return tell(context, "event", {**words, "icon_name": icon_name, "inside": written_in(context, inner)})


@block_tag(register, "facts")
def facts(context: Context, inner: NodeList) -> str:
    """Labels and values."""
    return format_html('<dl class="facts">{}</dl>', inner.render(context))


@block_tag(register, "fact")
def fact(context: Context, inner: NodeList, label: Any) -> str:
    """One label and value; a dash where there is none."""
    written = written_in(context, inner)
    return format_html("<dt>{}</dt><dd>{}</dd>", label, written or DASH)
