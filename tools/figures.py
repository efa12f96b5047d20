"""The figures the code is held against: sizes of files and functions, return types, docstrings. Fails past a limit."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("marketplace", "ordercenter", "suppliers", "dealers", "integrations", "storefront", "tools", "bench")
DOMAIN = ("marketplace", "ordercenter", "suppliers", "dealers", "integrations")
LONGEST_FILE = 500
LIMITS = {"lines of a file, p90": 250.0, "lines of a function, p90": 25.0}
SHARES = {"functions with a return type, %": 98.0, "domain functions with a docstring, %": 90.0}


@dataclass(frozen=True)
class Function:
    """What is measured of a function."""

    place: str
    lines: int
    typed: bool
    documented: bool
    public: bool
    domain: bool


def files() -> list[Path]:
    """Python and template files, without migrations, which are generated."""
    found = [
        path for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".js", ".css"}
    ]
    return [path for path in found if not {"migrations", "vendor", "node_modules"} & set(path.relative_to(ROOT).parts)]


def is_function(node: ast.AST) -> bool:
    """A function, of whichever kind."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


# Hooks that their base class or the framework documents once for all that fill them in.
HOOKS = {
    *("perform", "batch", "rows", "visible", "visible_filter", "topic", "event", "page", "total", "narrow"),
    *("ready", "deconstruct", "get_db_prep_value", "get_connection_params"),
    *("serialize", "parse_value", "parse_literal", "load"),
}


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file."""
    tree = ast.parse(path.read_text())
    name = str(path.relative_to(ROOT))
    inner = {child for node in ast.walk(tree) if is_function(node) for child in ast.walk(node) if child is not node}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(
                place=f"{name}:{node.lineno} {node.name}",
                lines=(node.end_lineno or node.lineno) - node.lineno + 1,
                typed=node.returns is not None,
                documented=ast.get_docstring(node) is not None,
                public=not node.name.startswith(("_", "resolve_", "filter_"))
                and node.name not in HOOKS
                and node not in inner,
                domain=name.startswith(DOMAIN),
            )


def p90(values: list[int]) -> float:
    """The value that nine of ten do not pass."""
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]) if ordered else 0.0


def share(part: int, whole: int) -> float:
    """Percent."""
    return 100.0 * part / whole if whole else 100.0


def main() -> int:
    """Measure, print, and compare; 1 where a limit is passed."""
    sizes = {path: len(path.read_text().splitlines()) for path in files()}
    found = [function for path in sizes if path.suffix == ".py" for function in functions(path)]
    public = [function for function in found if function.domain and function.public]
    figures = {
        "lines of a file, p90": p90([*sizes.values()]),
        "lines of a function, p90": p90([function.lines for function in found]),
        "functions with a return type, %": share(sum(function.typed for function in found), len(found)),
        "domain functions with a docstring, %": share(sum(function.documented for function in public), len(public)),
    }
    failures = [f"{path.relative_to(ROOT)} has {lines} lines" for path, lines in sizes.items() if lines > LONGEST_FILE]
    failures += [
        f"{name}: {figures[name]:.1f}, the limit is {limit}" for name, limit in LIMITS.items() if figures[name] > limit
    ]
    failures += [
        f"{name}: {figures[name]:.1f}, at least {least}" for name, least in SHARES.items() if figures[name] < least
    ]
    print(f"{len(sizes)} files, {sum(sizes.values())} lines, {len(found)} functions")
    for name, value in figures.items():
        print(f"{name}: {value:.1f}")
    for failure in failures:
        print(f"FAIL {failure}")
    if "--list" in sys.argv:
        print(*(f"no docstring: {each.place}" for each in public if not each.documented), sep="\n")
        print(*(f"no return type: {each.place}" for each in found if not each.typed), sep="\n")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
