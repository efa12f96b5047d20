"""A closed-loop HTTP/1.1 load generator over kept-alive connections, light enough to share a machine with it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HEADER_END = b"\r\n\r\n"


@dataclass
class Outcome:
    """What came back: seconds of each request, and the first words of answers that were not right."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The latency, in milliseconds, that `share` of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return round(len(self.latencies) / self.seconds, 1) if self.seconds else 0.0


def post(path: str, body: bytes, token: str) -> bytes:
    """The bytes of one GraphQL request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _read_answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(HEADER_END)
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head, await reader.readexactly(length)


async def _client(port: int, numbers: "asyncio.Queue[int]", make: Callable[[int], bytes], outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    while True:
        try:
            number = numbers.get_nowait()
        except asyncio.QueueEmpty:
            break
        request = make(number)
        started = time.perf_counter()
        writer.write(request)
        head, body = await _read_answer(reader)
        outcome.latencies.append(time.perf_counter() - started)
        if b" 200 " not in head[:20] or b'"errors":[{' in body:
            outcome.failures.append(body[:300].decode(errors="replace"))
    writer.close()


async def _drive(port: int, make: Callable[[int], bytes], numbers: range, clients: int) -> Outcome:
    waiting: asyncio.Queue[int] = asyncio.Queue()
    for number in numbers:
        waiting.put_nowait(number)
    outcome = Outcome()
    started = time.perf_counter()
    await asyncio.gather(*(_client(port, waiting, make, outcome) for _ in range(clients)))
    outcome.seconds = time.perf_counter() - started
    return outcome


def drive(port: int, make: Callable[[int], bytes], numbers: range, clients: int) -> Outcome:
    """Send one request for each number over `clients` connections to 127.0.0.1, each waiting for its answer."""
    return asyncio.run(_drive(port, make, numbers, clients))
