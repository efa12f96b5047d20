"""What holds the parts of a page: heads, cards, tabs, dialogs, drawers, split views."""

from typing import Any

from django import template
from django.template import Context, NodeList
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from storefront.templatetags.blocks import block_tag, draw, gathered, tell, written_in

register = template.Library()


def _register_inner(*names: str) -> None:
    """Inner tags that only hand what they hold to the component around them."""
    for name in names:

        def told(context: Context, inner: NodeList, *, kind: str = name) -> str:
            return tell(context, kind, written_in(context, inner))

        block_tag(register, name)(told)


_register_inner("actions", "pane", "dialog_foot", "drawer_foot")


@block_tag(register, "page_head")
def page_head(context: Context, inner: NodeList, title: Any, **words: Any) -> str:
    """The head of a page; without `actions` inside, everything there is one."""
    parts, written = gathered(context, inner)
    blank = dict.fromkeys(("back", "back_label", "sub"), "")
    beside, actions = (written, parts["actions"][0]) if parts["actions"] else ("", written)
    told = {"title": title, "crumbs": parts["crumb"], "beside": beside, "acts": actions}
    return draw(context, "page_head", **blank | words | told)


@register.simple_tag(takes_context=True)
def crumb(context: Context, url: str, label: Any) -> str:
    """One step of the way to this page."""
    return tell(context, "crumb", (url, label))


@block_tag(register, "card")
def card(context: Context, inner: NodeList, title: Any = "", **words: Any) -> str:
    """A card with its head."""
    parts, written = gathered(context, inner)
    blank: dict[str, Any] = {"sub": "", "id": "", "flush": False}
    return draw(context, "card", **blank | words | {"title": title, "body": written, "acts": parts["actions"]})


@block_tag(register, "stats")
def stats(context: Context, inner: NodeList) -> str:
    """A row of figures. It scrolls sideways on phones, so that a key reaches it even where no figure leads anywhere."""
    figures = inner.render(context)
    if "<a " in figures:
        return format_html('<div class="figures">{}</div>', figures)
    return format_html('<div class="figures" tabindex="0" role="group" aria-label="{}">{}</div>', _("Figures"), figures)


@block_tag(register, "notice")
def notice(context: Context, inner: NodeList, tone: str = "blue", icon: str = "") -> str:
    """A line of advice."""
    return draw(context, "notice", tone=tone, icon_name=icon, body=inner.render(context))


@block_tag(register, "tabs")
def tabs(context: Context, inner: NodeList, name: str, label: Any = "") -> str:
    """Parts of a page of which one is shown; the address keeps which (`#lines`)."""
    parts, _written = gathered(context, inner)
    return draw(context, "tabs", name=name, label=label, found=parts["tab"])


@block_tag(register, "tab")
def tab(context: Context, inner: NodeList, key: str, label: Any, count: Any = None, count_id: str = "") -> str:
    """One of them; `count_id` names its figure for what is swapped in later."""
    told = {"key": key, "label": label, "count": count, "count_id": count_id}
    return tell(context, "tab", told | {"body": inner.render(context)})


@block_tag(register, "split")
def split(context: Context, inner: NodeList, hint: Any = "") -> str:
    """A list, and beside it what is chosen in it."""
    parts, written = gathered(context, inner)
    return draw(context, "split", list=written, pane=parts.one("pane") or "", hint=hint)


@block_tag(register, "dialog")
def dialog(context: Context, inner: NodeList, id: str, title: Any, **words: Any) -> str:
    """A dialog; with `do` it is a form of that operation, and opens again when it was refused."""
    parts, written = gathered(context, inner)
    found: dict[str, Any] = dict.fromkeys(("do", "action", "cancel", "values", "to"), "")
    found |= dict.fromkeys(("wide", "danger", "multipart", "guard", "stays"), False) | words
    refused: Any = context.get("problems")
    opens = bool(found["do"] and refused and refused.operation == found["do"])
    typed = refused.typed if opens else {}
    kept = [(name, typed.get(name, "")) for name in str(found["values"]).split()]
    more = {"id": id, "title": title, "body": written, "opens": opens, "kept": kept}
    return draw(context, "dialog", **found, **more, foots=parts["dialog_foot"])


@block_tag(register, "drawer")
def drawer(context: Context, inner: NodeList, title: Any, sub: Any = "", url: str = "") -> str:
    """What a drawer or a pane shows; `url` leads to the page of it."""
    parts, written = gathered(context, inner)
    return draw(context, "drawer_part", title=title, sub=sub, url=url, body=written, foots=parts["drawer_foot"])


@block_tag(register, "section")
def section(context: Context, inner: NodeList, title: Any, sub: Any = "") -> str:
    """A part of a form: what it is about at the left, its fields at the right."""
    return draw(context, "section", title=title, sub=sub, body=inner.render(context))


@register.simple_tag(takes_context=True)
def problems(context: Context, operation: str = "", focus: bool = True) -> SafeString:
    """What was refused, all in one place; only of the operation, where it is named."""
    found = context.get("problems")
    if not found or (operation and found.operation != operation):
        return mark_safe("")
    return draw(context, "problems", problems=found, unfocused=not focus)
