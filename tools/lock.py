"""Compiles requirements/*.in into locks that hold every package's hashes; each lock agrees with the one below it."""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
OPTIONS = [
    *("--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--annotation-style=line"),
    # A lock names packages, not where they come from.
    *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"),
]


def main() -> None:
    """Compile all locks, newest versions with --upgrade."""
    below: list[str] = []
    for name in ("uv", "runtime", "embedded", "dev"):
        print(f"requirements/{name}.txt", flush=True)
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *below, *sys.argv[1:]]
        subprocess.run([*command, "-o", f"{name}.txt", f"{name}.in"], check=True, cwd=REQUIREMENTS)
        below = ["-c", f"{name}.txt"] if name != "uv" else []


if __name__ == "__main__":
    main()
