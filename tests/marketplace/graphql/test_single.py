"""One stream for all operations of a client (graphql-sse, single connection), over two web processes.

Each server of these tests runs in an event loop of its own and so has a hub of its own: what they know of each other
goes through Redis, as between processes.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django.conf import settings

from marketplace.core.actor import Actor
from marketplace.graphql import publish, to_global_id
from marketplace.graphql.api_keys import create_key
from marketplace.graphql.live import reservations, running, single
from marketplace.graphql.live.hub import Hub
from marketplace.parties.models import Role
from tests.marketplace.graphql.test_live import RANG, Client, needs_clients, serving, token_of, when_listening

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/graphql/stream"
TOKEN = "X-GraphQL-Event-Stream-Token"


@pytest.fixture
def servers(shop) -> Iterator[tuple[int, int]]:
    with serving() as first, serving() as second:
        yield first, second


@pytest.fixture(autouse=True)
def empty_redis():
    """No reservation of an earlier test counts."""
    yield
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter(f"{settings.REDIS_PREFIX}stream*"):
        client.delete(key)


class Speaker:
    """Somebody who speaks the protocol by hand, to whichever server."""

    def __init__(self, member: Any) -> None:
        self.headers = {"Authorization": f"Bearer {token_of(member)}"} if member else {}

    def ask(
        self, port: int, method: str, token: str = "", *, query: str = "", body: Any = None, **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        given = self.headers | ({TOKEN: token} if token else {}) | headers
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        connection.request(method, PATH + query, text, given)
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    def reserve(self, port: int) -> str:
        status, token = self.ask(port, "PUT")
        assert status == 201
        return token

    def operate(self, port: int, token: str, name: str, query: str, **variables: Any) -> tuple[int, str]:
        body = {"query": query, "variables": variables, "extensions": {"operationId": name}}
        return self.ask(port, "POST", token, body=body)

    def open(self, port: int, token: str, query: str = "", method: str = "GET") -> Stream:
        return Stream(port, self.headers | ({TOKEN: token} if token else {}), query, method)


class Stream:
    """An open stream, read event by event."""

    def __init__(self, port: int, headers: dict[str, str], query: str = "", method: str = "GET") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.connection.request(method, PATH + query, headers=headers | {"Accept": "text/event-stream"})
        self.response = self.connection.getresponse()
        self.status = self.response.status
        if self.status == 200:
            assert self.response.readline() == b":\n"

    def event(self) -> tuple[str, dict[str, Any]] | None:
        """The next one; None when the stream has ended."""
        name = ""
        while line := self.response.readline():
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            if line.startswith(b"data: "):
                return name, json.loads(line[6:])
        return None

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def reserved() -> int:
    client = redis.Redis.from_url(settings.REDIS_URL)
    return len(list(client.scan_iter(f"{settings.REDIS_PREFIX}stream:*")))


def listened_to() -> list[str]:
    """The topics of all hubs of this process."""
    return [topic for here in list(Hub._of_loop.values()) for topic in here.topics]


def soon(condition: Any) -> bool:
    """Whether it becomes true within a few seconds."""
    return any(condition() or time.sleep(0.02) for _ in range(250))


def data_of(event: tuple[str, dict[str, Any]] | None) -> tuple[str, str, Any]:
    assert event is not None
    name, told = event
    return name, told["id"], told["payload"]["data"]


def code_of(answer: tuple[int, str]) -> tuple[int, str]:
    return answer[0], json.loads(answer[1])["errors"][0]["extensions"]["code"]


def test_what_one_process_works_on_is_heard_on_the_stream_of_another(servers, people):
    first, second = servers
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    stream = owner.open(second, token)
    partnership = people.partnerships[0].pk
    rang = to_global_id("Partnership", partnership)
    assert owner.operate(first, token, "a", RANG, p=rang) == (202, "")
    assert owner.operate(second, token, "b", "{ partnerships { totalCount } }") == (202, "")
    assert data_of(stream.event()) == ("next", "b", {"partnerships": {"totalCount": 3}})
    assert stream.event() == ("complete", {"id": "b"})
    when_listening(f"bell:{partnership}", {"note": "one"})
    name, operation, data = data_of(stream.event())
    assert (name, operation, data["rang"]["note"]) == ("next", "a", "one")
    # The other process ends it.
    assert owner.ask(second, "DELETE", token, query="?operationId=a")[0] == 200
    assert stream.event() == ("complete", {"id": "a"})
    assert soon(lambda: not single._working)
    stream.close()
    assert soon(lambda: not reserved())


def test_closing_the_stream_ends_its_operations_and_its_token(servers, people):
    first, second = servers
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    stream = owner.open(first, token)
    rang = to_global_id("Partnership", people.partnerships[0].pk)
    for port, name in ((first, "a"), (second, "b")):
        assert owner.operate(port, token, name, RANG, p=rang)[0] == 202
    assert len(single._working) == 2
    stream.close()
    assert soon(lambda: not single._working)
    assert soon(lambda: not [topic for topic in listened_to() if topic.startswith(("bell:", "stream:"))])
    assert code_of(owner.operate(first, token, "c", "{ language }")) == (404, "NOT_FOUND")
    assert owner.open(second, token).status == 404


def test_there_is_one_stream_for_a_token(servers, people):
    first, second = servers
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    with ThreadPoolExecutor(8) as pool:
        streams = list(pool.map(lambda number: owner.open(servers[number % 2], token), range(8)))
    assert sorted(stream.status for stream in streams) == [200] + [409] * 7
    assert owner.open(second, token, method="POST").status == 409


def test_without_the_check_in_one_step_two_streams_open(servers, people, monkeypatch):
    """The twin: asked first and written then, several find the place free."""
    asked = "if redis.call('HGET', KEYS[1], 'open') == '1' then return 'taken' end\n"
    assert asked in reservations.OPEN
    monkeypatch.setattr(reservations, "OPEN", reservations.OPEN.replace(asked, ""))
    owner = Speaker(people.owner)
    token = owner.reserve(servers[0])
    streams = [owner.open(port, token) for port in servers]
    assert [stream.status for stream in streams] == [200, 200]


def test_what_is_asked_before_the_stream_is_open_waits_for_it(servers, people):
    first, second = servers
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    assert owner.operate(second, token, "a", "{ partnerships { totalCount } }") == (202, "")
    time.sleep(0.2)
    stream = owner.open(first, "", query=f"?token={token}")
    assert data_of(stream.event()) == ("next", "a", {"partnerships": {"totalCount": 3}})
    assert stream.event() == ("complete", {"id": "a"})
    stream.close()


def test_a_token_is_its_users_alone(servers, people):
    first, second = servers
    owner, other, nobody = Speaker(people.owner), Speaker(people.outsider), Speaker(None)
    token = owner.reserve(first)
    assert other.open(second, token).status == 404
    assert nobody.open(second, token).status == 401
    assert code_of(other.operate(first, token, "a", "{ language }")) == (404, "NOT_FOUND")
    assert code_of(nobody.operate(first, token, "a", "{ language }")) == (401, "UNAUTHENTICATED")
    assert code_of(other.ask(first, "DELETE", token, query="?operationId=a")) == (404, "NOT_FOUND")
    assert code_of(nobody.ask(first, "PUT")) == (401, "UNAUTHENTICATED")
    assert code_of(owner.ask(first, "DELETE", "made-up", query="?operationId=a")) == (404, "NOT_FOUND")
    assert owner.open(second, token).status == 200


def test_a_program_has_a_stream_by_its_key(servers, people):
    first, second = servers
    permissions = ["api_keys.manage", "partners.view"]
    role = Role.objects.create(organization=people.seller, code="keys", name_en="Keys", permissions=permissions)
    keeper = Actor(people.owner.user, people.seller, permissions=frozenset(permissions))
    one, two = Speaker(None), Speaker(None)
    one.headers = {"Authorization": f"Bearer {create_key(keeper, 'One', role.pk).secret}"}
    two.headers = {"Authorization": f"Bearer {create_key(keeper, 'Two', role.pk).secret}"}
    token = one.reserve(first)
    assert two.open(second, token).status == 404
    stream = one.open(second, token)
    assert one.operate(first, token, "a", "{ partnerships { totalCount } }")[0] == 202
    assert data_of(stream.event()) == ("next", "a", {"partnerships": {"totalCount": 3}})
    stream.close()


def test_redis_does_not_know_the_token(servers, people):
    token = Speaker(people.owner).reserve(servers[0])
    client = redis.Redis.from_url(settings.REDIS_URL)
    assert not [key for key in client.keys("*") if token.encode() in key]


def test_what_is_wrong_is_refused_at_once(servers, people):
    first, _second = servers
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    stream = owner.open(first, token)
    assert code_of(owner.operate(first, token, "a", "{ nonsense }")) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert owner.operate(first, token, "", "{ language }")[0] == 400
    assert owner.operate(first, token, "x" * 129, "{ language }")[0] == 400
    assert owner.ask(first, "POST", token, body={"query": "{ language }"})[0] == 400
    assert owner.ask(first, "POST", token, body="no json")[0] == 400
    assert owner.ask(first, "DELETE", token)[0] == 400
    assert owner.ask(first, "PATCH", token)[0] == 405
    rang = to_global_id("Partnership", people.partnerships[0].pk)
    assert owner.operate(first, token, "a", RANG, p=rang)[0] == 202
    assert code_of(owner.operate(first, token, "a", RANG, p=rang)) == (409, "CONFLICT")
    # What the caller may not hear is told in the stream.
    assert owner.operate(first, token, "b", RANG, p=to_global_id("Partnership", 0))[0] == 202
    name, told = stream.event()
    assert (name, told["id"]) == ("next", "b")
    assert told["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert stream.event() == ("complete", {"id": "b"})


def test_nobody_has_more_than_a_few(servers, people, monkeypatch):
    first, _second = servers
    monkeypatch.setattr(reservations, "MOST_OF_ONE_USER", 3)
    monkeypatch.setattr(reservations, "MOST_OPERATIONS", 2)
    owner = Speaker(people.owner)
    tokens = [owner.reserve(first) for _ in range(3)]
    assert code_of(owner.ask(first, "PUT")) == (429, "TOO_MANY_REQUESTS")
    assert Speaker(people.outsider).reserve(first)
    stream = owner.open(first, tokens[0])
    rang = to_global_id("Partnership", people.partnerships[0].pk)
    statuses = [owner.operate(first, tokens[0], name, RANG, p=rang)[0] for name in "abc"]
    assert statuses == [202, 202, 429]
    stream.close()
    assert soon(lambda: owner.ask(first, "PUT")[0] == 201), "a closed stream gives its place back"


def test_a_reservation_that_is_not_used_lapses(servers, people, monkeypatch):
    first, second = servers
    monkeypatch.setattr(reservations, "OPEN_WITHIN", 1)
    monkeypatch.setattr(single, "HEARTBEAT", 0.2)
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    assert owner.operate(second, token, "a", "{ language }")[0] == 202
    assert soon(lambda: not reserved())
    assert owner.open(first, token).status == 404
    assert soon(lambda: not single._working)


def test_a_stream_that_is_open_longer_than_its_time_to_live_stays(servers, people, monkeypatch):
    first, second = servers
    monkeypatch.setattr(reservations, "ALIVE", 1)
    monkeypatch.setattr(single, "HEARTBEAT", 0.2)
    monkeypatch.setattr(running, "HEARTBEAT", 0.2)
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    stream = owner.open(first, token)
    rang = to_global_id("Partnership", people.partnerships[0].pk)
    assert owner.operate(second, token, "a", RANG, p=rang)[0] == 202
    time.sleep(2.5)
    publish(f"bell:{people.partnerships[0].pk}", {"note": "late"})
    assert stream.event()[1]["payload"]["data"]["rang"]["note"] == "late"


def test_where_the_process_of_an_operation_dies_the_stream_ends_so_that_the_client_asks_again(
    servers, people, monkeypatch
):
    first, second = servers
    monkeypatch.setattr(reservations, "ALIVE", 1)
    monkeypatch.setattr(single, "HEARTBEAT", 0.2)
    owner = Speaker(people.owner)
    token = owner.reserve(first)
    stream = owner.open(first, token)
    rang = to_global_id("Partnership", people.partnerships[0].pk)
    assert owner.operate(second, token, "a", RANG, p=rang)[0] == 202

    async def silent(_self: Any, _operation: str) -> reservations.Said:
        return reservations.Said.DONE

    monkeypatch.setattr(reservations.Reservation, "work", silent)
    assert stream.event() is None


@needs_clients
def test_the_standard_client_shares_one_connection_and_a_stranger_gets_none(servers, people):
    variables = {"p": to_global_id("Partnership", people.partnerships[0].pk)}
    (line, *_) = Client("single", servers[0], token_of(people.outsider), variables).lines()
    assert "NOT_FOUND" in json.dumps(line)
    (line, *_) = Client("single", servers[0], "", variables).lines()
    assert "401" in line["error"] or "Unauthorized" in line["error"]
