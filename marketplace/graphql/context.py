"""What resolvers of one operation share: the actor, the loaders, the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.core.actor import Actor


class Context:
    """`info.context`. The actor is loaded when it is first asked for."""

    __slots__ = ("_actor", "_load", "loaders", "refused", "request", "waiting")

    def __init__(
        self, actor: Actor | None = None, request: Any = None, load: Callable[[], Actor] = Actor.anonymous
    ) -> None:
        self._actor = actor
        self._load = load
        self.request = request
        self.loaders: dict[Any, Any] = {}
        self.waiting: list[Any] = []
        self.refused = False
        """Set by a mutation that answered with errors: what surrounds it must not be kept."""

    @property
    def actor(self) -> Actor:
        """Who asks. One statement, once."""
        if self._actor is None:
            self._actor = self._load()
        return self._actor
