"""A process that has loaded all the product once, and bears web servers by forking: each is up in a moment.

Reads a line for each server wanted, and answers with its process id. The servers are the product's own, started with
its own command line; only what they would load first is there already.
"""

import os
import runpy
import signal
import sys


def load() -> None:
    """Load what a web worker loads, without a thread or a connection: neither outlives a fork."""
    import django

    django.setup()
    import granian.cli  # noqa: F401
    from django.urls import get_resolver

    import marketplace.runtime.bridge  # noqa: F401
    from marketplace.graphql import get_schema

    get_schema()
    _ = get_resolver().url_patterns


def bear(argv: list[str]) -> int:
    """Fork; the child leads a process group of its own and becomes `python -m <argv>`."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    os._exit(0)


def main() -> None:
    """Serve until the other end of the pipe is closed."""
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
    for _line in sys.stdin:
        print(bear(sys.argv[1:]), flush=True)


if __name__ == "__main__":
    main()
