"""One rule at work on one basket, and everything a run of the engine carries along."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from ordercenter.promotions.engine.rules import AudienceTerm, Rule, Tier
from ordercenter.promotions.engine.sheet import Matched, Sheet
from ordercenter.promotions.terms import Award, GiftChoice, GiftLine, Hint

Slot = Hashable


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who asks, as audiences see it."""

    partnership_id: int
    groups: tuple[int, ...]
    grade_id: int | None
    channel: str


@dataclass(slots=True)
class CapLeft:
    """What the caps of a promotion still hold for one buyer; None: no such cap. Amount in minor units.

    `pieces`: gift quantity by (variant, uom), in millionths.
    """

    uses: int | None = None
    amount: int | None = None
    pieces: dict[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CouponHeld:
    """A coupon that is good for this buyer now."""

    id: int
    code: str
    root: int


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What is known of a pool item for this buyer: price of its uom (ten-thousandths), base units in it, stock.

    `stock` is in millionths of a base unit, None where it was not asked.
    """

    price: int
    factor: int
    stock: int | None = None


@dataclass(slots=True)
class Situation:
    """All that is asked besides the lines. `met`: windows, audience, caps and coupons count as met (promotions §6).

    `kept`: roots of snapshots, whose audience and coupons count as met.
    """

    buyer: Buyer | None = None
    caps: Mapping[int, CapLeft] = field(default_factory=dict)
    coupons: Mapping[int, CouponHeld] = field(default_factory=dict)
    gifts: Sequence[GiftChoice] = ()
    gift_facts: Mapping[tuple[int, int], GiftFacts] = field(default_factory=dict)
    freight: int = 0
    best: bool = False
    met: bool = False
    kept: frozenset[int] = frozenset()
    trace: bool = False
    hints: bool = False


class Entry:
    """A rule that passed the steps up to the caps. `left`: how much it may still give, None without a limit."""

    __slots__ = ("amount", "award", "basis", "benefit", "free", "left", "matched", "rule", "shares", "stood", "tier")

    def __init__(self, rule: Rule, matched: Matched, left: int | None) -> None:
        self.rule, self.matched, self.left = rule, matched, left
        self.amount = 0
        self.benefit = 0
        self.basis: int = 0
        self.tier: Tier | None = None
        self.shares: dict[Slot, int] = {}
        self.free: dict[Slot, int] = {}
        self.award: Award | None = None
        self.stood = False

    def take(self, slot: Slot, amount: int, free: int = 0) -> None:
        """Note what was taken off a line (its place), a gift line (its key) or the freight."""
        self.amount += amount
        if self.left is not None:
            self.left -= amount
        self.shares[slot] = self.shares.get(slot, 0) + amount
        if free:
            self.free[slot] = self.free.get(slot, 0) + free

    def capped(self, amount: int) -> int:
        """An amount as far as its limits go."""
        return amount if self.left is None or amount <= self.left else self.left


@dataclass(slots=True)
class Fate:
    """How a rule fared on the basket (slot None) or on one line; see terms.Step."""

    rule: Rule
    failed_at: int
    slot: int | None = None
    benefit: int = 0
    amount: int = 0
    reached: object = None
    needed: int | None = None
    beaten_by: int | None = None


class Run:
    """One evaluation: the sheet it works on, the situation, and what has come of it so far."""

    def __init__(self, sheet: Sheet, situation: Situation) -> None:
        self.sheet, self.situation = sheet, situation
        self.applied: list[Entry] = []
        self.awards: list[Award] = []
        self.gift_lines: list[GiftLine] = []
        self.hints: list[Hint] = []
        self.fates: list[Fate] = []
        self.freight_off = 0
        self.wrong_choices: list[tuple[str, GiftChoice]] = []

    def fail(self, rule: Rule, step: int, **facts: object) -> None:
        """Note the step at which a rule failed, where anybody wants to know."""
        if self.situation.trace:
            self.fates.append(Fate(rule, step, **facts))  # type: ignore[arg-type]


def holds(terms: Sequence[AudienceTerm], buyer: Buyer) -> bool:
    """True where the audience has the buyer: excluded rows beat included ones; channels are a condition beside."""
    people = channels = None
    for term in terms:
        inside = _meets(term, buyer)
        if term.exclude:
            if inside:
                return False
        elif term.channel:
            channels = bool(channels) or inside
        else:
            people = bool(people) or inside
    return people is not False and channels is not False


def _meets(term: AudienceTerm, buyer: Buyer) -> bool:
    if term.channel:
        return term.channel == buyer.channel
    if term.partnership:
        return term.partnership == buyer.partnership_id
    if term.group:
        return term.group in buyer.groups
    return term.grade is None or term.grade == buyer.grade_id
