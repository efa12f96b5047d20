"""Check a receipt: was it issued here, does it say what was sent, is it in the published root (sourcing §4.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.core.gate import clock
from suppliers.sourcing.envelopes import FORMAT, entries_of
from suppliers.sourcing.merkle import Step, path, verify
from suppliers.sourcing.models import EnvelopeKey, EnvelopeShare, Opening, SealedEntry, SourcingEvent
from suppliers.sourcing.sealing import commitment
from suppliers.sourcing.signing import public_key, signed_by


class Verdict(TextChoices):
    """What a check of one entry of a receipt found."""

    INCLUDED = "included", _("In the published root: it was counted or superseded by you")
    ISSUED = "issued", _("Issued here; the root can be checked after the opening")
    MALFORMED = "malformed", _("Not a receipt of this kind")
    BAD_SIGNATURE = "bad_signature", _("Not signed by this hub")
    BAD_COMMITMENT = "bad_commitment", _("The content is not the one that was committed to")
    UNKNOWN = "unknown", _("Signed here, but not on record")
    NOT_INCLUDED = "not_included", _("Not in the published root")


@dataclass(frozen=True, slots=True)
class Checked:
    """One entry with its verdict, and, once the envelope was opened, the path that anybody can check alone."""

    entry: str
    verdict: Verdict
    root: str = ""
    path: tuple[Step, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """True where nothing speaks against it."""
        return self.verdict in (Verdict.INCLUDED, Verdict.ISSUED)


def receipt_verify(text: str) -> list[Checked]:
    """Check each entry of a receipt file. Whoever has the file may ask: it tells nothing that is not in it."""
    try:
        receipt = json.loads(text)
        if receipt["format"] != FORMAT:
            return [Checked("", Verdict.MALFORMED)]
        return [_checked(receipt, one) for one in receipt["entries"]] or [Checked("", Verdict.MALFORMED)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [Checked("", Verdict.MALFORMED)]


def _checked(receipt: Mapping[str, Any], one: Mapping[str, Any]) -> Checked:
    entry = str(one["entry"]).encode()
    content = json.loads(entry)
    if not signed_by(public_key(), bytes.fromhex(one["signature"]), entry):
        return Checked(one["entry"], Verdict.BAD_SIGNATURE)
    if "part" in one and commitment(bytes.fromhex(one["nonce"]), one["part"].encode()).hex() != content["commitment"]:
        return Checked(one["entry"], Verdict.BAD_COMMITMENT)
    rows = SealedEntry.objects.filter(event__number=receipt["event"], round__no=receipt["round"], entry=entry)
    row = rows.select_related("round").first()
    if row is None:
        return Checked(one["entry"], Verdict.UNKNOWN)
    opened = Opening.objects.filter(round=row.round, envelope=row.envelope).exclude(opened_at=None).exists()
    published = str(row.round.roots.get(row.envelope, ""))
    if not opened:
        return Checked(one["entry"], Verdict.ISSUED, published)
    entries = entries_of(row.round, row.envelope)
    steps = path(entries, row.seq - 1)
    held = verify(entry, steps, bytes.fromhex(published))
    return Checked(one["entry"], Verdict.INCLUDED if held else Verdict.NOT_INCLUDED, published, tuple(steps))


def erase_shares(event: SourcingEvent) -> int:
    """Erase every wrapped share of an event whose award is final: what stayed shut stays shut for ever; how many."""
    with transaction.atomic():
        EnvelopeKey.objects.filter(event=event, erased_at=None).update(erased_at=clock())
        return EnvelopeShare.objects.filter(key__event=event).exclude(wrapped=None).update(wrapped=None)
