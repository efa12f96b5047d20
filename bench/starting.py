"""`python -m bench.starting`: seconds from `entrepot up` to the first answer, with a fresh home and with a used one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bench.__main__ import RESULTS, console, machine
from bench.server import free_port
from marketplace.runtime.place import place_of

MOST_SECONDS = 8  # of a start that finds its home made
PATIENCE = 300


class Installation:
    """`entrepot up` in a home of its own, on a free port."""

    def __init__(self, home: Path, demo: str) -> None:
        self.port = free_port()
        kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        self.environ = {
            **kept,
            "ENTREPOT_HOME": str(home),
            "ENTREPOT_PORT": str(self.port),
            "ENTREPOT_DEMO": demo,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }

    def start_and_stop(self) -> float:
        """Seconds until the web server answered."""
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", "from marketplace.cli import main; main()", "up"],
            env=self.environ,
            stdout=subprocess.DEVNULL,
        )
        try:
            self._await_answer(process)
            return round(time.monotonic() - started, 2)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        sys.exit("entrepot up gave no answer")


def main(
    smoke: Annotated[bool, typer.Option(help="No demo data, one later start: does it still run?")] = False,
) -> None:
    """Start with nothing there, then again and again; the second start has its bound in the best of its tries."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "var"
        installation = Installation(home, "none" if smoke else "small")
        try:
            first = installation.start_and_stop()
            again = [installation.start_and_stop() for _try in range(1 if smoke else 5)]
        finally:
            shutil.rmtree(place_of(home).base, ignore_errors=True)
    console.print(f"first start {first} s; later starts {again} s, at most {MOST_SECONDS} in the best of them")
    RESULTS.mkdir(exist_ok=True)
    figures = {"first_seconds": first, "again_seconds": again, "machine": machine()}
    (RESULTS / "starting.json").write_text(json.dumps(figures, indent=2) + "\n")
    if not smoke and min(again) >= MOST_SECONDS:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
