"""Runs every check that is not a test, goes on after a failure, and closes with one line for each."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ["marketplace", "ordercenter", "suppliers", "dealers", "integrations", "storefront", "tools"]


@dataclass(frozen=True)
class Check:
    """A program that says by its exit code whether something holds."""

    name: str
    command: list[str]


def checks() -> list[Check]:
    """All checks, the quick ones first."""
    python = sys.executable
    found = [
        Check("ruff check", [str(BIN / "ruff"), "check", "."]),
        Check("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("floors of the architecture", [str(BIN / "lint-imports")]),
        Check("figures", [python, "tools/figures.py"]),
        Check("vocabulary", [python, "tools/words.py"]),
        Check("translations", [python, "tools/translations.py", "check"]),
        Check("types", [str(BIN / "mypy"), *CODE, "--exclude", "/migrations/"]),
        Check("schema.graphql", [str(BIN / "entrepot"), "schema", "--check"]),
        Check("migrations", [python, "tools/migrations.py"]),
    ]
    if (ROOT / "mkdocs.yml").exists():
        found.append(Check("documentation", [str(BIN / "mkdocs"), "build", "--strict", "--quiet"]))
    if (ROOT / "bench" / "__main__.py").exists():
        found.append(Check("benchmarks, smoke run", [python, "-m", "bench", "--smoke"]))
        found.append(Check("benchmark of the pages, smoke run", [python, "-m", "bench.pages", "--smoke"]))
        found.append(Check("benchmark of prices, smoke run", [python, "-m", "bench.prices", "--smoke"]))
        found.append(Check("benchmark of promotions, smoke run", [python, "-m", "bench.promotions", "--smoke"]))
        small = ["--lines", "20", "--suppliers", "5"]
        found.append(Check("benchmark of awards, smoke run", [python, "-m", "bench.awards", *small]))
        found.append(Check("benchmark of starting, smoke run", [python, "-m", "bench.starting", "--smoke"]))
    return found


def run(check: Check) -> tuple[bool, float]:
    """Run one check; whether it holds, and its seconds."""
    print(f"--- {check.name}", flush=True)
    started = time.monotonic()
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings", "PYTHONPATH": str(ROOT)}
    code = subprocess.run(check.command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, check=False).returncode
    return code == 0, time.monotonic() - started


def main() -> int:
    """Run all, or those whose name holds an argument; 1 where one fails."""
    wanted = [check for check in checks() if not sys.argv[1:] or any(word in check.name for word in sys.argv[1:])]
    results = {check.name: run(check) for check in wanted}
    print()
    for name, (holds, seconds) in results.items():
        print(f"{'ok  ' if holds else 'FAIL'} {name} ({seconds:.1f} s)")
    failed = sum(not holds for holds, _seconds in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
