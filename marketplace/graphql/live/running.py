"""One subscription from its first message to its last, whatever it is sent over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from marketplace.graphql.answers import Result, refusal
from marketplace.graphql.failure import Failure
from marketplace.graphql.live.hub import Hub
from marketplace.graphql.live.operations import Caller, Started, ends, event, in_thread, missed, start
from marketplace.graphql.requests import GraphqlRequest

HEARTBEAT = 12.0
"""Seconds of silence after which a connection shows that it is alive."""


class SlowSubscriber(Failure):
    """More messages wait than the server keeps for one subscriber."""

    code = "SLOW_SUBSCRIBER"


async def answers(caller: Caller, sent: GraphqlRequest) -> AsyncIterator[dict[str, Any] | None]:
    """The answers of an operation as they come; None after each silence. Ends by itself when nothing more will come."""
    begun = await in_thread(start, caller, sent)
    if isinstance(begun, Result):
        yield begun.as_dict()
        return
    if begun.answer is not None:
        yield begun.answer.as_dict()
        return
    async for result in _events(caller, sent, begun):
        yield None if result is None else result.as_dict()


async def _events(caller: Caller, sent: GraphqlRequest, begun: Started) -> AsyncIterator[Result | None]:
    hub = Hub.here()
    listener = await hub.listen(begun.topics)
    try:
        yield None  # from here on nothing is missed
        for lost in await in_thread(missed, caller, begun.operation, sent.variables):
            told = await in_thread(event, caller, begun.operation, sent.variables, lost)
            if told is not None:
                yield told
        now = asyncio.get_running_loop().time
        answered = now()
        while True:
            payload = await listener.get(HEARTBEAT)
            if listener.overrun:
                yield refusal(SlowSubscriber("Too many messages are waiting for you: read faster, or ask for less."))
                return
            if payload is not None and begun.every:
                payload = await listener.latest(payload, begun.every - (now() - answered))
                answered = now()
            result = None
            if payload is not None:
                result = await in_thread(event, caller, begun.operation, sent.variables, payload)
                if result is None:
                    continue
            yield result
            if result is not None and ends(result):
                return
    finally:
        await hub.leave(listener)
