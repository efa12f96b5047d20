"""Where the embedded services keep their files: worked out from the checkout alone, so that every command finds them.

Usually that is `var/`. PostgreSQL refuses to run as root, and its service user cannot pass through a private folder
such as /root; a Unix socket's path must be short. Where `var/` cannot serve, a folder elsewhere does.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

SOCKET_LIMIT = 100  # the kernel's 107 bytes, less what a test instance appends
SYSTEM_HOME = Path("/var/lib/entrepot")
PG_PORT = 5432  # only a part of the socket's file name: no port is opened


@dataclass(frozen=True)
class Place:
    """The folders of one installation's embedded services."""

    home: Path
    base: Path

    @property
    def pg(self) -> Path:
        """PostgreSQL's data folder."""
        return self.base / "pg"

    @property
    def redis(self) -> Path:
        """Redis's data folder."""
        return self.base / "redis"

    @property
    def sockets(self) -> Path:
        """The folder of Unix sockets, which only their owner and root may enter."""
        return self.base / "run"

    @property
    def logs(self) -> Path:
        """The folder of every process's log."""
        return self.home / "log"

    @property
    def elsewhere(self) -> bool:
        """Whether the services could not live in the installation's own folder."""
        return self.base != self.home

    @property
    def database_url(self) -> str:
        """The embedded PostgreSQL's address."""
        return f"postgresql://entrepot@/entrepot?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        """The embedded Redis's address."""
        return f"unix://{self.sockets}/redis.sock?db=0"


def place_of(home: Path) -> Place:
    """The place of an installation whose data folder is `home`; touches nothing."""
    home = home.resolve()
    root = os.geteuid() == 0
    fits = len(os.fsencode(home / "run" / f".s.PGSQL.{PG_PORT}")) <= SOCKET_LIMIT
    if fits and (not root or open_to_others(home)):
        return Place(home, home)
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    parent = SYSTEM_HOME if root else Path("/tmp") / f"entrepot-{os.geteuid()}"  # noqa: S108 - made private by its owner
    return Place(home, parent / mark)


def open_to_others(folder: Path) -> bool:
    """Whether a user who owns nothing here can pass through every existing folder on the way to `folder`."""
    return all(stat.S_IMODE(step.stat().st_mode) & 0o001 for step in (folder, *folder.parents) if step.exists())
