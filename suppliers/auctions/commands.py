"""`entrepot auction verify NUMBER` and `entrepot auction export NUMBER`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from rich.console import Console

from marketplace.core.actor import Actor
from suppliers.auctions.enums import AuctionStatus
from suppliers.auctions.models import Auction, AuctionAudit
from suppliers.auctions.replay import prove

NUMBER = Annotated[str, typer.Argument(help="The number of the auction.")]
BUYER = Annotated[str, typer.Option(help="Code of the buyer, where several have the number.")]


def verify_auction(number: NUMBER, buyer: BUYER = "") -> None:
    """Recompute the chain of an auction's minutes, and do all their acts again."""
    console = Console()
    for auction in _found(number, buyer):
        proof = prove(Actor.system(), auction)
        if proof.holds:
            text = _("%(number)s: %(rows)s rows, the chain holds, and so does what is stored. Head %(head)s")
            console.print(text % {"number": number, "rows": proof.rows, "head": proof.head.hex()}, soft_wrap=True)
            continue
        if proof.broken_at is not None:
            console.print(_("%(number)s: row %(row)s does not follow.") % {"number": number, "row": proof.broken_at})
        if not proof.head_matches:
            console.print(_("%(number)s: the head is another one.") % {"number": number})
        if not proof.rules_match:
            console.print(_("%(number)s: the rules are not those that were published.") % {"number": number})
        for name in proof.differences:
            console.print(_("%(number)s: %(what)s is not as in the minutes.") % {"number": number, "what": name})
        raise typer.Exit(1)


def export_auction(number: NUMBER, buyer: BUYER = "") -> None:
    """Write the minutes as JSON, in the form that the stand-alone script checks."""
    (auction,) = _found(number, buyer)[:1]
    json.dump(export_of(auction), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def export_of(auction: Auction) -> dict[str, Any]:
    """Number, hash of the rules, rows and head."""
    rows = AuctionAudit.objects.visible_to(Actor.system()).filter(auction=auction.pk).order_by("n")
    return {
        "number": auction.number,
        "rules": auction.rules,
        "rulesHash": bytes(auction.rules_hash).hex(),
        "rows": [{"n": row.n, "body": bytes(row.body).decode(), "hash": bytes(row.hash).hex()} for row in rows],
        "auditHead": bytes(auction.audit_head).hex(),
    }


def _found(number: str, buyer: str) -> list[Auction]:
    found = Auction.objects.filter(number=number).exclude(status=AuctionStatus.DRAFT).order_by("pk")
    rows = list(found.filter(buyer__code=buyer) if buyer else found)
    if not rows:
        Console(stderr=True).print(_("There is no published auction %(number)s.") % {"number": number})
        raise typer.Exit(1)
    return rows


commands = {"auction verify": verify_auction, "auction export": export_auction}
