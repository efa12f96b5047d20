"""The bridge between the ASGI server and Django: what goes in comes out, whole or in pieces."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from marketplace.runtime.bridge import WsgiBridge

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/käse",
    "query_string": b"a=1",
    "http_version": "1.1",
    "headers": [
        (b"content-type", b"text/plain"),
        (b"x-one", b"1"),
        (b"x_one", b"forged"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ],
    "client": ("10.0.0.1", 5),
    "server": ("host", 80),
}


def exchange(application, *received):
    """Run one request through the bridge; the messages that the server got."""
    sent = []
    queue = list(received or [{"type": "http.request", "body": b"hello"}])

    async def receive():
        if queue:
            return queue.pop(0)
        return await asyncio.sleep(3600)

    async def send(message):
        sent.append(message)

    # In a thread of its own: a browser test may have left an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, WsgiBridge(application, threads=2)(SCOPE, receive, send)).result()
    return sent


def wsgi(response, seen=None):
    """A WSGI application that answers with a Django response."""

    def application(environ, start_response):
        if seen is not None:
            seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("Set-Cookie", " a=b; Path=/"), ("X-Two", "2")])
        return response

    return application


def test_a_request_arrives_as_it_was_sent():
    seen = {}
    exchange(
        wsgi(HttpResponse(), seen),
        {"type": "http.request", "body": b"he", "more_body": True},
        {"type": "http.request", "body": b"llo"},
    )
    assert seen["body"] == b"hello"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/käse"
    assert (seen["REQUEST_METHOD"], seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("POST", "a=1", "10.0.0.1")
    assert (seen["CONTENT_TYPE"], seen["HTTP_COOKIE"]) == ("text/plain", "a=1;b=2")


def test_a_header_cannot_pose_as_another():
    seen = {}
    exchange(wsgi(HttpResponse(), seen))
    assert seen["HTTP_X_ONE"] == "1"


def test_a_whole_response_takes_two_messages():
    start, body = exchange(wsgi(HttpResponse(b"done")))
    assert start == {
        "type": "http.response.start",
        "status": 201,
        "headers": [(b"set-cookie", b"a=b; Path=/"), (b"x-two", b"2")],
    }
    assert body["body"] == b"done"


def test_a_streamed_response_is_made_in_one_thread_and_sent_in_order():
    threads = set()

    def pieces():
        for number in range(5):
            threads.add(threading.get_ident())
            yield str(number).encode()

    sent = exchange(wsgi(StreamingHttpResponse(pieces())))
    assert b"".join(message.get("body", b"") for message in sent[1:]) == b"01234"
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * 5 + [False]
    assert len(threads) == 1


def test_a_stream_stops_when_the_client_has_gone():
    made = []
    go_on = threading.Event()

    def pieces():
        for number in range(1000):
            made.append(number)
            yield b"x"
            go_on.wait(0.01)

    exchange(wsgi(StreamingHttpResponse(pieces())), {"type": "http.request"}, {"type": "http.disconnect"})
    assert len(made) < 100


def test_a_request_that_breaks_off_is_not_run():
    seen = {}
    assert (
        exchange(wsgi(HttpResponse(), seen), {"type": "http.request", "more_body": True}, {"type": "http.disconnect"})
        == []
    )
    assert not seen


def test_an_error_in_a_stream_ends_the_connection_without_a_proper_end():
    def pieces():
        yield b"x"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        exchange(wsgi(StreamingHttpResponse(pieces())))
