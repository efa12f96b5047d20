"""One subscribed Redis connection a process; each message goes to those who listen on its topic here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from django.conf import settings
from redis import asyncio as redis
from redis.exceptions import RedisError

from marketplace.graphql.publishing import PREFIX, channel_of

log = logging.getLogger("marketplace.graphql.live")

WAITING = 100
"""Messages that may wait for a slow subscriber; the next one ends its subscription."""


class Listener:
    """Where the messages of some topics wait for one subscription."""

    def __init__(self, topics: list[str]) -> None:
        self.topics = topics
        self.overrun = False
        self._messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(WAITING)

    def put(self, message: dict[str, Any]) -> None:
        """Add a message, or give the subscription up when it cannot keep pace."""
        try:
            self._messages.put_nowait(message)
        except asyncio.QueueFull:
            self.overrun = True

    async def get(self, timeout: float) -> dict[str, Any] | None:
        """The next message; None when none came in time."""
        try:
            return await asyncio.wait_for(self._messages.get(), timeout)
        except TimeoutError:
            return None

    async def latest(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The last of the messages that come within so many seconds; one that is urgent ends the wait."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not message.get("urgent") and (left := until - loop.time()) > 0:
            message = await self.get(left) or message
        while not self._messages.empty():
            message = self._messages.get_nowait() or message
        return message


class Hub:
    """The listeners of this process, by topic."""

    _of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self.redis = redis.Redis.from_url(settings.REDIS_URL)
        self._pubsub = self.redis.pubsub()
        self._reader: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def here(cls) -> Hub:
        """The hub of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in cls._of_loop:
            cls._of_loop[loop] = cls()
        return cls._of_loop[loop]

    async def listen(self, topics: list[str]) -> Listener:
        """Start listening; returns when Redis has confirmed it, so that nothing published from now on is missed."""
        listener = Listener(topics)
        fresh = []
        for topic in topics:
            channel = channel_of(topic)
            if channel not in self._listeners:
                self._listeners[channel] = set()
                self._confirmed[channel] = asyncio.Event()
                fresh.append(channel)
            self._listeners[channel].add(listener)
        if fresh:
            async with self._lock:
                # The channel without a topic stays, so that reading can wait where nobody listens at the moment.
                await self._pubsub.subscribe(PREFIX, *fresh)
                if self._reader is None:
                    self._reader = asyncio.create_task(self._read())
        for topic in topics:
            await asyncio.wait_for(self._confirmed[channel_of(topic)].wait(), 10)
        return listener

    async def send(self, topic: str, message: dict[str, Any]) -> None:
        """Send a message to those who listen on a topic, in whichever process."""
        await self.redis.publish(channel_of(topic), orjson.dumps(message))

    async def leave(self, listener: Listener) -> None:
        """Stop listening."""
        empty = []
        for topic in listener.topics:
            channel = channel_of(topic)
            listeners = self._listeners.get(channel, set())
            listeners.discard(listener)
            if not listeners and channel in self._listeners:
                del self._listeners[channel], self._confirmed[channel]
                empty.append(channel)
        if empty:
            async with self._lock:
                # Somebody may have come back while we waited for the connection.
                gone = [channel for channel in empty if channel not in self._listeners]
                if gone:
                    with contextlib.suppress(RedisError):
                        await self._pubsub.unsubscribe(*gone)

    async def _read(self) -> None:
        """Hand out messages for as long as the process lives; a lost connection is taken up again."""
        while True:
            try:
                message = await self._pubsub.get_message(timeout=30)
                if message is not None:
                    self._hand_out(message)
            except RedisError as error:
                log.warning("live: Redis is away (%s), trying again", type(error).__name__)
                await asyncio.sleep(1)

    def _hand_out(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        if message["type"] == "subscribe" and channel in self._confirmed:
            self._confirmed[channel].set()
        elif message["type"] == "message":
            payload = orjson.loads(message["data"])
            for listener in tuple(self._listeners.get(channel, ())):
                listener.put(payload)

    @property
    def topics(self) -> list[str]:
        """What is listened on here (for tests and the doctor)."""
        return [channel.removeprefix(PREFIX) for channel in self._listeners]
