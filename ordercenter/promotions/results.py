"""What a run of the engine came to, in the words other rooms use."""

from __future__ import annotations

import json
from collections.abc import Hashable
from decimal import Decimal

from marketplace.core.errors import DomainError
from ordercenter.promotions.engine.entry import Entry, Fate, Run
from ordercenter.promotions.engine.scale import money, pieces
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.terms import FREIGHT, Applied, Evaluated, PromotionAsk, Share, Step


def result_of(run: Run, basket: PromotionAsk) -> Evaluated:
    """The result of a run for a basket."""
    digits = run.sheet.digits
    done = Evaluated(basket.key, awards=run.awards, hints=run.hints, lines=run.gift_lines, basket=basket)
    done.freight_discount = money(run.freight_off, digits)
    done.applied = [_applied(run, entry) for entry in sorted(run.applied, key=lambda one: one.rule.id)]
    totals: dict[Hashable, Decimal] = {}
    for applied in done.applied:
        for key, share in applied.shares.items():
            if key != FREIGHT:
                totals[key] = totals.get(key, Decimal(0)) + share.amount
    done.discounts = totals
    sheet = run.sheet
    done.floored = tuple(
        sheet.keys[i]
        for i, (running, floor) in enumerate(zip(sheet.running, sheet.floor, strict=True))
        if running == floor and running < sheet.list[i] and floor
    )
    codes = PromotionErrorCode
    done.refused = [DomainError(codes[code], codes[code].label, "gifts") for code, _choice in run.wrong_choices]
    done.steps = [_step(run, fate) for fate in run.fates]
    return done


def _applied(run: Run, entry: Entry) -> Applied:
    rule, digits = entry.rule, run.sheet.digits
    configuration = json.loads(rule.text)
    coupon = run.situation.coupons.get(rule.root) if rule.coupon_required else None
    if entry.left == 0 and rule.granted is None:
        # A cap or the most per order cut it short: what it gave is the most a replay may give.
        configuration["granted"] = str(money(entry.amount, digits))
    basis = pieces(int(entry.basis)) if rule.gives and rule.by_quantity else money(int(entry.basis), digits)
    return Applied(
        rule.id,
        rule.root,
        rule.version,
        rule.code,
        rule.level,
        rule.label_zh,
        rule.label_en,
        configuration,
        coupon.id if coupon else None,
        coupon.code if coupon else "",
        entry.tier.id if entry.tier else None,
        basis,
        money(entry.amount, digits),
        {
            _key(run, slot): Share(money(amount, digits), pieces(entry.free.get(slot, 0)))
            for slot, amount in entry.shares.items()
        },
        {int(bearer): Decimal(share) for bearer, share in configuration["funding"].items()},
    )


def _key(run: Run, slot: Hashable) -> Hashable:
    return run.sheet.keys[slot] if isinstance(slot, int) else slot


def _step(run: Run, fate: Fate) -> Step:
    digits = 6 if fate.rule.by_quantity else run.sheet.digits
    return Step(
        fate.rule.id,
        fate.rule.code,
        fate.failed_at,
        None if fate.slot is None else run.sheet.keys[fate.slot],
        money(fate.benefit, run.sheet.digits),
        money(fate.amount, run.sheet.digits),
        None if fate.reached is None else money(int(fate.reached), digits),  # type: ignore[call-overload]
        None if fate.needed is None else money(fate.needed, digits),
        fate.beaten_by,
    )
