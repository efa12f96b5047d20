"""Loaded before Django's settings are: gives the tests services of their own.

Where DATABASE_URL and REDIS_URL name services, those are used. Else the embedded ones are started in `var/test`,
without waiting for the disk. ENTREPOT_TEST_DB names the test database, so that people who share a server do not meet.
"""

import atexit
import os
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("ENTREPOT_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
os.environ["ENTREPOT_DATABASE_POOL"] = "0"
# Channels are the same in all databases of a Redis server: parallel workers, and people, would hear each other.
os.environ["ENTREPOT_REDIS_PREFIX"] = ":".join(
    (os.environ.get("ENTREPOT_TEST_DB", "test"), os.environ.get("PYTEST_XDIST_WORKER", "alone"))
)


def start_services() -> None:
    """Start the embedded services in the process that collects; parallel workers inherit their addresses."""
    from marketplace.env import CHECKOUT, read_environment
    from marketplace.runtime.embedded import services
    from marketplace.runtime.place import place_of

    os.environ.setdefault("ENTREPOT_HOME", str(CHECKOUT / "var" / "test"))
    environment = read_environment()
    if environment["DATABASE_URL"] and environment["REDIS_URL"]:
        return
    running = ExitStack()
    running.enter_context(services(environment, careless=True))
    atexit.register(running.close)
    place = place_of(environment.home)
    os.environ.setdefault("DATABASE_URL", place.database_url)
    os.environ.setdefault("REDIS_URL", place.redis_url)


def separate_redis(worker: str) -> None:
    """Give each parallel worker a Redis database of its own, as it has a PostgreSQL database of its own."""
    number = 1 + int(worker.removeprefix("gw")) % 15
    url = os.environ["REDIS_URL"]
    if url.startswith("unix:"):
        os.environ["REDIS_URL"] = f"{url.partition('?')[0]}?db={number}"
    else:
        os.environ["REDIS_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    separate_redis(worker)
else:
    start_services()
