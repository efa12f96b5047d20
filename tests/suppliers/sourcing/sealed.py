"""Openers with second factors, and a sealed event for them."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from marketplace.core.actor import Actor
from suppliers.sourcing import openers
from suppliers.sourcing.models import OpenerKey, Opening, SourcingEvent
from suppliers.sourcing.openers import opener_key_create, openers_appoint
from suppliers.sourcing.opening import opening_share_give, opening_start
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.sealing import Stretch
from suppliers.sourcing.taking_part import register
from tests.factories import make_actor
from tests.suppliers.sourcing.world import Sourcing

PASSPHRASE = "three quiet herons"


class Committee:
    """Three openers, of whom two are needed; the third is from finance."""

    def __init__(self, world: Sourcing) -> None:
        openers.STRETCH = Stretch(passes=1, kibibytes=64, lanes=1)
        self.world = world
        self.actors: list[Actor] = [world.actor, world.second, make_actor(world.buyer, "dealer_finance")]
        self.keys: list[OpenerKey] = [
            opener_key_create(actor, PASSPHRASE, outside_purchasing=at == 2) for at, actor in enumerate(self.actors)
        ]
        self._codes = {actor.user_id: RecoveryCodes.activate(actor.user).get_unused_codes() for actor in self.actors}

    def code(self, actor: Actor) -> str:
        """A code of the second factor that was not used yet."""
        return self._codes[actor.user_id].pop()

    def event(self, *args: Any, needed: int = 2, **fields: Any) -> SourcingEvent:
        """A published sealed event with three suppliers admitted."""
        event = self.world.created(*args, confidentiality="sealed", **fields)
        openers_appoint(self.world.actor, event.pk, [key.pk for key in self.keys], needed)
        event = event_publish(self.world.actor, event.pk)
        for seller in self.world.sellers:
            register(seller, event.pk)
        return event

    def give(self, who: int, opening: Opening, passphrase: str = PASSPHRASE) -> Opening:
        """One opener gives its share."""
        actor = self.actors[who]
        return opening_share_give(actor, opening.pk, passphrase, self.code(actor))

    def open(self, event: SourcingEvent, envelope: str = "commercial", who: tuple[int, ...] = (0, 2)) -> Opening:
        """All of them, one after another."""
        opening = opening_start(self.actors[who[0]], event.pk, envelope)
        for one in who:
            opening = self.give(one, opening)
        return opening
