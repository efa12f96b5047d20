"""A quote that the buyer enters for a supplier: an original, a second person, never in a sealed event."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.attachments.add import attachment_add
from marketplace.core.errors import CoreErrorCode
from suppliers.sourcing.counting import counted
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.models import SourcingEvent, SurrogateEntry
from suppliers.sourcing.surrogate import surrogate_decide, surrogate_enter
from tests.refusals import raises


@pytest.fixture
def entry(world):
    event = world.event()
    part = world.part(0, event)
    paper = attachment_add(world.actor, "participation", part.pk, SimpleUploadedFile("quote.txt", b"10, 7"))
    return surrogate_enter(world.actor, part.pk, world.offer(10, 7), paper.pk)


def test_it_counts_once_a_second_person_has_approved_it_and_is_marked(world, entry):
    event = entry.participation.event
    assert counted(event.pk, 1) == {}
    with raises(Code.SECOND_PERSON):
        surrogate_decide(world.actor, entry.pk, True)
    done = surrogate_decide(world.second, entry.pk, True)
    assert done.status == "approved" and done.content == {}
    (one,) = counted(event.pk, 1).values()
    version = entry.participation.round_quotes.get().quote.versions.get(pk=one.version_id)
    assert version.surrogate and version.sent_by == world.actor.user and version.approved_by == world.second.user
    with raises(CoreErrorCode.INVALID_TRANSITION):
        surrogate_decide(world.second, entry.pk, True)


def test_it_is_not_entered_after_close_nor_in_a_sealed_event_nor_without_its_original(world, entry):
    event, part = entry.participation.event, entry.participation
    with raises(CoreErrorCode.NOT_FOUND, field="original"):
        surrogate_enter(world.actor, part.pk, world.offer(10, 7), 0)
    with raises(CoreErrorCode.NOT_FOUND):
        surrogate_enter(world.sellers[1], part.pk, world.offer(10, 7), entry.original_id)
    world.pass_time(event, days=8)
    with raises(Code.QUOTES_CLOSED):
        surrogate_decide(world.second, entry.pk, True)
    assert surrogate_decide(world.second, entry.pk, False).status == "rejected"
    SourcingEvent.objects.filter(pk=event.pk).update(confidentiality="sealed")
    with raises(Code.SURROGATE_FORBIDDEN):
        surrogate_enter(world.actor, part.pk, world.offer(10, 7), entry.original_id)
    assert SurrogateEntry.objects.count() == 1
