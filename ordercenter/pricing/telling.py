"""How far long work is, told while it runs: kept beside the database, whose rows others see only after the commit."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

from marketplace.graphql.publishing import publish

KEPT_SECONDS = 3600
EVERY_SECONDS = 0.5


class Teller:
    """Tells subscribers of a topic the state of some work, about twice a second."""

    def __init__(self, topic: str) -> None:
        self.topic, self.told = topic, 0.0

    def tell(self, state: dict[str, Any], at_once: bool = False) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if at_once or now - self.told >= EVERY_SECONDS:
            self.told = now
            cache.set(self.topic, state, KEPT_SECONDS)
            publish(self.topic, state)

    def end(self) -> None:
        """The row in the database says it all from here on."""
        cache.delete(self.topic)
        publish(self.topic, {})


def told(topic: str) -> dict[str, Any] | None:
    """What was told last of work that runs."""
    return cache.get(topic)
