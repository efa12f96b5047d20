"""Reserved streams (graphql-sse, single connection), kept in Redis: any web process may answer any request of one.

A reservation is a hash under the digest of its token: whose it is, whether its stream is open, and a field for each of
its operations with the instant at which the process that works on it last showed itself. Each step is one script, so
that two requests cannot both have the last place. What is not renewed goes by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Any

from django.conf import settings

from marketplace.graphql.live.hub import Hub

OPEN_WITHIN = 30
"""Seconds in which a reserved stream must be opened."""
ALIVE = 40
"""Seconds after which a stream, or an operation, that did not show itself is taken for gone."""
MOST_OF_ONE_USER = 20
MOST_OPERATIONS = 50

_NOW = "local now = tonumber(redis.call('TIME')[1])\n"

# KEYS: the reservation, the user's reservations. ARGV: user, seconds, most, digest.
RESERVE = f"""{_NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 'many' end
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'open', 0)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[4])
redis.call('EXPIRE', KEYS[2], 3600)
return 'done'
"""

# KEYS: the reservation, the user's. ARGV: user, seconds, digest.
OPEN = f"""{_NOW}
if redis.call('HGET', KEYS[1], 'user') ~= ARGV[1] then return 'unknown' end
if redis.call('HGET', KEYS[1], 'open') == '1' then return 'taken' end
redis.call('HSET', KEYS[1], 'open', 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[3])
return 'done'
"""

# The stream shows itself; false where it is gone, or an operation is whose process did not. KEYS, ARGV: as of OPEN.
RENEW = f"""{_NOW}
if redis.call('EXPIRE', KEYS[1], ARGV[2]) == 0 then return 'unknown' end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[2], 3600)
local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, 3) == 'op:' and tonumber(fields[at + 1]) + ARGV[2] < now then return 'lost' end
end
return 'done'
"""

# KEYS: the reservation. ARGV: user, operation, most.
BEGIN = f"""{_NOW}
if redis.call('HGET', KEYS[1], 'user') ~= ARGV[1] then return 'unknown' end
if redis.call('HLEN', KEYS[1]) - 2 >= tonumber(ARGV[3]) then return 'many' end
if redis.call('HSETNX', KEYS[1], 'op:' .. ARGV[2], now) == 0 then return 'taken' end
return redis.call('HGET', KEYS[1], 'open') == '1' and 'open' or 'done'
"""

# An operation shows itself, where it has not been stopped meanwhile. KEYS: the reservation. ARGV: operation.
WORK = f"""{_NOW}
if redis.call('HEXISTS', KEYS[1], 'op:' .. ARGV[1]) == 0 then return 'unknown' end
redis.call('HSET', KEYS[1], 'op:' .. ARGV[1], now)
return 'done'
"""


class Said(StrEnum):
    """What Redis says to a step."""

    DONE = "done"
    OPEN = "open"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    MANY = "many"
    LOST = "lost"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


class Reservation:
    """A reserved stream of a user, here or in another process."""

    def __init__(self, token: str, user: int) -> None:
        self.user = user
        # Who can read Redis must not be able to open the stream.
        self.digest = hashlib.sha256(token.encode()).hexdigest()
        self.key = f"{settings.REDIS_PREFIX}stream:{self.digest}"
        self.of_user = f"{settings.REDIS_PREFIX}streams:{user}"
        self.results, self.control = f"stream:{self.digest}", f"stream:{self.digest}:control"

    async def reserve(self) -> Said:
        """Take a place; MANY where the user has too many."""
        return await self._say(RESERVE, 2, self.user, OPEN_WITHIN, MOST_OF_ONE_USER, self.digest)

    async def open(self) -> Said:
        """Make this its one stream; UNKNOWN, or TAKEN where another is open."""
        return await self._say(OPEN, 2, self.user, ALIVE, self.digest)

    async def renew(self) -> Said:
        """Show that the stream is there; LOST where the process of one of its operations is not."""
        return await self._say(RENEW, 2, self.user, ALIVE, self.digest)

    async def known(self) -> bool:
        """Whether there is one under this token, and it is this user's."""
        held: Any = await Hub.here().redis.hget(self.key, "user")
        return held is not None and held.decode() == str(self.user)

    async def begin(self, operation: str) -> Said:
        """Take a place for an operation: DONE, or OPEN where its stream is open; else UNKNOWN, TAKEN or MANY."""
        return await self._say(BEGIN, 1, self.user, operation, MOST_OPERATIONS)

    async def work(self, operation: str) -> Said:
        """Show that an operation is worked on; UNKNOWN where nobody waits for it any more."""
        return await self._say(WORK, 1, operation)

    async def end(self, operation: str) -> None:
        """Give the place of an operation back."""
        await Hub.here().redis.hdel(self.key, f"op:{operation}")

    async def drop(self) -> None:
        """The stream is closed, and with it the reservation."""
        here = Hub.here().redis
        await here.delete(self.key)
        await here.zrem(self.of_user, self.digest)
        await self.tell(self.control, {"closed": True})

    async def tell(self, topic: str, message: dict[str, Any]) -> None:
        """Say something to the process that has the stream (`results`), or to those that work for it (`control`)."""
        await Hub.here().send(topic, message)

    async def _say(self, script: str, keys: int, *arguments: Any) -> Said:
        named = (self.key, self.of_user)[:keys]
        said: Any = await Hub.here().redis.eval(script, keys, *named, *arguments)
        return Said(said.decode())
