"""What has to be true before the first request: tables of the newest shape, static files collected, demo data there.

Run as a program by `entrepot up`, and skipped by it where nothing it depends on has changed since.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from marketplace.env import CHECKOUT, Environment, read_environment
from marketplace.runtime.place import Place, place_of

FLOORS = ("marketplace", "ordercenter", "suppliers", "dealers", "integrations", "storefront")
WATCHED = ("migrations/*.py", "static/**/*", "demo.py", "demo/**/*.py", "locale/**/*.mo")


def watched_files() -> Iterator[Path]:
    """The files of the checkout that preparation depends on."""
    for floor in FLOORS:
        for pattern in WATCHED:
            yield from (CHECKOUT / floor).glob(pattern)
            yield from (CHECKOUT / floor).glob(f"*/{pattern}")


def fingerprint(environment: Environment, place: Place) -> str:
    """A mark that changes with the watched files, the demo's size, and the data folder."""
    digest = hashlib.sha256(environment["ENTREPOT_DEMO"].encode())
    for path in sorted({*watched_files()}):
        with suppress(OSError):
            state = path.stat()
            digest.update(f"{path}:{state.st_mtime_ns}:{state.st_size}\n".encode())
    with suppress(OSError):
        state = (place.pg / "PG_VERSION").stat()
        digest.update(f"{state.st_ino}:{state.st_mtime_ns}".encode())
    return digest.hexdigest()


def stamp_path(place: Place) -> Path:
    """Where the mark of the last preparation is kept, with the accounts the screen shows."""
    return place.home / "prepared.json"


def read_stamp(place: Place) -> dict[str, Any]:
    """What the last preparation noted."""
    with suppress(OSError, ValueError):
        return json.loads(stamp_path(place).read_text())
    return {}


def is_current(environment: Environment, place: Place) -> bool:
    """Whether nothing has to be prepared. A database from elsewhere may have changed, so it is always asked."""
    if environment["DATABASE_URL"] or not (environment.home / "static" / "staticfiles.json").exists():
        return False
    return read_stamp(place).get("fingerprint") == fingerprint(environment, place)


def main() -> int:
    """Prepare; the exit code."""
    environment = read_environment()
    place = place_of(environment.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

    import django  # the functions above are used without Django

    django.setup()
    from marketplace.runtime import making_ready

    problem = making_ready.unreachable()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    accounts = making_ready.everything(environment)
    note = {"fingerprint": fingerprint(environment, place), "sign_ins": accounts}
    draft = stamp_path(place).with_suffix(".new")
    draft.write_text(json.dumps(note, ensure_ascii=False, indent=1))
    draft.replace(stamp_path(place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
