"""A stand-in for Stripe that fails in the ways networks do: it forgets nothing, and answers when it is told to.

It keeps Stripe's promises that matter here: a key makes one object however often it is sent, another body under the
same key is an error, an object tells its state, and messages are signed over the bytes that are sent.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

SECRET_KEY, PUBLIC_KEY, SIGNING = "sk_test_entrepot", "pk_test_entrepot", "whsec_entrepot"
#: What may happen to the next calls: nothing done; done, and the line cut or an error answered.
REFUSED_BEFORE, CUT_AFTER, ERROR_AFTER = "500 before", "cut after", "500 after"


@dataclass
class Simulator:
    """`pay`, `move`, `dispute` are what happens outside; `events` what Stripe would send; `faults` come first."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    by_key: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What happens outside.

    def pay(self, intent: str, amount: int | None = None) -> dict[str, Any]:
        """The payer's card is charged."""
        with self.lock:
            row = self.objects[intent]
            assert row["status"] not in ("succeeded", "canceled"), "a card is charged once"
            received = row["amount"] if amount is None else amount
            row |= {"status": "succeeded", "amount_received": received, "last_payment_error": None}
            return self._event("payment_intent.succeeded", row)

    def move(self, intent: str, status: str, kind: str, error: str = "") -> dict[str, Any]:
        """The payment is somewhere on its way; with what the card's bank said."""
        with self.lock:
            row = self.objects[intent]
            row |= {"status": status, "last_payment_error": {"message": error} if error else None}
            return self._event(kind, row)

    def refund(self, intent: str, amount: int, status: str = "succeeded") -> dict[str, Any]:
        """Somebody sends money back at Stripe itself."""
        with self.lock:
            return self._event("refund.created", self._made("re_", self._refund(intent, amount, {}, status)))

    def end_refund(self, refund: str, status: str) -> dict[str, Any]:
        """A refund fails, or is done."""
        with self.lock:
            reason = "expired_or_canceled_card" if status == "failed" else None
            self.objects[refund] |= {"status": status, "failure_reason": reason}
            return self._event("refund.failed" if status == "failed" else "refund.updated", self.objects[refund])

    def dispute(self, intent: str, status: str, amount: int | None = None, name: str = "") -> dict[str, Any]:
        """The payer's bank calls a payment back, or the call-back moves on (`name`)."""
        with self.lock:
            paid = self.objects[intent]
            row = self.objects.get(name) or self._made(
                "dp_",
                {
                    "object": "dispute",
                    "payment_intent": intent,
                    "amount": amount or paid["amount"],
                    "currency": paid["currency"],
                    "reason": "fraudulent",
                },
            )
            row["status"] = status
            return self._event("charge.dispute.updated" if name else "charge.dispute.created", row)

    def intents(self) -> list[dict[str, Any]]:
        return [row for row in self.objects.values() if row["object"] == "payment_intent"]

    def refunds(self) -> list[dict[str, Any]]:
        return [row for row in self.objects.values() if row["object"] == "refund"]

    def _event(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        event = {
            "id": f"evt_{next(self.numbers)}",
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(about))},
        }
        self.events.append(event)
        return event

    def _made(self, prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
        row = {"id": f"{prefix}{next(self.numbers)}", "created": int(time.time()), "metadata": {}} | fields
        self.objects[row["id"]] = row
        return row

    def _refund(self, intent: str, amount: int, metadata: dict[str, str], status: str) -> dict[str, Any]:
        paid = self.objects[intent]
        return {
            "object": "refund",
            "payment_intent": intent,
            "amount": amount,
            "currency": paid["currency"],
            "metadata": metadata,
            "status": status,
            "failure_reason": None,
        }

    # What is asked of it.

    def answer(self, method: str, path: str, data: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        """The answer to a call, done under its key once."""
        with self.lock:
            self.calls.append(f"{method} {path}")
            if method == "GET":
                return self._read(path, data)
            assert key, "everything that moves money is sent with a key"
            body = json.dumps([path, sorted(data.items())])
            if key in self.by_key:
                known, row = self.by_key[key]
                return (200, row) if known == body else (400, error("This key was used for another request."))
            status, row = self._write(path, data)
            if status == 200:
                self.by_key[key] = (body, row)
            return status, row

    def _read(self, path: str, data: dict[str, str]) -> tuple[int, dict[str, Any]]:
        *_rest, name = path.strip("/").split("/")
        if name in ("payment_intents", "refunds"):
            rows = self.intents() if name == "payment_intents" else self.refunds()
            wanted = data.get("payment_intent")
            rows = [row for row in reversed(rows) if not wanted or row.get("payment_intent") == wanted]
            return 200, {"object": "list", "url": path, "has_more": False, "data": rows}
        return (200, self.objects[name]) if name in self.objects else (404, error("No such object."))

    def _write(self, path: str, data: dict[str, str]) -> tuple[int, dict[str, Any]]:
        metadata = {name[9:-1]: value for name, value in data.items() if name.startswith("metadata[")}
        if path == "/v1/payment_intents":
            fields = {
                "object": "payment_intent",
                "amount": int(data["amount"]),
                "currency": data["currency"],
                "metadata": metadata,
                "status": "requires_payment_method",
                "client_secret": f"secret_{next(self.numbers)}",
                "last_payment_error": None,
            }
            return 200, self._made("pi_", fields)
        if path == "/v1/refunds":
            intent, amount = self.objects[data["payment_intent"]], int(data["amount"])
            done = sum(row["amount"] for row in self.refunds() if row["payment_intent"] == intent["id"])
            if intent["status"] != "succeeded" or done + amount > intent["amount"]:
                return 400, error("Refund amount is greater than what is left of the charge.")
            return 200, self._made("re_", self._refund(intent["id"], amount, metadata, "pending"))
        *_rest, intent_id, verb = path.split("/")
        row = self.objects[intent_id]
        assert verb == "cancel"
        if row["status"] in ("succeeded", "canceled", "processing"):
            return 400, error("This payment can no longer be canceled.")
        row["status"] = "canceled"
        self._event("payment_intent.canceled", row)
        return 200, row


def error(text: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "message": text}}


def signed(event: dict[str, Any], secret: str = SIGNING, at: float | None = None) -> tuple[bytes, str]:
    """The bytes of a message and the header that signs them."""
    body = json.dumps(event, indent=2).encode()
    instant = int(time.time() if at is None else at)
    mark = hmac.new(secret.encode(), b"%d." % instant + body, sha256).hexdigest()
    return body, f"t={instant},v1={mark}"


def handler_of(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply("GET", dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self.reply("POST", {name: values[-1] for name, values in parse_qs(sent).items()})

        def reply(self, method: str, data: dict[str, str]) -> None:
            if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                return self.say(401, error("Invalid API Key provided."))
            fault = simulator.faults.popleft() if simulator.faults else ""
            if fault == REFUSED_BEFORE:
                return self.say(500, error("Something went wrong."))
            status, row = simulator.answer(method, urlsplit(self.path).path, data, self.key())
            if fault == CUT_AFTER:
                self.close_connection = True
                return self.connection.close()
            return self.say(500, error("Lost.")) if fault == ERROR_AFTER else self.say(status, row)

        def key(self) -> str:
            return self.headers.get("Idempotency-Key") or ""

        def say(self, status: int, row: dict[str, Any]) -> None:
            body = json.dumps(row).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nothing: the test says what went wrong."""

    return Handler
