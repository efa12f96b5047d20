"""Coupons: made by the thousand, given to partners, voided (promotions §2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.parties.models import Partnership
from ordercenter.promotions.book import code_of
from ordercenter.promotions.drafts import CouponsDraft
from ordercenter.promotions.enums import CouponStatus
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import Coupon
from ordercenter.promotions.write import MANAGE, locked, promotion_event

MOST = 100_000
# Without letters and digits that people take for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10

INSERT = """
INSERT INTO promotions_coupon (organization_id, promotion_id, code, partnership_id, "limit", used, status, valid_from,
    valid_to)
SELECT %s, %s, one.code, one.partnership, %s, 0, 'unused', %s::timestamptz, %s::timestamptz
FROM unnest(%s::text[], %s::bigint[]) AS one(code, partnership)
ON CONFLICT (organization_id, code) DO NOTHING RETURNING code
"""


def coupons_generate(actor: Actor, promotion_id: int, draft: CouponsDraft) -> int:
    """Make coupons of a promotion, all its versions together; answers how many were made.

    `count` coupons with random codes behind the prefix, for whoever has them, or so many for each partner named; or one
    with a code of one's own. Raises VALUE_INVALID, WINDOW_EMPTY, DUPLICATE (code), NOT_FOUND (partner), LIMIT_REACHED.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        if not promotion.coupon_required:
            raise DomainError(Code.EFFECT_MISMATCH, _("This promotion asks for no coupon."), "id")
        raise_all(_problems(actor, draft))
        partners: list[int | None] = [key for key in draft.partnership_ids for _n in range(draft.count)]
        partners = partners or [None] * draft.count
        where = (promotion.organization_id, promotion.root_key)
        if draft.code:
            made = len(_insert(where, draft, [code_of(draft.code)], partners[:1]))
            if not made:
                text = _("There is a coupon %(code)s already.") % {"code": code_of(draft.code)}
                raise DomainError(CoreErrorCode.DUPLICATE, text, "code")
        else:
            made = _random(where, draft, partners)
        record(actor, promotion_event("promotions.coupons_generated", promotion, None, count=made))
    return made


def coupon_void(actor: Actor, coupon_id: int) -> Coupon:
    """Take a coupon out of use. Raises NOT_FOUND, INVALID_TRANSITION for one that an order has."""
    actor.require(MANAGE)
    with transaction.atomic():
        coupon = Coupon.objects.visible_to(actor).select_for_update().order_by("pk").filter(pk=coupon_id).first()
        if coupon is None:
            raise not_found("id")
        if coupon.status != CouponStatus.UNUSED:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("Orders have used this coupon up."), "id")
        before = facts(coupon)
        coupon.status = CouponStatus.VOIDED
        coupon.save(update_fields=["status"])
        changes = difference(before, facts(coupon))
        said = {"code": coupon.code}
        record(
            actor,
            DomainEvent("promotions.coupon_voided", "coupon", coupon.pk, (coupon.organization_id,), said, changes),
        )
    return coupon


def _random(where: tuple[int, int], draft: CouponsDraft, partners: Sequence[int | None]) -> int:
    """Insert until all have a code of their own: of so many codes hardly one is met twice."""
    left = dict(enumerate(partners))
    while left:
        codes = [code_of(draft.prefix) + "".join(secrets.choice(ALPHABET) for _n in range(LENGTH)) for _one in left]
        taken = _insert(where, draft, codes, list(left.values()))
        left = {place: one for (place, one), code in zip(left.items(), codes, strict=True) if code not in taken}
    return len(partners)


def _insert(
    where: tuple[int, int], draft: CouponsDraft, codes: Sequence[str], partners: Sequence[int | None]
) -> set[str]:
    values: list[Any] = [*where, draft.limit, _bound(draft.valid_from, BEGINNING), _bound(draft.valid_to, FOREVER)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*values, texts(codes), numbers(partners)])
        return {code for (code,) in cursor.fetchall()}


def _bound(instant: Any, otherwise: Any) -> str:
    instant = instant or otherwise
    return {BEGINNING: "-infinity", FOREVER: "infinity"}.get(instant) or instant.isoformat()


def _problems(actor: Actor, draft: CouponsDraft) -> Iterator[DomainError]:
    if draft.count < 1 or draft.limit < 1 or draft.limit > 2**31 - 1:
        yield DomainError(Code.VALUE_INVALID, Code.VALUE_INVALID.label, "count" if draft.count < 1 else "limit")
    if draft.count * max(1, len(draft.partnership_ids)) > MOST:
        text = _("At most %(limit)s coupons at a time.") % {"limit": MOST}
        yield DomainError(Code.LIMIT_REACHED, text, "count")
    for name, limit in (("code", 64), ("prefix", 32)):
        if len(getattr(draft, name)) > limit:
            text = _("This text is longer than %(limit)s characters.") % {"limit": limit}
            yield DomainError(CoreErrorCode.INVALID, text, name)
    if (draft.valid_from or BEGINNING) >= (draft.valid_to or FOREVER):
        yield DomainError(Code.WINDOW_EMPTY, Code.WINDOW_EMPTY.label, "valid_to")
    own = Partnership.objects.filter(upstream=actor.organization_id, pk__in=draft.partnership_ids)
    if draft.partnership_ids and own.count() != len(set(draft.partnership_ids)):
        yield not_found("partnerships")
