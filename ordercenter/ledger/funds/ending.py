"""Tell buyers of what ends soon, while they can still use it (credit-and-ledger §6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.events import DomainEvent, record_all
from ordercenter.ledger.funds.expire import CHUNK
from ordercenter.ledger.funds.take import LOCK

# The end is told once; one that is put off, as money came back, is told anew.
SOON = """
SELECT g.id FROM funds_fundgrant g LEFT JOIN funds_fundsettings s ON s.organization_id = g.seller_id
WHERE g.usable_to > now() AND g.usable_to <= now() + make_interval(days => coalesce(s.notice_days, 14))
  AND g.remaining > g.reserved AND g.told_end IS DISTINCT FROM g.usable_to
"""
FIND = f"SELECT DISTINCT partnership_id FROM funds_fundgrant WHERE id IN ({SOON}) ORDER BY 1"
TELL = f"""
UPDATE funds_fundgrant g SET told_end = g.usable_to
WHERE g.partnership_id = ANY(%s::bigint[]) AND g.id IN ({SOON})
RETURNING g.account_id, g.seller_id, g.buyer_id, g.kind, g.currency, g.remaining - g.reserved, g.usable_to
"""


def tell(actor: Actor) -> int:
    """Tell of every balance that ends within its seller's days of notice; answers of how many accounts.

    One event an account, with all that ends there, and the first end. Twice a day tells nothing the second time.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND)
        partners = [pk for (pk,) in cursor.fetchall()]
    told = 0
    for start in range(0, len(partners), CHUNK):
        chunk = numbers(partners[start : start + CHUNK])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK, [chunk])
            cursor.execute(TELL, [chunk])
            accounts: dict[tuple[Any, ...], list[tuple[Decimal, datetime]]] = defaultdict(list)
            for *account, amount, end in cursor.fetchall():
                accounts[tuple(account)].append((amount, end))
            record_all(actor, [_ending(account, ends) for account, ends in accounts.items()])
            told += len(accounts)
    return told


def _ending(account: tuple[Any, ...], ends: list[tuple[Decimal, datetime]]) -> DomainEvent:
    account_id, seller_id, buyer_id, kind, currency = account
    payload = {
        "kind": kind,
        "currency": currency,
        "amount": str(sum((amount for amount, _end in ends), Decimal(0))),
        "ends_at": min(end for _amount, end in ends).isoformat(),
    }
    return DomainEvent("fund.ending", "fund_account", account_id, (seller_id, buyer_id), payload)
