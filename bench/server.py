"""The product's own web server as a child process, and what it uses of the machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Self

import psutil


def free_port() -> int:
    """A port of 127.0.0.1 that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def web_command(port: int, workers: int) -> list[str]:
    """The command line by which the product itself starts its web server."""
    from marketplace.env import read_environment
    from marketplace.runtime.programs import web

    os.environ |= {"ENTREPOT_PORT": str(port), "ENTREPOT_WEB_PROCESSES": str(workers)}
    program = web(read_environment())
    os.environ |= program.environ
    return program.argv


class Server:
    """Web workers on 127.0.0.1; a context manager that ends what it started."""

    def __init__(self, command: list[str], port: int) -> None:
        self.port = port
        self.command = command

    def __enter__(self) -> Self:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "marketplace.settings", "ENTREPOT_PORT": str(self.port)}
        self.process = subprocess.Popen(self.command, env=environment, stdout=subprocess.DEVNULL)
        self._await_health()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def _await_health(self) -> None:
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"the server ended early: {' '.join(self.command)}")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        sys.exit("the server did not answer in 20 s")

    def family(self) -> list[psutil.Process]:
        """The server process and its workers."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time spent so far by the server and its workers."""
        return sum(sum(member.cpu_times()[:2]) for member in self.family())

    def memory_megabytes(self) -> float:
        """Unshared and shared resident memory of the whole family (PSS: shared pages are counted once)."""
        return round(sum(member.memory_full_info().pss for member in self.family()) / 2**20, 1)
