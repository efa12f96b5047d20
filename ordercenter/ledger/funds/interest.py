"""What prepaid cash earns: exact per day, rounded once a month, posted once for each account (credit-and-ledger §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, localcontext

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.money import round_money
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind

#: Days of a year, whatever year it is.
YEAR = 365

#: Of each CASH account at a seller that pays interest: the closing balances of the month, summed over its days. An
#: entry counts on the day it is of and on every later one. A month is over for a seller when it is over in its zone.
SUMS = """
WITH month AS (
    SELECT s.organization_id, s.interest_percent, m.first, (m.first + interval '1 month')::date - 1 AS last
    FROM funds_fundsettings s JOIN parties_organization o ON o.id = s.organization_id
    CROSS JOIN LATERAL (SELECT coalesce(%(month)s::date,
        (date_trunc('month', now() AT TIME ZONE o.time_zone) - interval '1 month')::date) AS first) m
    WHERE s.interest_percent IS NOT NULL
      AND (m.first + interval '1 month')::date <= (now() AT TIME ZONE o.time_zone)::date
)
SELECT a.id, a.organization_id, a.partnership_id, a.currency, month.first, month.last, month.interest_percent,
       sum(-e.amount * (month.last - greatest(e.value_date, month.first) + 1))
FROM month JOIN ledger_ledgeraccount a ON a.organization_id = month.organization_id AND a.kind = 'cash'
JOIN ledger_ledgerentry e ON e.account_id = a.id AND e.value_date <= month.last
WHERE NOT EXISTS (
    SELECT FROM funds_fundgrant g WHERE g.account_id = a.id AND g.source_kind = 'fund_interest' AND g.source_id = a.id
        AND g.seq = extract(year FROM month.first) * 100 + extract(month FROM month.first))
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1
"""


def interest(balances: Iterable[Decimal], percent: Decimal, currency: str) -> Decimal:
    """What closing balances, one a day, earn at so much in a year: exact for each day, R of the sum."""
    with localcontext() as context:
        context.prec = 60
        return round_money(sum(balances, Decimal(0)) * percent / 100 / YEAR, currency)


def pay_interest(actor: Actor, month: date | None = None) -> int:
    """Grant the interest of a month that is over (the last one unless told); how many accounts got some.

    Once for each account and month: running it again grants nothing. Raises INVALID for a day that begins no month.
    """
    if month is not None and month.day != 1:
        raise DomainError(CoreErrorCode.INVALID, _("Name a month by its first day."), "month")
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"month": month})
        rows = cursor.fetchall()
    drafts = []
    for account_id, owner, partnership_id, currency, first, last, percent, days in rows:
        amount = interest([days], percent, currency)
        if amount > 0:
            drafts.append(
                GrantDraft(
                    partnership_id,
                    FundKind.CASH,
                    currency,
                    amount,
                    FundCause.INTEREST,
                    account_id,
                    AccountKey(owner, AccountKind.INTEREST_COST, currency),
                    seq=first.year * 100 + first.month,
                    number=f"{first:%Y-%m}",
                    entry_kind=LedgerEntryKind.INTEREST,
                    value_date=last + timedelta(days=1),
                )
            )
    grant_all(actor, drafts)
    return len(drafts)
