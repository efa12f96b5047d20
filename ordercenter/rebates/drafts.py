"""What a person writes of a policy, and what can be wrong with it (rebates §2, §9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.parties.models import PartnerGrade, PartnerGroup, Partnership
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.models import FundUseRule
from ordercenter.rebates.enums import (
    RebateMeasure,
    RebateNewcomer,
    RebateQualifier,
    RebateReward,
    RewardOn,
    TierMethod,
)
from ordercenter.rebates.errors import RebateErrorCode

RELATIVE = (RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT)
IMPORTED = (TierMethod.ROLLING, TierMethod.TOTAL)
SEQUENCES = range(1, 1000)
#: What a payout is granted as, and so used by the rules of.
USED_AS = {"fund_account": FundKind.REBATE, "goods": FundKind.GOODS}
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class TierDraft:
    """One band; `upper` None is open."""

    lower: Decimal
    upper: Decimal | None
    reward: RebateReward
    value: Decimal


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One tier table."""

    tiers: Sequence[TierDraft]
    qualifier: RebateQualifier = RebateQualifier.AMOUNT
    method: TierMethod = TierMethod.INCREMENTAL
    reward_on: RewardOn = RewardOn.ALL
    uom_id: int | None = None
    basis_cap: Decimal | None = None
    newcomer: RebateNewcomer = RebateNewcomer.NONE

    @property
    def measure(self) -> RebateMeasure:
        """What its bands pay on, as their rewards say."""
        rewards = {tier.reward for tier in self.tiers}
        if RebateReward.PER_UOM in rewards:
            return RebateMeasure.QUANTITY
        if RebateReward.PERCENT in rewards or self.qualifier == RebateQualifier.AMOUNT:
            return RebateMeasure.AMOUNT
        counts = self.qualifier == RebateQualifier.QUANTITY or self.uom_id
        return RebateMeasure.QUANTITY if counts else RebateMeasure.AMOUNT

    def columns(self) -> dict[str, Any]:
        """As columns of a RebateLine."""
        return {
            "qualifier": self.qualifier,
            "method": self.method,
            "measure": self.measure,
            "reward_on": self.reward_on,
            "uom_id": self.uom_id,
            "basis_cap": self.basis_cap,
            "newcomer": self.newcomer,
        }


@dataclass(frozen=True, slots=True)
class WhomDraft:
    """One row of the audience: exactly one is set, none for everyone."""

    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class ScopeDraft:
    """One row of the goods: exactly one is set, none for all."""

    variant_id: int | None = None
    product_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """What is to be written of a policy: columns that are named, and lists that replace what is there."""

    columns: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[LineDraft] | None = None
    beneficiaries: Sequence[WhomDraft] | None = None
    scopes: Sequence[ScopeDraft] | None = None
    deducts: Sequence[int] | None = None
    copy_of: int | None = None


def line_problems(lines: Sequence[LineDraft], imported: bool = False, complete: bool = False) -> Iterator[DomainError]:
    """What is wrong with tier tables; `complete`: they are to be approved. The index is that of the band."""
    for line in lines:
        yield from method_problems(line, imported)
        yield from tier_problems(line.tiers, complete)


def method_problems(line: LineDraft, imported: bool = False) -> Iterator[DomainError]:
    """METHOD_INVALID where method, qualifier and reward do not go together (rebates §4)."""

    def invalid(text: str, name: str = "method") -> DomainError:
        return DomainError(RebateErrorCode.METHOD_INVALID, text, f"lines.{name}")

    rewards = {tier.reward for tier in line.tiers}
    if line.method in IMPORTED and not imported:
        yield invalid(_("Rolling and summed tables come in through import only."))
    if line.method in IMPORTED and RebateReward.FIXED in rewards:
        yield invalid(_("Rolling and summed tables pay no fixed amounts."), "reward")
    if {RebateReward.PERCENT, RebateReward.PER_UOM} <= rewards:
        yield invalid(_("One table pays by percent or by unit, not both."), "reward")
    if line.method == TierMethod.RETROSPECTIVE:
        return
    if line.qualifier in RELATIVE:
        yield invalid(_("Growth and achievement pay on the whole: choose retrospective."))
    elif line.qualifier.value != line.measure.value:
        yield invalid(_("Tables that pay band by band qualify and pay by the same: amount or quantity."), "qualifier")
    if line.reward_on != RewardOn.ALL:
        yield invalid(_("Only retrospective tables pay on what is above the baseline."), "reward_on")


def tier_problems(tiers: Sequence[TierDraft], complete: bool = False) -> Iterator[DomainError]:
    """TIER_OVERLAP always; TIER_GAP and TIER_OPEN_END for what is to be approved."""

    def wrong(code: RebateErrorCode, text: str, index: int, name: str = "upper") -> DomainError:
        return DomainError(code, text, f"lines.tiers.{name}", index)

    for index, tier in enumerate(tiers):
        if tier.value < 0:
            text = _("A rebate cannot be below 0.")
            yield DomainError(CoreErrorCode.INVALID, text, "lines.tiers.value", index)
        if tier.upper is not None and tier.upper <= tier.lower:
            text = _("A band has to end above its beginning.")
            yield DomainError(CoreErrorCode.INVALID, text, "lines.tiers.upper", index)
    ordered = sorted(range(len(tiers)), key=lambda index: tiers[index].lower)
    for index, following in pairwise(ordered):
        upper, lower = tiers[index].upper, tiers[following].lower
        values = {"lower": f"{lower.normalize():f}", "upper": "" if upper is None else f"{upper.normalize():f}"}
        if upper is None or upper > lower:
            text = _("This band reaches into the one from %(lower)s on.") % values
            yield wrong(RebateErrorCode.TIER_OVERLAP, text, index)
        elif upper < lower and complete:
            text = _("From %(upper)s to %(lower)s no band says what is paid.") % values
            yield wrong(RebateErrorCode.TIER_GAP, text, index)
    if complete and not tiers:
        yield DomainError(CoreErrorCode.REQUIRED, _("A tier table needs a band."), "lines.tiers")
    elif complete and tiers[ordered[-1]].upper is not None:
        yield wrong(RebateErrorCode.TIER_OPEN_END, _("The last band has no upper bound."), ordered[-1])


def column_problems(columns: dict[str, Any]) -> Iterator[DomainError]:
    """What is wrong with the plain columns of a policy, all of them given."""
    if not str(columns["code"]).strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("A rebate policy needs a code."), "code")
    if not (columns["name_zh"] or columns["name_en"]):
        yield DomainError(CoreErrorCode.REQUIRED, _("A rebate policy needs a name."), "name")
    for name, limit in (("code", 64), ("name_zh", 255), ("name_en", 255), ("overlap_group", 64)):
        if len(columns[name]) > limit:
            yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": limit}, name)
    if columns["valid_from"] >= columns["valid_to"]:
        yield DomainError(RebateErrorCode.WINDOW_EMPTY, RebateErrorCode.WINDOW_EMPTY.label, "valid_to")
    yield from number_problems(columns)
    yield from goods_problems(columns)


def number_problems(columns: dict[str, Any]) -> Iterator[DomainError]:
    """Numbers outside what can be meant."""
    if columns["sequence"] not in SEQUENCES:
        yield DomainError(CoreErrorCode.INVALID, _("The sequence is a number from 1 to 999."), "sequence")
    for name in ("grant_days", "carry_days", "confirm_days"):
        if not 0 <= columns[name] <= MOST_DAYS:
            text = _("Between 0 and %(limit)s days.") % {"limit": MOST_DAYS}
            yield DomainError(CoreErrorCode.INVALID, text, name)
    for name in ("min_payout", "max_correction"):
        if columns[name] < 0:
            yield DomainError(CoreErrorCode.INVALID, _("It cannot be below 0."), name)


def goods_problems(columns: dict[str, Any]) -> Iterator[DomainError]:
    """A rebate in pieces needs to know which, how many, and for how many bought."""
    parts = [columns["goods_variant_id"], columns["goods_per"], columns["goods_count"]]
    if any(part is not None for part in parts):
        if columns["payout"] != "goods":
            yield DomainError(CoreErrorCode.INVALID, _("Only a payout in goods names goods."), "goods_variant")
        elif any(not part or part <= 0 for part in parts):
            text = _("Say which goods, how many, and for how many bought.")
            yield DomainError(CoreErrorCode.REQUIRED, text, "goods_variant")


def rule_problems(actor: Actor, columns: dict[str, Any]) -> Iterator[DomainError]:
    """A use rule that is not one of the grantor's for what the payout grants."""
    if columns.get("use_rule"):
        kind = USED_AS.get(columns["payout"])
        rules = FundUseRule.objects.filter(organization=actor.organization_id, kind=kind)
        if kind is None or not rules.filter(pk=columns["use_rule"]).exists():
            yield not_found("use_rule")


def whom_problems(actor: Actor, rows: Sequence[WhomDraft]) -> Iterator[DomainError]:
    """Rows that name more than one thing, or what is not the actor's; a statement for each kind of thing."""
    own = {
        "partnership_id": Partnership.objects.filter(upstream=actor.organization_id),
        "group_id": PartnerGroup.objects.filter(organization=actor.organization_id),
        "grade_id": PartnerGrade.objects.filter(organization=actor.organization_id),
    }
    for name, mine in own.items():
        asked = {getattr(row, name) for row in rows} - {None}
        missing = asked - set(mine.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
        for index, row in enumerate(rows):
            if getattr(row, name) in missing:
                yield not_found("beneficiaries", index)
    for index, row in enumerate(rows):
        if sum(1 for name in own if getattr(row, name)) > 1:
            yield DomainError(CoreErrorCode.INVALID, _("Name one partner, group or grade."), "beneficiaries", index)


def defaults() -> dict[str, Any]:
    """What a new policy says where its writer says nothing."""
    return {
        "code": "",
        "name_zh": "",
        "name_en": "",
        "overlap_group": "",
        "sequence": 100,
        "grant_days": 365,
        "carry_days": 90,
        "confirm_days": 7,
        "min_payout": Decimal(0),
        "max_correction": Decimal(20),
        "payout": "fund_account",
        "use_rule": None,
        "goods_variant_id": None,
        "goods_per": None,
        "goods_count": None,
        "valid_from": BEGINNING,
        "valid_to": FOREVER,
    }


def instant_or(value: datetime | None, fallback: datetime) -> datetime:
    """An open end where there is none."""
    return fallback if value is None else value
