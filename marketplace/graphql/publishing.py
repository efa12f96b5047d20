"""Wakes subscriptions: a message on a topic, through Redis, to every web process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings

PREFIX = f"{settings.REDIS_PREFIX}live:"
"""Begins every channel: channels are the same in all databases of a Redis server."""


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


def channel_of(topic: str) -> str:
    """The Redis channel of a topic."""
    return PREFIX + topic


def publish(topic: str, payload: dict[str, Any] | None = None) -> None:
    """Send a message to the subscribers of a topic, wherever they are connected.

    Call it after the commit, from an outbox subscriber: the outbox delivers at least once, so messages may repeat, and
    who is not connected misses them. The payload is small (ids); each subscriber reads what it may see by itself.
    """
    _client().publish(channel_of(topic), orjson.dumps(payload or {}))


def publish_all(messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """As `publish`, for many topics in one round trip."""
    with _client().pipeline(transaction=False) as pipeline:
        for topic, payload in messages:
            pipeline.publish(channel_of(topic), orjson.dumps(payload))
        pipeline.execute()
