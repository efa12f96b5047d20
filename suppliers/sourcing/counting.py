"""Which quotes count: the last SUBMIT or CONFIRM for what is asked now, with no later WITHDRAW (sourcing §3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ordercenter.quotes.enums import VersionKind
from ordercenter.quotes.models import QuoteVersion
from suppliers.sourcing.models import Addendum, Participation, Round


@dataclass(frozen=True, slots=True)
class Counted:
    """One quote that counts. `version_id` is the SUBMIT whose content counts, `latest_id` what was done last."""

    participation_id: int
    round_no: int
    quote_id: int
    version_id: int
    latest_id: int
    seq: int
    received_at: datetime


def least_version(event_id: int) -> int:
    """The event version from which quotes answer what is asked now: that of the last material addendum."""
    rows = Addendum.objects.filter(event=event_id, material=True).order_by("-event_version")
    return rows.values_list("event_version", flat=True).first() or 1


def counted(event_id: int, round_no: int) -> dict[int, Counted]:
    """By participation, the quote that counts in a round; who did not answer keeps that of the round before.

    Only those who take part in the round. Three statements, whatever the number of quotes.
    """
    rounds = {one.no: one for one in Round.objects.filter(event=event_id, no__lte=round_no)}
    least = least_version(event_id)
    found = _by_round(event_id, round_no)
    allowed = _participants(rounds[round_no]) if round_no in rounds else set()
    result: dict[int, Counted] = {}
    for no in sorted(rounds):
        for participation, versions in found.get(no, {}).items():
            one = _last(versions, participation, no, least)
            if one is not None and participation in allowed:
                result[participation] = one
            elif versions[-1].kind == VersionKind.WITHDRAW:
                result.pop(participation, None)  # taken back in a later round is taken back
    return result


def _participants(round_: Round) -> set[int]:
    named = set(round_.participants.values_list("pk", flat=True))
    rows = Participation.objects.filter(event=round_.event_id).exclude(status="disqualified")
    everybody = set(rows.values_list("pk", flat=True))
    return everybody & named if named else everybody


def _by_round(event_id: int, round_no: int) -> dict[int, dict[int, list[QuoteVersion]]]:
    rows = QuoteVersion.objects.filter(
        quote__round_quote__round__event=event_id, quote__round_quote__round__no__lte=round_no
    )
    found: dict[int, dict[int, list[QuoteVersion]]] = {}
    for row in rows.select_related("quote__round_quote__round").order_by("seq"):
        link = row.quote.round_quote
        found.setdefault(link.round.no, {}).setdefault(link.participation_id, []).append(row)
    return found


def _last(versions: Iterable[QuoteVersion], participation: int, no: int, least: int) -> Counted | None:
    counts: QuoteVersion | None = None
    for version in versions:
        if version.kind == VersionKind.WITHDRAW:
            counts = None
        elif version.event_version >= least:
            counts = version
    if counts is None:
        return None
    content = counts.of_id or counts.pk
    return Counted(participation, no, counts.quote_id, content, counts.pk, counts.seq, counts.received_at)
