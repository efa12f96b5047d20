"""The guide for mobile developers, run from top to bottom as the dealer's phone would."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from graphql import (
    FieldNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    validate,
    visit,
)
from graphql.language import NameNode

from marketplace.graphql import get_schema, to_global_id
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.models import Order
from tests.e2e.market import DEALER, Market
from tests.e2e.site import serving
from tests.factories import PASSWORD
from tests.guide import Step, steps

GUIDE = Path(settings.BASE_DIR) / "docs" / "api" / "mobile.md"
STEPS = list(steps(GUIDE))


class WithTypenames(Visitor):
    """Adds `__typename` to every selection, as Apollo clients do."""

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        return SelectionSetNode(selections=(*node.selections, FieldNode(name=NameNode(value="__typename"))))


class Phone:
    """An app that follows the guide: keeps what it is told to keep, sends what it has."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.known: dict[str, Any] = {"email": DEALER, "password": PASSWORD}

    def request(self, path: str, step: Step, **headers: str) -> urllib.request.Request:
        document = step.document
        if step.operation.operation.value != "subscription":
            document = print_ast(visit(parse(document), WithTypenames()))
        body = {"query": document, "variables": step.filled(self.known), "operationName": step.name}
        headers = {"Content-Type": "application/json", "Accept-Language": "en", **headers}
        if "access" in self.known:
            headers["Authorization"] = f"Bearer {self.known['access']}"
        return urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)

    def run(self, step: Step) -> dict[str, Any]:
        """Send one step, keep what it says."""
        key = {"Idempotency-Key": str(uuid4())} if step.name == "Place" else {}
        try:
            with urllib.request.urlopen(self.request("/graphql/", step, **key), timeout=20) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as refusal:
            pytest.fail(f"{step.name}: {refusal.read().decode()}")
        assert "errors" not in told, (step.name, told)
        payload = next(iter(told["data"].values()))
        assert not (isinstance(payload, dict) and payload.get("errors")), (step.name, told)
        self.known |= step.kept(told["data"])
        return told["data"]

    def listen(self, step: Step) -> Iterator[dict[str, Any]]:
        """The events of a subscription as server-sent events bring them; first of all, that the line stands."""
        request = self.request("/graphql/stream", step, Accept="text/event-stream")
        with urllib.request.urlopen(request, timeout=20) as stream:
            yield {}
            for line in stream:
                if line.startswith(b"data:") and line.strip() != b"data:":
                    yield json.loads(line[5:])


@pytest.fixture
def phone(transactional_db) -> Iterator[tuple[Phone, Market]]:
    market = Market()
    cache.clear()
    with serving() as address:
        yield Phone(address), market


@pytest.mark.slow
def test_the_guide_runs_from_top_to_bottom(phone):
    app, market = phone
    heard = threading.Event()
    told: list[dict[str, Any]] = []

    def follow(step: Step) -> None:
        events = app.listen(step)
        next(events)
        heard.set()
        told.append(next(events))

    for step in STEPS:
        if step.name == "Follow":
            listener = threading.Thread(target=follow, args=[step])
            listener.start()
            assert heard.wait(10)
            confirm_all(market.sales, [Order.objects.get().pk])
            listener.join(15)
        else:
            seen = app.run(step)
            if step.name == "Order":
                assert seen["order"]["status"] == "CONFIRMED"
    assert told[0]["data"]["orderTimelineAppended"]["order"]["status"] == "CONFIRMED"
    assert app.known["order"] == to_global_id("Order", Order.objects.get().pk)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_document_suits_apollo(step):
    assert step.operation.name.value == step.name
    assert validate(get_schema(), parse(step.document)) == []
    types = TypeInfo(get_schema())
    lacking = []

    class AsksForIds(Visitor):
        """Apollo stores an object under its type and id."""

        def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
            here = get_named_type(types.get_type())
            names = {one.name.value for one in node.selections if isinstance(one, FieldNode)}
            spreads = any(one.kind == "fragment_spread" for one in node.selections)
            if "id" in getattr(here, "fields", {}) and "id" not in names and not spreads:
                lacking.append(here.name)

    visit(parse(step.document), TypeInfoVisitor(types, AsksForIds()))
    assert lacking == []
