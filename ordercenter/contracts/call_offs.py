"""Call-offs: orders take of contract lines in the transaction that places them, never beyond a limit (contracts §4.1).

Whoever takes, gives back, or changes what a contract allows locks its lines first (level 3, by id): so what one has
read of limits and status is still so when it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.clock import database_now
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.money import round_money
from ordercenter.contracts.enums import CallOffCause, ContractStatus, LimitBasis, SourceUse
from ordercenter.contracts.limits import is_off_pack
from ordercenter.contracts.models import Contract, ContractCallOff, ContractCallOffMove, ContractLine, SourceList
from ordercenter.contracts.prices import price_on, prices_of, values_of
from ordercenter.contracts.pricing_day import holds, order_day, pricing_day
from ordercenter.contracts.quota_entries import write_entries
from ordercenter.orders.call_offs import CallOffAsk, CallOffUse, Key
from ordercenter.orders.errors import OrderErrorCode

ZERO = Decimal(0)

COUNT = """
UPDATE contracts_contractline AS line
   SET called_quantity = line.called_quantity + given.quantity, called_amount = line.called_amount + given.amount
  FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS given(id, quantity, amount)
 WHERE line.id = given.id
"""


@dataclass(slots=True)
class Held:
    """Contract lines under lock, with their contracts as they stand, and what is taken in this call."""

    lines: dict[int, ContractLine]
    contracts: dict[int, Contract]

    def take(self, line: ContractLine, quantity: Decimal, amount: Decimal) -> DomainError | None:
        """Count it, or say what is left."""
        contract = self.contracts[line.contract_id]
        if line.basis == LimitBasis.QUANTITY and line.call_limit is not None:
            if line.called_quantity + quantity > line.call_limit:
                return exhausted(line.call_limit - line.called_quantity, "")
        elif line.basis == LimitBasis.AMOUNT:
            left = self._amount_left(line, contract)
            if left is not None and amount > left:
                return exhausted(left, contract.currency)
        line.called_quantity += quantity
        line.called_amount += amount
        return None

    def _amount_left(self, line: ContractLine, contract: Contract) -> Decimal | None:
        lefts = [] if line.amount_limit is None else [line.amount_limit - line.called_amount]
        if contract.amount_limit is not None:
            own = [one.called_amount for one in self.lines.values() if one.contract_id == contract.pk]
            lefts.append(contract.amount_limit - sum(own, ZERO))
        return min(lefts, default=None)


class CallOffs:
    """What the room of orders asks; registered when the program starts."""

    def terms(self, asks: Sequence[CallOffAsk]) -> Mapping[Key, Decimal | DomainError | None]:
        """Prices, or why there is none; at most five statements for any number of lines."""
        ids = {ask.contract_line_id for ask in asks}
        lines = ContractLine.objects.select_related("contract__buyer", "uom").in_bulk(ids)
        prices = prices_of(ids)
        zones = {line.contract.buyer.time_zone for line in lines.values()}
        values = {zone: values_of((row for rows in prices.values() for row in rows), zone) for zone in zones}
        categories = _categories(asks, lines)
        barred = _barred(asks)
        found: dict[Key, Decimal | DomainError | None] = {}
        for ask in asks:
            line = lines.get(ask.contract_line_id)
            problem = problem_of(ask, line, categories.get(ask.variant_id, ())) or barred.get(ask.key)
            if problem or line is None:
                found[ask.key] = problem or out_of_scope(ask.key[1])
                continue
            day = _pricing_day(line.contract, ask)
            known = values[line.contract.buyer.time_zone]
            found[ask.key] = price_on(prices.get(line.pk, []), known, day, ask.quantity)
        return found

    def check(self, uses: Sequence[CallOffUse]) -> Mapping[Key, DomainError]:
        """What goes beyond a limit, in the order of the lines; two statements. The lines stay locked."""
        held = hold({use.contract_line_id for use in uses})
        problems: dict[Key, DomainError] = {}
        for use in uses:
            line = held.lines[use.contract_line_id]
            problem = in_force_problem(held.contracts[line.contract_id]) or held.take(line, use.quantity, use.net)
            if problem:
                problem.field, problem.index = "quantity", use.key[1]
                problems[use.key] = problem
        return problems

    def book(self, actor: Actor, uses: Sequence[CallOffUse]) -> None:
        """Write call-offs with their first movement, and count them; a handful of statements for any number."""
        taken = [use for use in uses if use.quantity > ZERO]
        rows = ContractCallOff.objects.bulk_create(
            ContractCallOff(
                seller_id=use.seller_id,
                buyer_id=use.buyer_id,
                contract_line_id=use.contract_line_id,
                order_id=use.order_id,
                order_line_id=use.line_id,
                quantity=use.quantity,
                amount=use.net,
            )
            for use in taken
        )
        write_moves(actor, [(row, CallOffCause.CALLED, row.quantity, row.amount, 1) for row in rows])

    def raise_to(self, actor: Actor, order_id: int, wanted: Mapping[int, tuple[Decimal, Decimal]]) -> None:
        """Take what an order will need more than it has; what it will need less is given back by the outbox."""
        known = list(ContractCallOff.objects.filter(order=order_id, order_line__in=list(wanted)))
        if not known:
            return
        held = hold({row.contract_line_id for row in known})
        rows = of_orders([order_id])
        problems: list[DomainError] = []
        moves: list[tuple[ContractCallOff, CallOffCause, Decimal, Decimal, int]] = []
        for row in rows:
            if row.order_line_id not in wanted:
                continue
            quantity, net = wanted[row.order_line_id]
            more, worth = quantity - live(row)[0], max(net - live(row)[1], ZERO)
            if more <= ZERO:
                continue
            line = held.lines[row.contract_line_id]
            contract = held.contracts[line.contract_id]
            problem = in_force_problem(contract, today_of_buyer(contract)) or held.take(line, more, worth)
            if problem:
                problems.append(problem)
            else:
                moves.append((row, CallOffCause.RAISED, more, worth, last_seq(row) + 1))
        raise_all(problems)
        write_moves(actor, moves)


def hold(line_ids: Iterable[int]) -> Held:
    """Lock contract lines, with all lines of those contracts whose amount is limited as a whole; two statements."""
    wanted = Q(pk__in=list(line_ids))
    whole = Q(contract__in=Contract.objects.filter(amount_limit__isnull=False, lines__in=list(line_ids)).values("pk"))
    rows = ContractLine.objects.filter(wanted | whole).order_by("pk").select_for_update(no_key=True, of=("self",))
    lines = {row.pk: row for row in rows}
    contracts = Contract.objects.select_related("buyer").in_bulk({row.contract_id for row in lines.values()})
    return Held(lines, contracts)


def hold_contract(contract_id: int) -> None:
    """Lock all lines of a contract, so that nothing is called off while its status or limits change (level 3)."""
    rows = ContractLine.objects.filter(contract=contract_id).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def problem_of(ask: CallOffAsk, line: ContractLine | None, categories: Sequence[int]) -> DomainError | None:
    """Why this line cannot be called off so, before its limit is asked (contracts §8)."""
    if line is None:
        return out_of_scope(ask.key[1])
    contract, index = line.contract, ask.key[1]
    goods = ask.variant_id == line.variant_id or (line.category_id is not None and line.category_id in categories)
    sides = (contract.seller_id, contract.buyer_id, contract.currency) == (ask.seller_id, ask.buyer_id, ask.currency)
    if not (goods and sides and ask.uom_id == line.uom_id):
        return out_of_scope(index)
    zone = contract.buyer.time_zone
    if contract.status != ContractStatus.EFFECTIVE or not holds(
        contract.effective_on, contract.ends_on, order_day(ask.placed_at, zone), _pricing_day(contract, ask)
    ):
        return not_in_force(contract, index)
    if line.minimum is not None and ask.quantity < line.minimum:
        text = _("A call-off begins at %(minimum)s.") % {"minimum": _plain(line.minimum)}
        return DomainError(OrderErrorCode.CALL_MINIMUM, text, "quantity", index)
    if is_off_pack(ask.quantity, line.pack):
        text = _("A call-off comes in packs of %(pack)s.") % {"pack": _plain(line.pack or ZERO)}
        return DomainError(OrderErrorCode.CALL_PACK, text, "quantity", index)
    return None


def out_of_scope(index: int | None = None) -> DomainError:
    """The contract does not cover these goods, this unit, or this trade."""
    text = _("The contract does not cover these goods in this unit.")
    return DomainError(OrderErrorCode.CONTRACT_SCOPE, text, "contract_line", index)


def not_in_force(contract: Contract, index: int | None = None) -> DomainError:
    """The contract does not hold on the day."""
    text = _("Contract %(number)s is %(status)s, or does not hold on this day.")
    values = {"number": contract.number, "status": ContractStatus(contract.status).label}
    return DomainError(OrderErrorCode.CONTRACT_NOT_IN_FORCE, text % values, "contract_line", index)


def exhausted(left: Decimal, currency: str) -> DomainError:
    """More than is left, with what that is."""
    shown = f"{currency} {round_money(left, currency)}" if currency else _plain(left)
    text = _("Only %(left)s is left to call off.") % {"left": shown}
    return DomainError(OrderErrorCode.CONTRACT_EXHAUSTED, text, "quantity")


def in_force_problem(contract: Contract, today: date | None = None) -> DomainError | None:
    """Asked again under the lock: somebody may have paused or ended it since."""
    over = today is not None and contract.ends_on is not None and today > contract.ends_on
    return not_in_force(contract) if contract.status != ContractStatus.EFFECTIVE or over else None


def today_of_buyer(contract: Contract) -> date:
    """The day it is where the buyer is, by the database's clock."""
    return order_day(database_now(), contract.buyer.time_zone)


def live(row: ContractCallOff) -> tuple[Decimal, Decimal]:
    """Quantity and amount that a call-off holds now."""
    return row.quantity - row.freed_quantity, row.amount - row.freed_amount


def of_orders(order_ids: Iterable[int]) -> list[ContractCallOff]:
    """The call-offs of orders as they stand, with the number of their last movement; their lines are locked."""
    rows = ContractCallOff.objects.filter(order__in=list(order_ids)).order_by("pk")
    return list(rows.annotate(last_seq=Max("moves__seq")))


def last_seq(row: ContractCallOff) -> int:
    """The number of a call-off's last movement, as `of_orders` read it."""
    return getattr(row, "last_seq", 0) or 0


def write_moves(actor: Actor, moves: Sequence[tuple[ContractCallOff, CallOffCause, Decimal, Decimal, int]]) -> None:
    """Write movements (call-off, cause, signed quantity and amount, number), and bring counters after them."""
    if not moves:
        return
    ContractCallOffMove.objects.bulk_create(
        ContractCallOffMove(
            seller_id=row.seller_id,
            buyer_id=row.buyer_id,
            call_off=row,
            seq=seq,
            cause=cause,
            quantity=quantity,
            amount=amount,
            by_id=actor.user_id,
        )
        for row, cause, quantity, amount, seq in moves
    )
    changed: list[ContractCallOff] = []
    sums: dict[int, list[Decimal]] = {}
    for row, cause, quantity, amount, _seq in moves:
        if cause == CallOffCause.RAISED:
            row.quantity, row.amount = row.quantity + quantity, row.amount + amount
            changed.append(row)
        elif cause == CallOffCause.FREED:
            row.freed_quantity, row.freed_amount = row.freed_quantity - quantity, row.freed_amount - amount
            changed.append(row)
        total = sums.setdefault(row.contract_line_id, [ZERO, ZERO])
        total[0] += quantity
        total[1] += amount
    if changed:
        ContractCallOff.objects.bulk_update(changed, ["quantity", "amount", "freed_quantity", "freed_amount"])
    ordered = sorted(sums.items())
    with connection.cursor() as cursor:
        columns = [[key for key, _both in ordered], *zip(*(both for _key, both in ordered), strict=True)]
        cursor.execute(COUNT, [numbers(column) for column in columns])
    write_entries(actor, [(row, cause, quantity) for row, cause, quantity, _amount, _seq in moves])


def _pricing_day(contract: Contract, ask: CallOffAsk) -> date:
    return pricing_day(contract.pricing_date, ask.placed_at, contract.buyer.time_zone, ask.required_on)


def _categories(asks: Sequence[CallOffAsk], lines: Mapping[int, ContractLine]) -> dict[int, Sequence[int]]:
    """The category of each variant with all above it; asked only where a contract line is for a category."""
    if all(line.category_id is None for line in lines.values()):
        return {}
    variants = Variant.objects.filter(pk__in={ask.variant_id for ask in asks}, product__category__isnull=False)
    return dict(variants.values_list("pk", "product__category__ancestors"))


def _barred(asks: Sequence[CallOffAsk]) -> dict[Key, DomainError]:
    """Sellers that the buyer has barred for these goods; one statement."""
    rows = SourceList.objects.filter(
        use=SourceUse.BARRED,
        organization__in={ask.buyer_id for ask in asks},
        seller__in={ask.seller_id for ask in asks},
        variant__in={ask.variant_id for ask in asks},
    )
    barred = {(row.organization_id, row.seller_id, row.variant_id): row for row in rows}
    found: dict[Key, DomainError] = {}
    for ask in asks:
        row = barred.get((ask.buyer_id, ask.seller_id, ask.variant_id))
        if row is not None and row.holds_on(ask.placed_at.date()):
            text = _("This supplier is barred for these goods.")
            found[ask.key] = DomainError(OrderErrorCode.SUPPLIER_BARRED, text, "seller", ask.key[1])
    return found


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
