"""The web process dies between any two instructions, fifty times, while eight clients place orders and retry."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from marketplace.core.events import subscribe
from marketplace.core.models import IdempotencyKey, OutboxEvent
from marketplace.core.outbox import dispatch_once
from marketplace.core.verify import run_checks
from marketplace.graphql import to_global_id
from marketplace.graphql.tokens import make_access_token
from ordercenter.orders.models import Order
from tests.crash.web import Client, Web
from tests.ordercenter.orders.shop import Shop

KILLS = 50
CLIENTS = 8
PLACE = """mutation($input: OrderPlaceInput!) {
  orderPlace(input: $input) { order { number } errors { code message } } }"""


@pytest.fixture
def shop(transactional_db) -> Shop:
    shop = Shop(auto_confirm=True)
    for sku in ("A", "B", "C"):
        shop.sells(sku, "10", 100_000)
    return shop


@pytest.fixture
def web():
    server = Web()
    yield server
    server.end()


def body_of(shop: Shop, dice: random.Random) -> bytes:
    wanted = dice.sample(sorted(shop.goods), dice.randint(1, 3))
    lines = [
        {"variant": to_global_id("Variant", shop.goods[sku].pk), "quantity": str(dice.randint(1, 5))} for sku in wanted
    ]
    seller = to_global_id("Organization", shop.seller.pk)
    return json.dumps({"query": PLACE, "variables": {"input": {"seller": seller, "lines": lines}}}).encode()


def keep_buying(client: Client, shop: Shop, number: int, stop: Event) -> Client:
    dice = random.Random(number)
    for count in range(100_000):
        if stop.is_set():
            break
        client.place(f"client-{number}-{count}", body_of(shop, dice), time.monotonic() + 60)
    return client


def kill_many_times(web: Web, times: int) -> None:
    """Kill the server at random moments of its work; each time it is let work again first."""
    dice = random.Random(42)
    for _ in range(times):
        web.start()
        web.wait()
        time.sleep(dice.uniform(0.02, 0.4))
        web.kill()
    web.start()
    web.wait()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_acknowledged_order_is_there_once_after_fifty_kills(shop, web):
    token = make_access_token(shop.dealer.user.pk, shop.dealer.organization.pk, 0)
    clients = [Client(web.port, token) for _ in range(CLIENTS)]
    stop = Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(keep_buying, client, shop, number, stop) for number, client in enumerate(clients)]
        try:
            kill_many_times(web, KILLS)
        finally:
            stop.set()
        for future in running:
            future.result(timeout=120)

    acknowledged = [number for client in clients for number in client.acknowledged.values()]
    assert [refusal for client in clients for refusal in client.refusals] == []
    assert sum(client.sent_again for client in clients) >= KILLS, "no request was cut off: the test saw no crash"
    assert len(acknowledged) == len(set(acknowledged)) > KILLS
    # Every client got its answer in the end, so what is stored is what was acknowledged, neither more nor less.
    assert set(Order.objects.values_list("number", flat=True)) == set(acknowledged)
    assert IdempotencyKey.objects.count() == len(acknowledged)
    assert run_checks() == []
    assert_every_event_is_delivered(len(acknowledged))


def assert_every_event_is_delivered(orders: int) -> None:
    """Each order's placing is heard of, though nobody dispatched while the server died."""
    heard: list[int] = []
    subscribe("order.placed", "crash test", writes=False)(lambda event: heard.append(event.aggregate_id))
    while dispatch_once(500):
        pass
    assert OutboxEvent.objects.filter(dispatched_at=None).count() == 0
    assert len(set(heard)) == orders


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_without_keys_the_retries_order_twice(shop, web, monkeypatch):
    """The twin: what the test above proves is owed to the keys, and it can see the fault."""
    token = make_access_token(shop.dealer.user.pk, shop.dealer.organization.pk, 0)
    client = Client(web.port, token)
    body = body_of(shop, random.Random(1))
    web.start()
    web.wait()
    for key in ("first", "the same request under another key"):
        client.place(key, body, time.monotonic() + 30)
    assert Order.objects.count() == 2
    client.place("first", body, time.monotonic() + 30)
    assert Order.objects.count() == 2
    assert connection.in_atomic_block is False
