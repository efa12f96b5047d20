"""Subscriptions, heard by the standard clients of the npm registry as they are."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from django.conf import settings
from django.core.cache import cache

from marketplace.graphql import live, publish, publishing, to_global_id
from marketplace.graphql.live import hub, running, websocket
from marketplace.graphql.live.operations import Caller, Started
from marketplace.graphql.requests import GraphqlRequest
from marketplace.graphql.tokens import issue, make_access_token, revoke

ROOT = Path(settings.BASE_DIR)
NODE = Path(sys.executable).parent / "node"
CLIENTS = Path(__file__).parent / "clients"
RANG = "subscription($p: ID!) { rang(partnership: $p) { note partnership { code downstream { name } } } }"

missing = [name for name in ("graphql-sse", "graphql-ws", "ws") if not (ROOT / "node_modules" / name).exists()]
needs_clients = pytest.mark.skipif(bool(missing), reason=f"npm packages missing: {', '.join(missing)}")

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def serving():
    """The live application behind a real server, in a thread of this process; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        live.application, "127.0.0.1", port, lifespan="off", log_level="error", ws="websockets-sansio"
    )
    running_server = uvicorn.Server(config)
    thread = threading.Thread(target=running_server.run, daemon=True)
    thread.start()
    while not running_server.started:
        time.sleep(0.01)
    try:
        yield port
    finally:
        running_server.force_exit = running_server.should_exit = True
        thread.join(10)


@pytest.fixture
def server(shop):
    """The port of a web process."""
    with serving() as port:
        yield port


class Client:
    """A node process with one of the clients in it; its lines are read as they come."""

    def __init__(self, kind, port, token, variables, query=RANG, count=1):
        url = f"ws://127.0.0.1:{port}/graphql/" if kind == "ws" else f"http://127.0.0.1:{port}/graphql/stream"
        program = CLIENTS / ("ws.mjs" if kind == "ws" else "sse.mjs")
        command = [NODE, program, url, token, query, json.dumps(variables), str(count), kind]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, env={"ENTREPOT_NODE_ROOT": str(ROOT)}, text=True
        )

    def lines(self):
        """Everything the client told, once it has ended."""
        out, _ = self.process.communicate(timeout=20)
        return [json.loads(line) for line in out.splitlines()]


def token_of(member):
    return make_access_token(member.user_id, member.organization_id, 0)


def when_listening(topic, *messages):
    """Publish as soon as somebody listens."""
    for _ in range(500):
        if any(topic in here.topics for here in list(hub.Hub._of_loop.values())):
            break
        time.sleep(0.02)
    time.sleep(0.05)
    for message in messages:
        publish(topic, message)


@needs_clients
@pytest.mark.parametrize("kind", ["sse", "single", "ws"])
def test_a_standard_client_hears_what_is_published(server, people, kind):
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    client = Client(kind, server, token_of(people.owner), variables, count=2)
    when_listening(f"bell:{people.partnerships[0].pk}", {"note": "one"}, {"skip": True}, {"note": "two"})
    lines = client.lines()
    partnership = {"code": "D0", "downstream": {"name": "Alpha"}}
    notes = [{"note": note, "partnership": partnership} for note in ("one", "two")]
    assert [line["next"]["data"]["rang"] for line in lines[:2]] == notes
    assert lines[2:] == [{"complete": True}]


@needs_clients
def test_what_came_before_the_line_stood_is_told_first(server, people):
    query = 'subscription($p: ID!) { rang(partnership: $p, after: "noon") { note } }'
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    client = Client("sse", server, token_of(people.owner), variables, query=query, count=2)
    when_listening(f"bell:{people.partnerships[0].pk}", {"note": "one"})
    assert [line["next"]["data"]["rang"]["note"] for line in client.lines()[:2]] == ["since noon", "one"]


@needs_clients
@pytest.mark.parametrize("kind", ["sse", "ws"])
def test_a_stranger_hears_nothing(server, people, kind):
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    (line, *_) = Client(kind, server, token_of(people.outsider), variables).lines()
    assert "NOT_FOUND" in json.dumps(line)
    (line, *_) = Client(kind, server, "", variables).lines()
    assert "UNAUTHENTICATED" in json.dumps(line)
    (line, *_) = Client(kind, server, "nonsense", variables).lines()
    assert line.get("error")


@needs_clients
@pytest.mark.parametrize("kind", ["sse", "single", "ws"])
def test_a_query_is_answered_too(server, people, kind):
    lines = Client(kind, server, token_of(people.owner), {}, "{ partnerships { totalCount } }", count=9).lines()
    assert lines[0]["next"]["data"] == {"partnerships": {"totalCount": 3}}
    assert lines[1] == {"complete": True}


@needs_clients
@pytest.mark.parametrize("kind", ["sse", "single", "ws"])
def test_who_loses_the_permission_hears_nothing_more(server, people, kind):
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    client = Client(kind, server, token_of(people.owner), variables, count=9)
    topic = f"bell:{people.partnerships[0].pk}"
    when_listening(topic, {"note": "one"})
    time.sleep(0.3)
    people.owner.roles.clear()
    publish(topic, {"note": "two"})
    lines = client.lines()
    assert lines[0]["next"]["data"]["rang"]["note"] == "one"
    assert lines[1]["next"]["data"] == {"rang": None}
    assert lines[1]["next"]["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    assert lines[2] == {"complete": True}


@needs_clients
def test_a_sign_in_that_was_ended_hears_nothing_more(server, people):
    pair = issue(people.owner.user, people.seller.pk)
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    client = Client("ws", server, pair.access, variables, count=9)
    topic = f"bell:{people.partnerships[0].pk}"
    when_listening(topic, {"note": "one"})
    time.sleep(0.3)
    revoke(pair.refresh)
    publish(topic, {"note": "two"})
    last = client.lines()[-1]
    assert last == {"complete": True} or "UNAUTHENTICATED" in json.dumps(last)


# --- the protocols by hand --------------------------------------------------------------------------------------------


def talk(port, *messages, subprotocols=("graphql-transport-ws",), **options):
    """Send messages over a socket; return what came back and the code it was closed with."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    async def conversation():
        heard = []
        async with connect(f"ws://127.0.0.1:{port}/graphql/", subprotocols=list(subprotocols), **options) as ws:
            try:
                for message in messages:
                    await ws.send(message if isinstance(message, str) else json.dumps(message))
                while True:
                    heard.append(json.loads(await asyncio.wait_for(ws.recv(), 3)))
            except ConnectionClosed as closed:
                return heard, closed.rcvd.code if closed.rcvd else None
            except TimeoutError:
                return heard, None

    return asyncio.run(conversation())


INIT = {"type": "connection_init"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["no json"], 4400),
        (["[]"], 4400),
        ([{"type": "unknown"}], 4400),
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ language }"}}], 4401),
        ([INIT, INIT], 4429),
        ([{"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}], 4401),
        ([INIT, {"type": "subscribe", "id": 1, "payload": {}}], 4400),
    ],
)
def test_a_socket_that_breaks_the_protocol_is_closed_with_its_code(server, messages, code):
    assert talk(server, *messages)[1] == code


def test_a_socket_without_the_subprotocol_is_closed(server):
    assert talk(server, subprotocols=("graphql-ws",))[1] == 4406


def test_one_id_is_one_operation_at_a_time(server, people):
    subscribe = {
        "type": "subscribe",
        "id": "1",
        "payload": {"query": RANG, "variables": {"p": to_global_id("Partnership", people.partnerships[0].pk)}},
    }
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token_of(people.owner)}"}}
    assert talk(server, init, subscribe, subscribe)[1] == 4409


def test_a_document_that_is_not_valid_is_an_error_message(server):
    heard, _ = talk(server, INIT, {"type": "subscribe", "id": "1", "payload": {"query": "{ nonsense }"}})
    assert heard[1]["type"] == "error" and heard[1]["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_a_silent_client_is_asked_and_then_left(server, monkeypatch):
    monkeypatch.setattr(websocket, "HEARTBEAT", 0.2)
    heard, code = talk(server, INIT)
    assert [message["type"] for message in heard] == ["connection_ack", "ping"] and code == 4499


def test_a_socket_must_introduce_itself_soon(server, monkeypatch):
    monkeypatch.setattr(websocket, "INIT_WITHIN", 0.2)
    assert talk(server)[1] == 4408


def test_a_page_of_another_site_cannot_use_the_cookies(server):
    from websockets.exceptions import InvalidStatus

    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=abc"}
    with pytest.raises(InvalidStatus):
        talk(server, additional_headers=cookie, origin="https://elsewhere.example")
    heard, _ = talk(server, INIT, additional_headers=cookie, origin=f"http://127.0.0.1:{server}")
    assert heard == [{"type": "connection_ack"}]


def test_who_reads_too_slowly_is_told_so_and_left(shop, people, monkeypatch):
    monkeypatch.setattr(hub, "WAITING", 3)
    caller = Caller.of({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    sent = GraphqlRequest(RANG, variables={"p": "x"})
    operation = shop.get(RANG).operation(None)

    async def overrun():
        told = running._events(caller, sent, Started(operation, ["slow"]))
        assert await anext(told) is None
        for number in range(5):
            publish("slow", {"note": number})
        await asyncio.sleep(0.3)
        return [result.codes async for result in told]

    assert asyncio.run(overrun()) == [{"SLOW_SUBSCRIBER"}]


def test_a_lost_connection_to_redis_is_taken_up_again():
    async def lose_it():
        here = hub.Hub.here()
        listener = await here.listen(["lost"])
        here._pubsub.connection._writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        for _ in range(40):
            await asyncio.sleep(0.1)
            publish("lost", {"note": "back"})
            if message := await listener.get(0.05):
                return message
        return None

    assert asyncio.run(lose_it()) == {"note": "back"}


def test_topics_nobody_listens_to_any_more_are_left():
    async def come_and_go():
        here = hub.Hub.here()
        first, second = await here.listen(["a", "b"]), await here.listen(["b"])
        await here.leave(first)
        assert here.topics == ["b"]
        publish("b", {"n": 1})
        assert await second.get(2) == {"n": 1}
        await here.leave(second)
        again = await here.listen(["b"])
        publish("b", {"n": 2})
        return here.topics, await again.get(2)

    assert asyncio.run(come_and_go()) == (["b"], {"n": 2})


HEARS = """
import asyncio, sys
import django
django.setup()
from marketplace.graphql.live.hub import Hub

async def hear():
    listener = await Hub.here().listen(["bell:1"])
    print("listening", flush=True)
    print(await listener.get(float(sys.argv[1])), flush=True)

asyncio.run(hear())
"""
TELLS = """
import django
django.setup()
from marketplace.graphql import publish
publish("bell:1", {"note": "ding"})
"""


def heard_by(listener: str, teller: str, seconds: float) -> str:
    """What an installation on one database hears of one on another (or the same), both on one Redis."""

    def installation(database: str) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name != "ENTREPOT_REDIS_PREFIX"}
        return environment | {"DATABASE_URL": f"postgresql://nobody@127.0.0.1/{database}"}

    command = [sys.executable, "-c", HEARS, str(seconds)]
    hearer = subprocess.Popen(command, env=installation(listener), stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert hearer.stdout.readline() == "listening\n"
    subprocess.run([sys.executable, "-c", TELLS], env=installation(teller), check=True, cwd=ROOT)
    return hearer.communicate(timeout=30)[0].strip()


def test_two_installations_on_one_redis_do_not_hear_each_other():
    assert heard_by("red", "blue", 4) == "None"
    assert heard_by("red", "red", 20) == "{'note': 'ding'}"


def test_every_key_and_channel_begins_with_what_the_installation_is_called():
    prefix = settings.REDIS_PREFIX
    assert prefix.endswith(":")
    assert publishing.channel_of("bell:1") == f"{prefix}live:bell:1"
    assert cache.make_key("x").startswith(prefix)
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] == prefix
