"""The web server as a process of its own that can be killed without a word, and clients that do not give up."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field

import psutil
from django.db import connection

from marketplace.env import read_environment
from marketplace.runtime.programs import web


class Web:
    """Starts the product's own web server on the test database; `kill` ends all its processes at once by SIGKILL.

    One process loads the product, and the servers are born of it: to be killed fifty times costs no fifty loadings.
    """

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.leader: int | None = None
        settings = connection.settings_dict
        address = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}"
        place = {"host": settings["HOST"], "port": settings["PORT"]}
        query = "&".join(f"{key}={value}" for key, value in place.items() if value)
        environment = {
            **os.environ,
            "DATABASE_URL": f"{address}?{query}",
            "ENTREPOT_PORT": str(self.port),
            "ENTREPOT_WEB_PROCESSES": "1",
        }
        program = web(read_environment(environment))
        module = program.argv.index("-m") + 1
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", *program.argv[module:]],
            env=environment | program.environ,
            cwd=program.cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Have one more server born."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        self.leader = int(self.nursery.stdout.readline())

    def kill(self) -> None:
        """End the server and its workers between two instructions, as a power cut would."""
        if self.leader is None:
            return
        os.killpg(self.leader, signal.SIGKILL)
        while psutil.pid_exists(self.leader):
            time.sleep(0.005)
        self.leader = None

    def end(self) -> None:
        """Kill the server, and let the nursery go home."""
        self.kill()
        self.nursery.communicate(timeout=20)

    def wait(self, seconds: float = 30) -> None:
        """Return when the server answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5).close()
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
            else:
                return
        raise TimeoutError("the web server did not come up")


@dataclass
class Client:
    """One buyer that sends each order with a key of its own, and sends it again until it is answered."""

    port: int
    token: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    sent_again: int = 0
    refusals: list[str] = field(default_factory=list)

    def place(self, key: str, body: bytes, until: float) -> None:
        """Send until there is an answer; give up for good at the instant `until` (monotonic)."""
        while time.monotonic() < until:
            try:
                answer = self._post(key, body)
            except (OSError, http.client.HTTPException):
                self.sent_again += 1
                time.sleep(0.01)
                continue
            payload = answer.get("data", {}).get("orderPlace") if answer.get("data") else None
            if payload and payload["order"]:
                self.acknowledged[key] = payload["order"]["number"]
            else:
                self.refusals.append(json.dumps(answer))
            return

    def _post(self, key: str, body: bytes) -> dict:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": key,
            }
            line.request("POST", "/graphql/", body, headers)
            return json.loads(line.getresponse().read())
        finally:
            line.close()
