"""Finds every string of the pages that is to be translated: in templates, and in `_()` of the code."""

import ast
import re
from collections.abc import Iterator

from django.template.base import Lexer, Token, TokenType

from storefront.documents import HOME

SIMPLE = re.compile(r"""(?:translate|_\()\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def translatable() -> dict[str, str]:
    """Each msgid with a place where it stands."""
    found: dict[str, str] = {}
    for file in sorted(HOME.rglob("*.html")):
        for text in of_template(Lexer(file.read_text()).tokenize()):
            found.setdefault(text, str(file.relative_to(HOME)))
    for file in sorted(HOME.rglob("*.py")):
        for text in of_code(ast.parse(file.read_text())):
            found.setdefault(text, str(file.relative_to(HOME)))
    return found


def of_template(tokens: list[Token]) -> Iterator[str]:
    """Strings of one template; a block's text is put together as Django's own extraction does."""
    rest = iter(tokens)
    for token in rest:
        if token.token_type != TokenType.BLOCK:
            continue
        if token.contents.startswith("blocktranslate"):
            yield " ".join(line.strip() for line in _block(rest).strip().splitlines() if line.strip())
        else:
            yield from (ast.literal_eval(text) for text in SIMPLE.findall(token.contents))


def _block(rest: Iterator[Token]) -> str:
    """The singular of a block; what follows `plural` belongs to the same entry."""
    text, counting = "", True
    for token in rest:
        if token.contents.startswith("endblocktranslate"):
            return text
        if token.token_type == TokenType.BLOCK and token.contents == "plural":
            counting = False
        elif counting and token.token_type == TokenType.VAR:
            text += f"%({token.contents})s"
        elif counting:
            text += token.contents.replace("%", "%%")
    return text


def of_code(tree: ast.Module) -> Iterator[str]:
    """Strings inside `_()` and `gettext()` of one module, and the singular of `ngettext()`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in {"_", "gettext", "ngettext"}
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.args[0].value
