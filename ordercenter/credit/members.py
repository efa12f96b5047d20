"""Who buys under an account: a partner that joins brings along what it owes (credit-and-ledger §3)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from ordercenter.credit.enums import BUCKETS
from ordercenter.credit.models import CreditAccount, CreditMember

_NAMES = ", ".join(f"('{bucket.value}', {number})" for number, bucket in enumerate(BUCKETS))

# What is invoiced and paid is cleared by order or not even that, so it goes along as one sum.
REHOME = f"""
WITH sums AS (
    SELECT m.partnership_id, m.account_id AS old, b.bucket, b.number,
           CASE WHEN b.bucket IN ('unapplied') THEN NULL ELSE m.order_id END AS order_id,
           CASE WHEN b.bucket IN ('unapplied', 'receivable') THEN NULL ELSE m.line_id END AS line_id,
           sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END) AS amount
      FROM credit_creditmovement m
      JOIN (VALUES {_NAMES}) AS b(bucket, number) ON b.bucket IN (m.source, m.target)
     WHERE m.partnership_id = ANY(%(partnerships)s::bigint[]) AND m.account_id = ANY(%(old)s::bigint[])
       AND m.account_id <> %(new)s
     GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END) <> 0
), doubled AS (
    SELECT s.*, s.old AS account, 'left' AS cause,
           CASE WHEN amount > 0 THEN s.bucket ELSE 'outside' END AS source,
           CASE WHEN amount > 0 THEN 'outside' ELSE s.bucket END AS target FROM sums s
    UNION ALL
    SELECT s.*, %(new)s::bigint, 'joined',
           CASE WHEN amount > 0 THEN 'outside' ELSE s.bucket END,
           CASE WHEN amount > 0 THEN s.bucket ELSE 'outside' END FROM sums s
), moved AS (
    INSERT INTO credit_creditmovement (organization_id, account_id, partnership_id, order_id, line_id, document_kind,
        document_id, cause, seq, source, target, amount)
    SELECT %(seller)s::bigint, account, doubled.partnership_id, order_id, line_id, 'credit_member', mem.id, cause,
           number, source, target, abs(amount)
      FROM doubled JOIN credit_creditmember mem
        ON mem.partnership_id = doubled.partnership_id AND mem.account_id = %(new)s
    RETURNING account_id, source, target, amount
), delta AS (
    SELECT account_id, {
    ", ".join(
        f"coalesce(sum(amount) FILTER (WHERE target = '{bucket.value}'), 0)"
        f" - coalesce(sum(amount) FILTER (WHERE source = '{bucket.value}'), 0) AS {bucket.value}"
        for bucket in BUCKETS
    )
}
      FROM moved GROUP BY account_id
)
UPDATE credit_creditaccount AS a
   SET {", ".join(f"{bucket.value} = a.{bucket.value} + delta.{bucket.value}" for bucket in BUCKETS)}
  FROM delta WHERE a.id = delta.account_id
"""


def set_members(account: CreditAccount, partnership_ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """Make these partners the members of an account that is new or locked; (before, after), in order of id.

    A partner that bought under another account leaves it, and what it owes goes along; one that is left out gets an
    account of its own, PREPAID, when it orders again. Locks the other accounts by id.
    """
    wanted = sorted(set(partnership_ids))
    before = sorted(CreditMember.objects.filter(account=account).values_list("partnership", flat=True))
    if before == wanted:
        return before, wanted
    joining, leaving = set(wanted) - set(before), set(before) - set(wanted)
    others = CreditMember.objects.filter(partnership__in=joining, currency=account.currency)
    old = sorted(set(others.values_list("account", flat=True)))
    list(CreditAccount.objects.filter(pk__in=old).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    others.delete()
    _add(account, joining)
    if joining and old:
        _rehome(account, sorted(joining), old)
    if leaving:
        _send_off(account, sorted(leaving))
    return before, wanted


def _add(account: CreditAccount, partnership_ids: set[int]) -> None:
    CreditMember.objects.bulk_create(
        CreditMember(
            organization_id=account.organization_id, account=account, partnership_id=pk, currency=account.currency
        )
        for pk in sorted(partnership_ids)
    )


def _send_off(account: CreditAccount, partnership_ids: Sequence[int]) -> None:
    """Partners that leave get accounts of their own, and take along what they owe."""
    CreditMember.objects.filter(account=account, partnership__in=partnership_ids).delete()
    for pk in partnership_ids:
        own = CreditAccount.objects.create(
            organization_id=account.organization_id,
            currency=account.currency,
            horizon_days=account.horizon_days,
            count_unapplied=account.count_unapplied,
        )
        _add(own, {pk})
        _rehome(own, [pk], [account.pk])


def _rehome(account: CreditAccount, partnership_ids: Sequence[int], old: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            REHOME,
            {
                "partnerships": list(partnership_ids),
                "old": list(old),
                "new": account.pk,
                "seller": account.organization_id,
            },
        )
