"""Fields of forms (docs/contributing/pages.md, Form)."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storefront.templatetags.blocks import draw, reach
from storefront.templatetags.trade import SYMBOLS, plain

register = template.Library()
NUMBERS = {"number", "money", "quantity", "percent"}
BLANK = dict.fromkeys(
    (
        *(
            "hint",
            "placeholder",
            "autocomplete",
            "inputmode",
            "accept",
            "prefix",
            "blank",
            "rows",
            "step",
            "min",
            "max",
        ),
        *(
            "currency",
            "unit",
            "uom",
            "source",
            "path",
            "text",
            "hint_path",
            "id_path",
            "shown",
            "maxlength",
            "lang",
            "pattern",
        ),
    ),
    "",
) | dict.fromkeys(("required", "wide", "disabled", "multiple", "autofocus", "submit", "slot"), False)


@register.simple_tag(takes_context=True)
def field(context: Context, name: str, label: Any, type: str = "", value: Any = "", **words: Any) -> str:
    """One field with its label, its hint and what was refused of it."""
    problems: Any = context.get("problems")
    given = BLANK | words
    kind = type or ("select" if "options" in given else "textarea" if given["rows"] else "text")
    given["options"] = [(str(key), text) for key, text in given.get("options") or ()]
    own = problems and name in problems.typed
    shown = problems.typed.get(name) if own else _written(kind, value)
    if kind in NUMBERS:
        given["inputmode"] = given["inputmode"] or "decimal"
        given["unit"] = given["unit"] or _unit(given)
    wrong = problems.at(name) if problems else []
    more = {
        "name": name,
        "label": label,
        "kind": kind,
        "value": shown,
        "wrong": wrong,
        "id": f"f-{given['prefix']}{name}",
    }
    return draw(context, "control", **given | more)


def _written(kind: str, value: Any) -> Any:
    if kind in NUMBERS:
        return plain(value["amount"] if isinstance(value, dict) else value)
    return "" if value is None else value


def _unit(given: dict[str, Any]) -> str:
    uom = given["uom"]
    return SYMBOLS.get(given["currency"], given["currency"]) or (uom["name"] if isinstance(uom, dict) else uom)


@register.simple_tag(takes_context=True)
def pair(context: Context, name: str, label: Any, zh: Any = "", en: Any = "", **words: Any) -> str:
    """One value in both languages, side by side."""
    names = (words.pop("zh_name", f"{name}Zh"), words.pop("en_name", f"{name}En"))
    both = [(names[0], "中文", "zh-Hans", zh), (names[1], "English", "en", en)]
    problems = context.get("problems")
    found = [
        {
            "name": one,
            "language": language,
            "lang": lang,
            "value": problems.typed.get(one, value or "") if problems else value or "",
            "wrong": problems.at(one) if problems else [],
        }
        for one, language, lang, value in both
    ]
    return draw(context, "pair", **BLANK | words | {"label": label, "found": found, "base": name})


@register.filter
def choices(rows: Iterable[Any] | None, paths: str = "id name") -> list[tuple[str, str]]:
    """Rows as pairs of value and label: `brands|choices:"id name"`; a tree's rows are moved in by their level."""
    value, text = paths.split()
    return [
        (str(reach(row, value)), "\u2003" * (reach(row, "level") or 0) + str(reach(row, text))) for row in rows or ()
    ]


@register.simple_tag(takes_context=True)
def do(context: Context, operation: str) -> SafeString:
    """What every form that changes something sends: the token and the name of its operation."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="do" value="{}">',
        get_token(context["request"]),
        operation,
    )


@register.simple_tag(takes_context=True)
def save_bar(context: Context, label: Any = "", discard: bool = True) -> str:
    """The bar that sticks to the foot of a form once something is changed."""
    return draw(context, "save_bar", label=label, discard=discard)


@register.simple_tag(takes_context=True)
def autosave(context: Context) -> str:
    """Where a draft's form tells whether it is saved."""
    return draw(context, "autosave")
