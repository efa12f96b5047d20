"""Whoever watches an aggregate is woken by its events, once they are committed and handed on."""

import json

import pytest

from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import OutboxEvent
from marketplace.core.wake import client
from marketplace.graphql.publishing import channel_of


@pytest.mark.django_db
def test_watchers_are_told_of_an_event_by_its_id():
    OutboxEvent.objects.all().delete()
    listening = client().pubsub(ignore_subscribe_messages=True)
    listening.subscribe(channel_of("organization:987654321"))
    listening.get_message(timeout=1)
    record(Actor.system(), DomainEvent("organization.changed", "organization", 987654321, (1,), {"fields": ["name"]}))
    event = OutboxEvent.objects.get()
    assert listening.get_message(timeout=0.05) is None
    outbox.dispatch_all()
    told = None
    while told is None:
        told = listening.get_message(timeout=2)
    assert json.loads(told["data"]) == {"event": event.pk, "kind": "organization.changed", "organization": 987654321}
    listening.close()
