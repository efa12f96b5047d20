"""The command lines of the processes Entrepot is made of, the same under `entrepot up` and in a container."""

import os
import sys

from marketplace.env import CHECKOUT, Environment
from marketplace.runtime.process import Program

ENVIRON = {"DJANGO_SETTINGS_MODULE": "marketplace.settings", "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}


def web(environment: Environment) -> Program:
    """The web server (docs/operations/server.md says why this one, and why so)."""
    argv = [
        *(sys.executable, "-m", "granian", "marketplace.asgi:application", "--interface", "asgi"),
        *("--host", environment["ENTREPOT_HOST"], "--port", str(environment["ENTREPOT_PORT"])),
        *("--workers", str(environment["ENTREPOT_WEB_PROCESSES"])),
        *("--workers-kill-timeout", "5", "--respawn-failed-workers", "--log-level", "warning"),
    ]
    return Program("web", argv, environ=ENVIRON, cwd=CHECKOUT)


def worker(environment: Environment) -> Program:
    """The background worker."""
    argv = [
        *(sys.executable, "-m", "celery", "--app", "marketplace.celery", "worker"),
        *("--without-mingle", "--without-gossip"),  # one more worker is no reason for talk
        *("--concurrency", str(environment["ENTREPOT_WORKER_PROCESSES"])),
        *("--loglevel", environment["ENTREPOT_LOG_LEVEL"]),
    ]
    return Program("worker", argv, environ={**ENVIRON, "C_FORCE_ROOT": "1"}, cwd=CHECKOUT)


def beat(environment: Environment) -> Program:
    """The clock that starts regular work."""
    argv = [
        *(sys.executable, "-m", "celery", "--app", "marketplace.celery", "beat", "--pidfile="),
        *("--loglevel", environment["ENTREPOT_LOG_LEVEL"]),
    ]
    return Program("beat", argv, environ=ENVIRON, cwd=CHECKOUT)


def become(program: Program) -> None:
    """Turn this process into the program, as a container wants it."""
    os.chdir(program.cwd or "/")
    os.execve(program.argv[0], program.argv, {**os.environ, **program.environ})  # noqa: S606
