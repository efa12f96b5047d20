"""`python -m bench.auctions`: how many bids a second one auction takes, in a database of its own.

createdb bench_auctions && DATABASE_URL=.../bench_auctions entrepot migrate && python -m bench.auctions --seconds 60

Each supplier is a process with a connection of its own that bids without pause, through the domain function; those that
the rules refuse are counted, too. At the end the invariants are checked on what is stored.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

import django
import typer

django.setup()

from django.db import connection  # noqa: E402

from marketplace.core.actor import Actor  # noqa: E402
from marketplace.core.errors import DomainError  # noqa: E402
from marketplace.core.gate import clock  # noqa: E402
from marketplace.parties.models import Organization, Partnership  # noqa: E402
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization  # noqa: E402
from suppliers.auctions import admission, live, prepare  # noqa: E402
from suppliers.auctions.admission import Try  # noqa: E402
from suppliers.auctions.enums import AuctionFormat, MustBeat, StepKind, TiePolicy  # noqa: E402
from suppliers.auctions.models import Auction, Bid  # noqa: E402
from suppliers.auctions.replay import prove  # noqa: E402
from suppliers.auctions.rules import Rules  # noqa: E402
from suppliers.auctions.steps import Step  # noqa: E402
from suppliers.sourcing.enums import ParticipationStatus, SourcingEventStatus, SourcingKind  # noqa: E402
from suppliers.sourcing.models import Lot, Participation, SourcingEvent  # noqa: E402

FIRST = Decimal(900_000_000)


def seed(suppliers: int, start_in: float, seconds: float) -> tuple[Auction, list[Organization]]:
    """A buyer, suppliers, an event and its auction, which starts so many seconds from now."""
    mark = f"{time.time_ns() % 10**9}"
    buyer = onboard_organization(Actor.system(), OrganizationDraft(f"Buyer {mark}", f"b{mark}"), "dealer")
    actor = Actor.system(buyer)
    now = clock()
    names = ("open_at", "ask_until", "answer_until", "close_at", "opening_at")
    event = SourcingEvent.objects.create(
        buyer=buyer,
        number=f"EV-{mark}",
        kind=SourcingKind.AUCTION,
        status=SourcingEventStatus.PUBLISHED,
        currency="CNY",
        secret=os.urandom(16),
        name_en="Bench",
        **{name: now + timedelta(days=day) for day, name in enumerate(names, 1)},
    )
    lot = Lot.objects.create(event=event, buyer=buyer, position=1, name_en="Bench")
    auction = prepare.create(actor, prepare.AuctionDraft(lot.pk, rules(seconds)))
    sellers = []
    for number in range(suppliers):
        draft = OrganizationDraft(f"Supplier {mark} {number}", f"s{mark}-{number}")
        seller = onboard_organization(Actor.system(), draft, "seller")
        partnership = Partnership.objects.create(upstream=seller, downstream=buyer, code=f"B{number}", currency="CNY")
        part = Participation.objects.create(
            event=event,
            partnership=partnership,
            seller=seller,
            buyer=buyer,
            code=f"P{number}",
            status=ParticipationStatus.ADMITTED,
        )
        prepare.admit_seat(actor, auction.pk, part.pk)
        sellers.append(seller)
    start = clock() + timedelta(seconds=start_in)
    close = start + timedelta(seconds=seconds)
    moved = replace(rules(seconds), start_at=start, close_at=close, hard_stop_at=close + timedelta(hours=1))
    prepare.set_rules(actor, auction.pk, prepare.AuctionDraft(lot.pk, moved))
    return prepare.publish(actor, auction.pk), sellers


def rules(seconds: float) -> Rules:
    """Everybody beats itself: every attempt is admitted, which costs the most."""
    start = clock() + timedelta(hours=1)
    close = start + timedelta(seconds=seconds)
    return Rules(
        format=AuctionFormat.ENGLISH,
        currency="CNY",
        tick=Decimal("0.01"),
        step=Step(StepKind.ABSOLUTE, Decimal("0.01")),
        start_at=start,
        close_at=close,
        hard_stop_at=close + timedelta(hours=1),
        must_beat=MustBeat.OWN,
        ties=TiePolicy.ALLOWED,
        rate=100,
    )


def bidder(auction: Auction, seller: Organization, number: int, results: Any) -> None:
    """Bid without pause until told that it is late; milliseconds of each admission."""
    connection.connection = None
    actor = Actor.system(seller)
    price = FIRST - number
    while clock() < auction.start_at:
        time.sleep(0.005)
    waits = []
    refused: dict[str, int] = {}
    while True:
        price -= Decimal("0.02")
        began = time.perf_counter()
        try:
            admission.place_bid(actor, Try(auction.pk), price)
        except DomainError as error:
            refused[error.code.name] = refused.get(error.code.name, 0) + 1
            if error.code.name in ("LATE", "ENDED"):
                break
        else:
            waits.append((time.perf_counter() - began) * 1000)
    results.put((waits, refused))


def violations(auction: Auction) -> list[str]:
    """Invariants 1 to 4 of what is stored."""
    auction.refresh_from_db()
    found = []
    bids = list(Bid.objects.filter(auction=auction).order_by("seq").values_list("seq", "t_recv", "t_adm"))
    if [seq for seq, _received, _admitted in bids] != list(range(1, len(bids) + 1)):
        found.append("seq has a gap")
    if any(later[2] < earlier[2] for earlier, later in zip(bids, bids[1:], strict=False)):  # noqa: RUF007
        found.append("t_adm falls")
    if any(received >= auction.close_at for _seq, received, _admitted in bids):
        found.append("admitted after the close")
    proof = prove(Actor.system(), auction)
    return found if proof.holds else [*found, f"minutes: {proof}"]


def main(
    suppliers: Annotated[int, typer.Option(help="How many bid.")] = 24,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 60,
) -> None:
    """Measure, check, and print the figures as JSON."""
    live.within_rate = admission.within_rate = lambda *_: True
    load = os.getloadavg()[0]
    auction, sellers = seed(suppliers, 3, seconds)
    connection.close()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    children = [
        context.Process(target=bidder, args=(auction, seller, number, results)) for number, seller in enumerate(sellers)
    ]
    for child in children:
        child.start()
    waits: list[float] = []
    refused: dict[str, int] = {}
    for _child in children:
        its_waits, its_refused = results.get()
        waits += its_waits
        refused = {code: refused.get(code, 0) + its_refused.get(code, 0) for code in refused | its_refused}
    for child in children:
        child.join()
    waits.sort()
    figures = {
        "suppliers": suppliers,
        "seconds": seconds,
        "accepted_per_second": round(len(waits) / seconds, 1),
        "p50_ms": round(waits[len(waits) // 2], 1),
        "p99_ms": round(waits[int(len(waits) * 0.99)], 1),
        "refused": refused,
        "violations": violations(auction),
        "load_before": round(load, 1),
        "cores": os.cpu_count(),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    typer.run(main)
