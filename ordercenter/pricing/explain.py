"""Explaining prices to the seller in full, and to the buyer without what is the seller's own business (pricing §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.parties.models import Organization
from ordercenter.pricing.resolve import parameters, resolve, result_of
from ordercenter.pricing.statement import EXPLAIN
from ordercenter.pricing.terms import PriceRequest, PriceResult
from ordercenter.pricing.trace import Facts, PriceTrace, TraceRow, trace_row

COLUMNS = 18
HORIZON = 24


def explain(
    actor: Actor, seller: Organization | int, lines: Sequence[PriceRequest], at: datetime | None = None
) -> list[PriceTrace]:
    """The price of each line with every list and row that was considered, and the rows that will change it.

    It is the statement of `resolve` with more columns, so the price is the same. A buyer gets the lists of its chain
    only. Two statements for any number of lines.
    """
    if not lines:
        return []
    with connection.cursor() as cursor:
        cursor.execute(EXPLAIN, parameters(actor, seller, lines, at))
        found = cursor.fetchall()
    facts = [Facts(line, result_of(line, row[:COLUMNS]), row[COLUMNS:]) for line, row in zip(lines, found, strict=True)]
    upcoming = changes_to_come(actor, seller, facts)
    traces = [replace(one.trace(), upcoming=rows) for one, rows in zip(facts, upcoming, strict=True)]
    seller_id = seller if isinstance(seller, int) else seller.pk
    return traces if sees_all(actor, seller_id) else [for_buyer(trace) for trace in traces]


def sees_all(actor: Actor, seller_id: int) -> bool:
    """True for the seller's own people, unless they look with a partner's eyes."""
    if actor.on_behalf_of is not None:
        return False
    return actor.organization_id == seller_id or (actor.is_system and actor.organization is None)


def for_buyer(trace: PriceTrace) -> PriceTrace:
    """The trace without lists that are not in the buyer's chain, and without floors."""
    lists = [entry for entry in trace.lists if entry.rank is not None]
    return replace(trace, lists=lists, terms=[term for term in trace.terms if not term.kind.is_floor])


def changes_to_come(actor: Actor, seller: Organization | int, facts: Sequence[Facts]) -> list[list[TraceRow]]:
    """For each line the rows that will win after now, as far as the price differs, each from the instant it does.

    Every line is priced anew at each instant at which one of its rows begins or ends, all of them in one statement.
    """
    instants = sorted({at for one in facts for at in one.changes_at()})[:HORIZON]
    asked = [replace(one.request, key=position, at=at) for at in instants for position, one in enumerate(facts)]
    later: list[list[PriceResult]] = [[] for _one in facts]
    for result, line in zip(resolve(actor, seller, asked), asked, strict=True):
        later[line.key].append(result)  # type: ignore[call-overload]
    return [list(_changes(one, results)) for one, results in zip(facts, later, strict=True)]


def _changes(facts: Facts, results: Sequence[PriceResult]) -> Iterator[TraceRow]:
    last = facts.result.unit_price
    for result in results:
        row = facts.row(result.row_id) if result.row_id else None
        if row is not None and result.unit_price != last:
            yield replace(trace_row(row), valid_from=result.at)
        last = result.unit_price
