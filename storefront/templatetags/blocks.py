"""How a component is made: a tag with words around a part of a template, whose inner tags tell it what it holds."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, kwarg_re
from django.utils.safestring import SafeString, mark_safe

Function = Callable[..., str]
PARTS = "_parts"


class Parts(defaultdict[str, list[Any]]):
    """What the inner tags of one component have told, by kind."""

    def __init__(self) -> None:
        super().__init__(list)

    def one(self, kind: str) -> Any:
        """The last thing told of a kind, or None."""
        return self[kind][-1] if self[kind] else None


class BlockNode(Node):
    """A tag with an end: its function gets the context and what stands between, not yet rendered."""

    def __init__(
        self, function: Function, values: list[FilterExpression], named: dict[str, FilterExpression], inner: NodeList
    ) -> None:
        self.function, self.values, self.named, self.inner = function, values, named, inner

    def render(self, context: Context) -> SafeString:
        """Words, then the function."""
        values = [value.resolve(context) for value in self.values]
        named = {name: value.resolve(context) for name, value in self.named.items()}
        return mark_safe(self.function(context, self.inner, *values, **named))  # noqa: S308  (made of templates)


def words_of(parser: Parser, bits: list[str]) -> tuple[list[FilterExpression], dict[str, FilterExpression]]:
    """The words of a tag: those in a row, and the named ones."""
    values, named = [], {}
    for bit in bits:
        found = kwarg_re.match(bit)
        if found and found.group(1):
            named[found.group(1)] = parser.compile_filter(found.group(2))
        else:
            values.append(parser.compile_filter(bit))
    return values, named


def block_tag(register: template.Library, name: str) -> Callable[[Function], Function]:
    """Make `{% name … %} … {% endname %}` of a function (context, inner, *words, **named words)."""

    def made(function: Function) -> Function:
        def compiled(parser: Parser, token: Token) -> BlockNode:
            values, named = words_of(parser, token.split_contents()[1:])
            inner = parser.parse((f"end{name}",))
            parser.delete_first_token()
            return BlockNode(function, values, named, inner)

        register.tag(name, compiled)
        return function

    return made


def written_in(context: Context, inner: NodeList) -> SafeString:
    """What stands between, without the blank around it."""
    return mark_safe(inner.render(context).strip())  # noqa: S308  (made of templates)


def gathered(context: Context, inner: NodeList) -> tuple[Parts, SafeString]:
    """Render what stands between a component's tags: what its inner tags told, and what was simply written."""
    parts = Parts()
    with context.push(**{PARTS: parts}):
        written = written_in(context, inner)
    return parts, written


def tell(context: Context, kind: str, told: Any) -> str:
    """Told by an inner tag to the component around it; nothing is written where it stands."""
    parts = context.get(PARTS)
    if parts is None:
        raise template.TemplateSyntaxError(f"There is no component around this {kind}.")
    parts[kind].append(told)
    return ""


def draw(context: Context, component: str, /, **values: Any) -> SafeString:
    """A template of `storefront/ui/` with the values, in the context of the page."""
    page: Any = context.template  # there is one while it is rendered
    found = page.engine.get_template(f"ui/{component}.html")
    with context.push(**values):
        return found.render(context)


def reach(row: Any, path: str) -> Any:
    """The value at a dotted path of nested answers, None where a step is missing."""
    for step in path.split("."):
        row = row.get(step) if isinstance(row, Mapping) else getattr(row, step, None)
        if row is None:
            return None
    return row
