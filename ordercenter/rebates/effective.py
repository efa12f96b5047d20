"""What a basket would add to rebates, and what its lines then really cost: 返后价 (rebates §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from marketplace.catalog.models import Pack
from marketplace.catalog.scope import ScopeKeys
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.money import exponent, round4, spread
from ordercenter.rebates.accrue import Counted, Known, counting, in_uom, moved_with
from ordercenter.rebates.enums import RebateBasis
from ordercenter.rebates.live import LivePolicy, PartnerKeys, deducted_by, live_policies, partner_keys
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.positions import Held, PositionKey, read_positions
from ordercenter.rebates.progress import empty
from ordercenter.rebates.retarget import Given, Units
from ordercenter.rebates.sources import Source

ZERO = Decimal(0)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class BasketPart:
    """A line that may be bought: what it is, in base uoms, and its money after promotions and as listed."""

    key: Hashable
    keys: ScopeKeys
    quantity: Decimal
    base_quantity: Decimal
    net: Decimal
    gross: Decimal
    list_net: Decimal | None = None
    list_gross: Decimal | None = None
    unit_price: Decimal | None = None
    tax_included: bool = True

    def source(self, number: int, basis: RebateBasis, keys: PartnerKeys, currency: str, at: datetime) -> Source:
        """The source it would be."""
        list_net = self.net if self.list_net is None else self.list_net
        list_gross = self.gross if self.list_gross is None else self.list_gross
        return Source(
            "basket",
            number,
            basis,
            keys.seller_id,
            keys.partnership_id,
            currency,
            at,
            self.net,
            self.gross,
            list_net,
            list_gross,
            self.base_quantity,
            self.keys,
            seq=0,
        )


@dataclass(slots=True)
class Gain:
    """What a basket adds to one policy: T with it less T now, and its share of each line."""

    policy: RebatePolicy
    amount: Decimal = ZERO
    by_line: dict[Hashable, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EffectivePrice:
    """What a line adds to rebates, and its unit price after that (4 decimals, to look at, never to compute with)."""

    rebate: Decimal
    effective_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Effective:
    """What a basket adds: by policy, and by line."""

    gains: tuple[Gain, ...]
    lines: Mapping[Hashable, EffectivePrice]

    @property
    def total(self) -> Decimal:
        return sum((gain.amount for gain in self.gains), ZERO)


NOTHING = Effective((), {})


def effective_prices(
    actor: Actor, seller_id: int, partnership_id: int, lines: Sequence[BasketPart], at: datetime | None = None
) -> Effective:
    """What these lines would add to the buyer's rebates now, and each line's price after it.

    Nothing is written or locked; nothing for a seller without policies, after one statement. A line's share is its part
    of the basis of each policy it counts for.
    """
    policies = live_policies([seller_id])
    if not policies or not lines:
        return NOTHING
    partners = partner_keys([partnership_id])
    keys = partners.get(partnership_id)
    if keys is None or actor.organization_id not in (keys.seller_id, keys.buyer_id, None):
        return NOTHING
    at = at or database_now()
    given = _given(lines, policies, keys, at)
    if not given:
        return Effective((), _prices(lines, {}))
    reach = deducted_by(policies)
    wanted: set[PositionKey] = set()
    for one in given:
        wanted |= moved_with(one.policy, one.key, policies, reach)
    held = _positions(wanted, given, keys)
    before = {one.id: one.target_value for one in held}
    units = Units(held, policies)
    known: Known = defaultdict(dict)
    for one in given:
        known[one.source.key][one.line.id] = Counted(0, one.amount, one.quantity)
        units.give(one)
    units.settle(known, save=False)
    gains = _gains(units, held, before, given, lines, partnership_id)
    by_line: dict[Hashable, Decimal] = defaultdict(Decimal)
    for gain in gains:
        for key, amount in gain.by_line.items():
            by_line[key] += amount
    return Effective(tuple(gains), _prices(lines, by_line))


def _given(
    lines: Sequence[BasketPart], policies: Mapping[int, LivePolicy], keys: PartnerKeys, at: datetime
) -> list[Given]:
    factors = factors_of({part.keys.variant_id for part in lines}, policies)
    found = []
    groups = {(RebateBasis(policy.row.basis), policy.row.currency) for policy in policies.values()}
    for number, part in enumerate(lines):
        for basis, currency in sorted(groups):
            source = part.source(number, basis, keys, currency, at)
            for policy in counting(source, (), policies, {keys.partnership_id: keys}):
                period = policy.period(at)
                for line in policy.lines:
                    key = PositionKey(line.id, keys.partnership_id, period.start, period.end)
                    quantity = in_uom(source, line, factors)
                    found.append(Given(source, policy, line, key, 0, source.amount(policy.row), quantity, True))
    return found


def factors_of(variant_ids: set[int | None], policies: Mapping[int, LivePolicy]) -> dict[tuple[int, int], Decimal]:
    """Base units in the uoms that policies count by, by (variant, uom)."""
    uoms = {line.uom_id for policy in policies.values() for line in policy.lines if line.uom_id}
    if not uoms:
        return {}
    rows = Pack.objects.filter(variant__in=variant_ids, uom__in=uoms)
    return {(variant, uom): factor for variant, uom, factor in rows.values_list("variant_id", "uom_id", "factor")}


def _positions(wanted: set[PositionKey], given: Sequence[Given], keys: PartnerKeys) -> list[Held]:
    held = read_positions(wanted)
    known = {(one.line_id, one.partnership_id, one.period_from) for one in held}
    for one in given:
        key = (one.key.line_id, keys.partnership_id, one.key.start)
        if key not in known:
            known.add(key)
            held.append(empty(keys, one.key, -len(known)))
    return held


def _gains(
    units: Units,
    held: Sequence[Held],
    before: Mapping[int, Decimal],
    given: Sequence[Given],
    lines: Sequence[BasketPart],
    partnership_id: int,
) -> list[Gain]:
    """By policy, in its order; a deducting policy may lose by what an earlier one gains."""
    gains: dict[int, Gain] = {}
    for one in held:
        if one.partnership_id != partnership_id:
            continue
        policy, line = units.lines[one.line_id]
        change = one.target_value - before[one.id]
        gain = gains.setdefault(policy.id, Gain(policy.row))
        gain.amount += change
        weights = {
            lines[each.source.id].key: each.amount if line.terms.measure == "amount" else each.quantity
            for each in given
            if each.line.id == line.id
        }
        for key, part in divided(change, weights, policy.row.currency).items():
            gain.by_line[key] = gain.by_line.get(key, ZERO) + part
    ordered = sorted(gains.values(), key=lambda gain: (gain.policy.sequence, gain.policy.pk))
    return [gain for gain in ordered if gain.by_line or gain.amount]


def divided(change: Decimal, weights: Mapping[Key, Decimal], currency: str) -> dict[Key, Decimal]:
    """A gain over lines by their basis; nothing where none has any."""
    keys = list(weights)
    values = [max(ZERO, weights[key]) for key in keys]
    if not any(values):
        return {}
    places = exponent(currency)
    parts = spread(int(change.scaleb(places)), values)
    return {key: Decimal(part).scaleb(-places) for key, part in zip(keys, parts, strict=True)}


def _prices(lines: Sequence[BasketPart], rebates: Mapping[Hashable, Decimal]) -> dict[Hashable, EffectivePrice]:
    prices = {}
    for part in lines:
        rebate = rebates.get(part.key, ZERO)
        price = None
        if part.quantity:
            amount = part.gross if part.tax_included else part.net
            price = round4((amount - rebate) / part.quantity)
        prices[part.key] = EffectivePrice(rebate, price)
    return prices
