"""Tier tables and figures in a few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ordercenter.rebates.compute.tiers import Band, Figures, LineTerms, target_value
from ordercenter.rebates.enums import RebateReward, TierMethod

METHODS = (TierMethod.INCREMENTAL, TierMethod.RETROSPECTIVE, TierMethod.ROLLING, TierMethod.TOTAL)


def bands(*steps: tuple[Any, Any], reward: RebateReward = RebateReward.PERCENT) -> tuple[Band, ...]:
    """(lower, value) of each band; each ends where the next begins."""
    lowers = [Decimal(str(lower)) for lower, _value in steps]
    uppers = [*lowers[1:], None]
    return tuple(
        Band(lower, upper, reward, Decimal(str(value)))
        for lower, upper, (_lower, value) in zip(lowers, uppers, steps, strict=True)
    )


def terms(*steps: tuple[Any, Any], reward: RebateReward = RebateReward.PERCENT, **fields: Any) -> LineTerms:
    return LineTerms(bands(*steps, reward=reward), fields.pop("currency", "CNY"), **fields)


def value(line: LineTerms, amount: Any, **fields: Any) -> Decimal:
    """T on an amount."""
    return target_value(line, Figures(Decimal(str(amount)), **{k: Decimal(str(v)) for k, v in fields.items()}))
