"""One supervised process: started with its log, stopped with everything it started."""

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

import psutil

from marketplace.runtime.owner import Owner

PR_SET_PDEATHSIG = 1
LOG_BYTES = 10 * 1024 * 1024
Echo = Callable[[str, str], None]


@dataclass(frozen=True)
class Program:
    """What to start, and how it wants to be asked to stop."""

    name: str
    argv: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    owner: Owner | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None


class Child:
    """A running Program. Its output goes to `<logs>/<name>.log`, and line by line to `echo`."""

    def __init__(self, program: Program, logs: Path, echo: Echo) -> None:
        self.program = program
        self.name = program.name
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=program.cwd,
            env={**os.environ, **program.environ},
            # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops things in order.
            start_new_session=True,
            preexec_fn=end_with_parent(program.stop_signal),  # noqa: PLW1509 - started from the main thread only
            **(program.owner.process_options() if program.owner else {}),
        )
        self.pump = threading.Thread(target=self._pump, args=(logs / f"{self.name}.log", echo), daemon=True)
        self.pump.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def _pump(self, path: Path, echo: Echo) -> None:
        """Copy the output to the log, which is begun anew at 10 MiB, one older one being kept."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            handler.emit(logging.LogRecord(self.name, logging.INFO, "", 0, line, None, None))
            echo(self.name, line)
        handler.close()

    def ask_to_stop(self) -> None:
        """Send the signal by which the program stops in good order."""
        if self.exit_code is None:
            self.process.send_signal(self.program.stop_signal)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; True where it came in time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self, patience: float) -> None:
        """Wait for the end, force it when patience runs out, and leave nothing behind that it had started."""
        if not self.wait(patience):
            self.process.kill()
            self.process.wait()
        self.sweep()
        self.pump.join(1)

    def sweep(self) -> None:
        """End what a dead program left in its session."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def end_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel tells a child of its supervisor's death, however it came; else the next start ends it."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)


class Roster:
    """The list of running children, kept in a file for a successor who finds the supervisor dead."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, children: list[Child]) -> None:
        """Note who runs. A pid alone could name a later stranger, so its start time is noted too."""
        rows = []
        for child in children:
            with suppress(psutil.Error):
                rows.append([child.name, child.pid, psutil.Process(child.pid).create_time(), child.program.stop_signal])
        self.path.write_text(json.dumps(rows))

    def end_orphans(self, patience: float = 10) -> list[str]:
        """End the children of a supervisor that was killed; return their names."""
        try:
            rows = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return []
        orphans = [(name, alive, stop) for name, pid, born, stop in rows if (alive := same_process(pid, born))]
        for _name, process, stop in orphans:
            with suppress(psutil.Error):
                process.send_signal(stop)
        _gone, stubborn = psutil.wait_procs([process for _name, process, _stop in orphans], timeout=patience)
        for process in stubborn:
            with suppress(psutil.Error, ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self.clear()
        return [name for name, _process, _stop in orphans]

    def clear(self) -> None:
        """Nobody runs any more."""
        self.path.unlink(missing_ok=True)


def same_process(pid: int, born: float) -> psutil.Process | None:
    """The process that was noted, or None where it is gone or its number has passed to another."""
    try:
        process = psutil.Process(pid)
        return process if abs(process.create_time() - born) < 1 and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None
