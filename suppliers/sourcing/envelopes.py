"""The keys of an event's envelopes, and what comes in under them: sealed parts, entries, receipts, roots (sourcing §4).

The plain content of a sealed quote passes through here and is kept by nobody but its sender, in the receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.canonical import canonical, instant_text
from marketplace.core.gate import clock
from ordercenter.quotes.enums import VersionKind
from ordercenter.quotes.models import QuotePayload, QuoteVersion
from suppliers.sourcing.arriving import Arrival, Passed
from suppliers.sourcing.enums import Confidentiality, Envelope
from suppliers.sourcing.hooks import on_close, on_publish, on_version
from suppliers.sourcing.merkle import root
from suppliers.sourcing.models import EnvelopeKey, EnvelopeShare, OpenerKey, Round, SealedEntry, SourcingEvent
from suppliers.sourcing.openers import quorum
from suppliers.sourcing.sealing import KeyPair, SealedPart, hpke_seal, seal, split
from suppliers.sourcing.signing import public_key, sign

FORMAT = "entrepot.receipt.v1"


def envelopes_of(event: SourcingEvent) -> list[Envelope]:
    """The envelopes of an event, in the order in which they are opened."""
    return [Envelope.TECHNICAL, Envelope.COMMERCIAL] if event.two_envelopes else [Envelope.COMMERCIAL]


def share_info(event: SourcingEvent, envelope: str) -> bytes:
    """What a wrapped share is bound to: no share of one envelope passes for one of another."""
    return canonical({"envelope": envelope.upper(), "event": event.number, "share": "entrepot.share.v1"})


def part_info(
    event: SourcingEvent, round_no: int, participation_code: str, version_no: int, lot: int, envelope: str
) -> bytes:
    """What a sealed part is bound to: none passes for that of another supplier, version, lot or round."""
    return canonical(
        {
            "envelope": envelope.upper(),
            "event": event.number,
            "lot": lot,
            "participation": participation_code,
            "round": round_no,
            "version": version_no,
        }
    )


@on_publish
def make_keys(actor: Actor, event: SourcingEvent) -> Mapping[str, Any]:
    """Make the key pair of each envelope and share its private half out; the public halves are frozen."""
    if event.confidentiality != Confidentiality.SEALED:
        return {}
    openers = [row.key for row in event.openers.select_related("key").order_by("pk")]
    return {"envelope_keys": {one.value: _make_key(event, one, openers) for one in envelopes_of(event)}}


def _make_key(event: SourcingEvent, envelope: Envelope, openers: list[OpenerKey]) -> str:
    pair = KeyPair.new()
    key = EnvelopeKey.objects.create(
        buyer_id=event.buyer_id,
        event=event,
        envelope=envelope,
        public=pair.public,
        needed=quorum(event),
        count=len(openers),
        made_at=clock(),
    )
    info = share_info(event, envelope)
    EnvelopeShare.objects.bulk_create(
        EnvelopeShare(
            buyer_id=event.buyer_id, key=key, opener=opener, wrapped=hpke_seal(bytes(opener.public), share, info)
        )
        for opener, share in zip(openers, split(pair.private, key.needed, key.count), strict=True)
    )
    return pair.public.hex()


@on_version
def keep(arrival: Arrival) -> Mapping[str, Any]:
    """Seal what came in, enter it, and answer the receipt: the one place where its sender gets nonce and plain part."""
    if arrival.of is not None:
        entries = _repeated(arrival, arrival.of)
        return _receipt(arrival.passed, [(entry, None, None) for entry in entries])
    sealed = _sealed(arrival) if arrival.passed.event.confidentiality == Confidentiality.SEALED else _plain(arrival)
    rows = [
        _entry(arrival.passed, arrival.version, lot, envelope, part.commitment.hex())
        for (lot, envelope), (part, _) in sealed.items()
    ]
    entries = _append(arrival.passed, rows)
    kept = list(sealed.values())
    return _receipt(
        arrival.passed, [(entry, part.nonce, plain) for entry, (part, plain) in zip(entries, kept, strict=True)]
    )


@on_close
def roots(round_: Round) -> Mapping[str, str]:
    """The root of each envelope of a round, in hexadecimal."""
    return {envelope.value: root(entries_of(round_, envelope)).hex() for envelope in envelopes_of(round_.event)}


def entries_of(round_: Round, envelope: str) -> list[bytes]:
    """The entries of an envelope in their order."""
    rows = SealedEntry.objects.filter(round=round_, envelope=envelope).order_by("seq")
    return [bytes(entry) for entry in rows.values_list("entry", flat=True)]


def _sealed(arrival: Arrival) -> dict[tuple[int, str], tuple[SealedPart, bytes]]:
    passed, version = arrival.passed, arrival.version
    keys = {row.envelope: bytes(row.public) for row in passed.event.envelope_keys.all()}
    made = {}
    for (lot, envelope), content in sorted(arrival.parts.items()):
        plain = canonical(content)
        info = part_info(passed.event, passed.round.no, passed.participation.code, version.no, lot, envelope)
        made[lot, envelope] = (seal(keys[envelope], plain, info), plain)
    QuotePayload.objects.bulk_create(
        QuotePayload(
            seller_id=version.seller_id,
            buyer_id=version.buyer_id,
            version=version,
            lot=lot,
            envelope=envelope,
            content=part.ciphertext,
            commitment=part.commitment.hex(),
            sealed=True,
        )
        for (lot, envelope), (part, _) in made.items()
    )
    return made


def _plain(arrival: Arrival) -> dict[tuple[int, str], tuple[SealedPart, bytes]]:
    rows = QuotePayload.objects.filter(version=arrival.version).order_by("lot", "envelope")
    return {
        (row.lot, row.envelope): (
            SealedPart(bytes.fromhex(row.commitment), b"", bytes(row.nonce or b"")),
            bytes(row.content),
        )
        for row in rows
    }


def _repeated(arrival: Arrival, of: QuoteVersion) -> list[SealedEntry]:
    first = SealedEntry.objects.filter(version=of).order_by("lot", "envelope")
    rows = []
    for row in first:
        more: dict[str, Any] = {"of": row.seq}
        if arrival.version.kind == VersionKind.CONFIRM:
            more["event_version"] = arrival.version.event_version
        rows.append(_entry(arrival.passed, arrival.version, row.lot, row.envelope, row.commitment, more))
    return _append(arrival.passed, rows)


def _entry(
    passed: Passed,
    version: QuoteVersion,
    lot: int,
    envelope: str,
    commitment: str,
    more: Mapping[str, Any] | None = None,
) -> tuple[SealedEntry, dict[str, Any]]:
    content = {
        "commitment": commitment,
        "envelope": envelope.upper(),
        "kind": version.kind.upper(),
        "received_at": instant_text(version.received_at),
        **(more or {}),
    }
    row = SealedEntry(
        seller_id=version.seller_id,
        buyer_id=version.buyer_id,
        event=passed.event,
        round=passed.round,
        envelope=envelope,
        lot=lot,
        kind=version.kind,
        participation=passed.participation,
        version=version,
        commitment=commitment,
    )
    return row, content


def _append(passed: Passed, rows: Iterable[tuple[SealedEntry, dict[str, Any]]]) -> list[SealedEntry]:
    """Number, sign and write entries; the event's row is locked, so nobody numbers at the same time."""
    last: dict[str, int] = {}
    for envelope in envelopes_of(passed.event):
        found = SealedEntry.objects.filter(round=passed.round, envelope=envelope).order_by("-seq")
        last[envelope] = found.values_list("seq", flat=True).first() or 0
    made = []
    for row, content in rows:
        last[row.envelope] += 1
        row.seq = last[row.envelope]
        row.entry = canonical({**content, "seq": row.seq})
        row.signature, row.signing_key = sign(row.entry), public_key()
        made.append(row)
    return SealedEntry.objects.bulk_create(made)


def _receipt(passed: Passed, entries: Iterable[tuple[SealedEntry, bytes | None, bytes | None]]) -> dict[str, Any]:
    """The receipt file. Whoever has it can show what was sent; keep it, it is stored nowhere else."""
    return {
        "format": FORMAT,
        "event": passed.event.number,
        "round": passed.round.no,
        "participation": passed.participation.code,
        "key": public_key().hex(),
        "entries": [
            {
                "entry": bytes(row.entry).decode(),
                "signature": bytes(row.signature).hex(),
                "lot": row.lot,
                **({} if nonce is None else {"nonce": nonce.hex()}),
                **({} if plain is None else {"part": plain.decode()}),
            }
            for row, nonce, plain in entries
        ],
    }
