"""The one lock order of all rooms, watched: which tables a transaction locks rows of, and in which order.

    def test_placing_locks_in_order(lock_order, ...):   # fixture: the whole test is watched
        place(dealer, draft)
        assert lock_order.tables == ["stock_stockbalance", "core_numberseries"]

A transaction that locks a row of a lower level after one of a higher level fails the test. So does a locking SELECT of
a levelled table without ORDER BY, because two of them would take the rows in different orders.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

# docs/concepts/locks.md. A table that is not here is not locked in concert with another, or is locked alone.
LEVELS = {
    "credit_creditaccount": 1,
    "ledger_ledgeraccount": 2,
    "ledger_openitem": 2,
    "promotions_promotioncap": 3,
    "rebates_rebateposition": 3,
    "contracts_contractline": 3,
    "contracts_sourcequota": 3,
    "stock_stockbalance": 4,
    "orders_order": 5,
    "fulfilment_shipment": 6,
    "fulfilment_receipt": 6,
    "invoicing_invoice": 6,
    "pricing_pricelist": 6,
    "core_numberseries": 7,
}

_TABLE = r'"?(\w+)"?'
_SELECT_FOR = re.compile(
    r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE(?:\s+OF\s+([\w\s,\"]+?))?(?=\s+(?:NOWAIT|SKIP)|\s*\)|\s*$|\s*;)", re.I
)
_FROM = re.compile(
    rf"\b(?:FROM|JOIN)\s+{_TABLE}(?:\s+(?:AS\s+)?(?!WHERE|JOIN|ON|INNER|LEFT|ORDER|FOR|USING|CROSS)\"?(\w+)\"?)?", re.I
)
_UPDATE = re.compile(rf"(?<!FOR )(?<!KEY )\bUPDATE\s+(?:ONLY\s+)?{_TABLE}", re.I)
_DELETE = re.compile(rf"\bDELETE\s+FROM\s+{_TABLE}", re.I)
_INSERT = re.compile(rf"\bINSERT\s+INTO\s+{_TABLE}", re.I)
_UPSERT = re.compile(rf"\bINSERT\s+INTO\s+{_TABLE}.*?\bON\s+CONFLICT\b.*?\bDO\s+UPDATE\b", re.I | re.S)


class WrongLockOrder(AssertionError):
    """A transaction took its locks in another order than everybody else's."""


class LockLog:
    """The levelled tables of the transaction that runs, in the order their rows were locked, and of those before."""

    def __init__(self) -> None:
        self.transactions: list[list[str]] = []
        self._locked: list[str] = []
        self._inserted: set[str] = set()
        self._savepoints = 0
        self._inside_test_transaction = connection.in_atomic_block

    @property
    def tables(self) -> list[str]:
        """The tables locked by the last transaction that locked any."""
        return self._locked or (self.transactions[-1] if self.transactions else [])

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.note(str(sql))
        return execute(sql, params, many, context)

    def note(self, sql: str) -> None:
        """Read one statement; raises WrongLockOrder."""
        head = sql.lstrip()[:24].upper()
        if head.startswith("SAVEPOINT"):
            self._savepoints += 1
        elif head.startswith(("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            self._savepoints = max(0, self._savepoints - head.startswith("RELEASE"))
            if self._inside_test_transaction and not self._savepoints:
                self.end()
        else:
            self._read(sql)

    def end(self) -> None:
        """The transaction is over: its locks are gone."""
        if self._locked:
            self.transactions.append(self._locked)
        self._locked, self._inserted = [], set()

    def _read(self, sql: str) -> None:
        for table, ordered in selected_for_update(sql):
            if table in LEVELS and not ordered:
                raise WrongLockOrder(f"rows of {table} are locked without ORDER BY: {sql}")
            self._lock(table, sql)
        for table in _UPSERT.findall(sql):
            self._lock(table, sql)
        for table in [*_UPDATE.findall(sql), *_DELETE.findall(sql)]:
            # A row that this transaction made is nobody else's yet; one that is locked is locked.
            if table not in self._inserted and table not in self._locked:
                self._lock(table, sql)
        self._inserted.update(_INSERT.findall(sql))

    def _lock(self, table: str, sql: str) -> None:
        level = LEVELS.get(table)
        # Rows that were held in one pass are asked for again by the function that writes them.
        if level is None or table in self._locked:
            return
        higher = [held for held in self._locked if LEVELS[held] > level]
        if higher:
            raise WrongLockOrder(f"{table} (level {level}) is locked after {higher} in: {sql}")
        self._locked.append(table)


def selected_for_update(sql: str) -> Iterator[tuple[str, bool]]:
    """Tables whose rows a SELECT ... FOR UPDATE locks, in the order of the text, and whether that SELECT is ordered."""
    for match in _SELECT_FOR.finditer(sql):
        scope = _own_scope(sql[: match.start()])
        ordered = bool(re.search(r"\bORDER\s+BY\b", scope, re.I))
        only = {name.strip().strip('"') for name in (match.group(1) or "").split(",") if name.strip()}
        for table, alias in _FROM.findall(scope):
            if not only or table in only or alias in only:
                yield table, ordered


def _own_scope(before: str) -> str:
    """The text of the SELECT that a FOR UPDATE ends, without what stands in brackets within it or around it."""
    kept: list[str] = []
    depth = 0
    for character in reversed(before):
        depth += (character == ")") - (character == "(")
        if depth < 0:
            break
        if depth == 0 and character != "(":
            kept.append(character)
    return "".join(reversed(kept))


@contextmanager
def watched_locks() -> Iterator[LockLog]:
    """Watch the statements of this thread; raises WrongLockOrder at the statement that is out of order."""
    log = LockLog()
    commit, rollback = connection.commit, connection.rollback

    def ending(method: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            method()
            log.end()

        return run

    connection.commit, connection.rollback = ending(commit), ending(rollback)  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(log):
            yield log
    finally:
        connection.commit, connection.rollback = commit, rollback  # type: ignore[method-assign]


@pytest.fixture
def lock_order(db: None) -> Iterator[LockLog]:
    """Watch a whole test."""
    with watched_locks() as log:
        yield log
