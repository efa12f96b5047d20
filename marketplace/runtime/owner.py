"""Whose files and processes the embedded services are."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.runtime.errors import CannotRun
from marketplace.runtime.place import Place

# A machine that keeps Entrepot's data for long has a user `entrepot`; a container or a trial has at least `nobody`.
CANDIDATES = ("entrepot", "postgres", "nobody")


@dataclass(frozen=True)
class Owner:
    """The user the embedded services run as."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """Whether no change of user is needed."""
        return self.uid == os.geteuid()

    def process_options(self) -> dict[str, Any]:
        """What `subprocess` needs to start a process of this user."""
        return {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, folder: Path) -> None:
        """Make a private folder of this user. Raises CannotRun where it belongs to another."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.is_me and folder.stat().st_uid == os.geteuid():
                os.chown(folder, self.uid, self.gid)
            if folder.stat().st_uid == self.uid:
                folder.chmod(0o700)
        except PermissionError as error:
            raise CannotRun(
                f"{error.filename} cannot be written by {user_name(os.geteuid())}. Give this user the folder above it,"
                " or set ENTREPOT_HOME to a folder that it may write."
            ) from None
        if folder.stat().st_uid != self.uid:
            owner = user_name(folder.stat().st_uid)
            raise CannotRun(
                f"{folder} belongs to {owner}, and the services would run as {self.name}. Start Entrepot as the user it"
                f" was started as before, or hand the folder over: chown -R {self.name} {folder}"
            )


def service_owner() -> Owner:
    """The current user; started as root, a user who is not root, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return Owner(user_name(os.geteuid()), os.geteuid(), os.getegid())
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotRun(
        "PostgreSQL refuses to run as root and there is no user `entrepot` to run it as. Make one"
        " (useradd --system entrepot), start Entrepot as another user, or set DATABASE_URL."
    )


def open_base(place: Place) -> None:
    """Make the services' folder, where nobody but this user may add anything.

    Raises CannotRun where another user was there first, as in a shared /tmp.
    """
    for folder in [place.home, *([place.base.parent, place.base] if place.elsewhere else [])]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if folder != place.home:
                folder.chmod(0o711)
        except OSError as error:
            raise CannotRun(
                f"{folder} cannot be written by {user_name(os.geteuid())} ({error.strerror}). Make it writable for this"
                " user, or set ENTREPOT_HOME to a folder that is."
            ) from None
        if folder != place.home and (folder.is_symlink() or folder.stat().st_uid != os.geteuid()):
            raise CannotRun(f"{folder} belongs to {user_name(folder.stat().st_uid)}. Set ENTREPOT_HOME to another one.")


def user_name(uid: int) -> str:
    """A user's name, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
