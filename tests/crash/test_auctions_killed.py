"""Bidders' processes die between any two statements: what was acknowledged is there, and what is there can be told."""

from __future__ import annotations

import os
import random
import signal
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from marketplace.core.errors import DomainError
from suppliers.auctions import admission
from suppliers.auctions.admission import Try
from suppliers.auctions.enums import MustBeat, TiePolicy
from suppliers.auctions.models import Auction, Bid
from tests.suppliers.auctions.world import World

ROUNDS = 6
BIDDERS = 3


@pytest.fixture
def world(transactional_db) -> World:
    return World(BIDDERS)


class Dies:
    """Kills the process by SIGKILL before or after its n-th statement, or right after its first commit."""

    def __init__(self, dice: random.Random, with_commit: bool) -> None:
        self.left = 10_000 if with_commit else dice.randint(1, 24)
        self.after = dice.random() < 0.5
        self.commit = connection.commit
        if with_commit:
            connection.commit = self.die_committed  # type: ignore[method-assign]

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0 and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(sql, params, many, context)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def die_committed(self) -> None:
        self.commit()
        os.kill(os.getpid(), signal.SIGKILL)


def bid_until_killed(world: World, auction: Auction, number: int, dice: random.Random, log: Path) -> None:
    """In a process of its own: write down each attempt before, and each answer after it."""
    connection.connection = None  # the parent's line is not ours to close
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    price = 1_000_000 - dice.randint(1, 1000)
    with connection.execute_wrapper(Dies(dice, with_commit=number == 0)):
        while True:
            key, price = uuid4(), price - dice.randint(100, 5000)
            os.write(written, f"try {number} {key} {price}\n".encode())
            try:
                made = world.bid(number, auction, price, key)
            except DomainError as error:
                os.write(written, f"no {number} {key} {error.code.name}\n".encode())
            else:
                assert made.bid is not None
                os.write(written, f"yes {number} {key} {made.bid.seq}\n".encode())


def die_together(world: World, auction: Auction, dice: random.Random, log: Path) -> None:
    children = []
    for number in range(BIDDERS):
        child = os.fork()
        if child == 0:
            try:
                bid_until_killed(world, auction, number, dice=random.Random(dice.random() + number), log=log)
            finally:
                os._exit(1)
        children.append(child)
    for child in children:
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it was to be killed, and ended by itself"


@pytest.mark.timeout(120)
def test_every_acknowledged_bid_is_there_once_whenever_a_process_dies(world, tmp_path):
    auction = world.live(must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED, rate=100)
    log = tmp_path / "log"
    dice = random.Random(7)
    for _ in range(ROUNDS):
        die_together(world, auction, dice, log)
    tried: dict[UUID, tuple[int, Decimal]] = {}
    answered: dict[UUID, str] = {}
    for line in log.read_text().splitlines():
        word, number, key, last = line.split()
        if word == "try":
            tried[UUID(key)] = (int(number), Decimal(last))
        else:
            answered[UUID(key)] = last if word == "yes" else ""
    stored = dict(Bid.objects.filter(auction=auction).values_list("client_id", "seq"))
    assert sorted(stored.values()) == list(range(1, len(stored) + 1))
    for key, seq in answered.items():
        assert (str(stored[key]) if seq else key not in stored) == (seq or True)
    # Of the others nobody knows; asked again with the same id, each is told what had become of it.
    unknown = {key: told for key, told in tried.items() if key not in answered}
    assert len(unknown) >= ROUNDS, "the test saw no crash"
    for key, (number, price) in unknown.items():
        try:
            made = admission.place_bid(world.suppliers[number], Try(auction.pk, key), price)
        except DomainError:
            assert key not in stored
        else:
            assert made.repeated == (key in stored)
    assert any(key in stored for key in unknown), "none died between commit and answer"
    world.assert_proven(auction)
