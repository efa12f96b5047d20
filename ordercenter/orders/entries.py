"""What a line of a cart or pad comes to now: goods, price, stock, and what is wrong with it; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.catalog.goods import Goods, GoodsRequest, find_codes, load_goods
from marketplace.catalog.quantities import line_problem
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from ordercenter.orders.arithmetic import ZERO, Amounts, LineCalculator, sums
from ordercenter.orders.drafts import LINE_LIMIT
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.paste import RawLine, quantity_of
from ordercenter.orders.terms import BuyingTerms, buying_terms
from ordercenter.pricing.freeze import Held, held_result
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest, PriceResult
from ordercenter.stock.availability import Seen, available_of

#: Off these a quantity can be brought to the next allowed one.
SNAPPABLE = ("QUANTITY_MINIMUM", "QUANTITY_STEP")


@dataclass(frozen=True, slots=True)
class Wish:
    """So much of a variant, in a uom by id or code or in the default one; quantity None: it did not read as one."""

    variant_id: int
    quantity: Decimal | None
    uom_id: int | None = None
    uom_code: str | None = None


@dataclass(slots=True)
class CheckedLine:
    """A wish as it stands now. `code` and `message` say what is wrong; `snapped` is the next allowed quantity.

    `unit_price` is the one an order would get: the held one, where one is `held`; `price_now` is that of the lists.
    `counted`: the quantity that counts for its tier, in its uom; more than its own where lines are added up.
    """

    wish: Wish
    goods: Goods | None = None
    held: Held | None = None
    price_now: Decimal | None = None
    counted: Decimal | None = None
    unit_price: Decimal | None = None
    price: PriceResult | None = None
    amounts: Amounts | None = None
    seen: Seen | None = None
    code: str | None = None
    message: str | None = None
    snapped: Decimal | None = None


@dataclass(slots=True)
class CheckedLines:
    """Lines of one buyer at one seller; `totals` are over the good ones."""

    currency: str
    lines: list[CheckedLine]
    totals: Amounts


@dataclass(slots=True)
class EntryLine:
    """A line that was pasted or typed; equal ones are merged into their first."""

    raw: RawLine
    checked: CheckedLine


@dataclass(slots=True)
class EntryCheck:
    """What reading lines found."""

    terms: BuyingTerms
    lines: list[EntryLine]
    totals: Amounts
    merged: int

    @property
    def currency(self) -> str:
        return self.terms.currency

    @property
    def good(self) -> list[EntryLine]:
        return [line for line in self.lines if line.checked.code is None]


def check_lines(
    actor: Actor, terms: BuyingTerms, wishes: Sequence[Wish], held: Mapping[int, Held] | None = None
) -> CheckedLines:
    """Goods, prices with tiers over all lines, and stock; three statements for any number of lines.

    `held`: prices that the cart keeps, by the place of their wish.
    """
    goods, held = goods_of(actor, terms, wishes), held or {}
    lines = [CheckedLine(wish, goods.get(key), held.get(key)) for key, wish in enumerate(wishes)]
    return evaluate(actor, terms, lines)


def judge_lines(actor: Actor, terms: BuyingTerms, wishes: Sequence[Wish]) -> list[CheckedLine]:
    """Goods, and what is wrong with their quantities, without prices and stock; one statement."""
    goods = goods_of(actor, terms, wishes)
    lines = [CheckedLine(wish, goods.get(key)) for key, wish in enumerate(wishes)]
    for line in lines:
        _judge(line)
    return lines


def goods_of(actor: Actor, terms: BuyingTerms, wishes: Sequence[Wish]) -> dict[object, Goods]:
    """The goods of wishes by their place; one statement."""
    requests = [
        GoodsRequest(key, terms.partnership_id, wish.variant_id, wish.uom_id, wish.uom_code)
        for key, wish in enumerate(wishes)
    ]
    return dict(load_goods(actor, terms.seller_id, requests, with_packs=True))


def evaluate(actor: Actor, terms: BuyingTerms, lines: list[CheckedLine]) -> CheckedLines:
    """Say of lines whose goods are known what is wrong with them, what they cost and what is there."""
    for line in lines:
        _judge(line)
    _price(actor, terms, lines)
    seen = available_of(actor, [line.goods.variant_id for line in lines if line.goods], terms.seller_id)
    for line in lines:
        line.seen = seen.get(line.goods.variant_id) if line.goods else None
    good = [line.amounts for line in lines if line.amounts and line.code is None]
    return CheckedLines(terms.currency, lines, sums(good) if good else Amounts(*[ZERO] * 6))


def _judge(line: CheckedLine) -> None:
    goods, quantity = line.goods, line.wish.quantity
    found = line_problem(goods, quantity or ZERO)
    if quantity is None and (not found or found[0].startswith("QUANTITY")):
        line.code, line.message = "QUANTITY_INVALID", _("This is not a quantity.")
    elif found:
        line.code, line.message = found
        if line.code in SNAPPABLE and goods is not None and quantity is not None:
            line.snapped = goods.rule.snap(quantity)


def _price(actor: Actor, terms: BuyingTerms, lines: Sequence[CheckedLine]) -> None:
    """Price every line that can be priced, wrong quantities included: people see what the right one would cost."""
    requests: list[PriceRequest] = []
    for key, line in enumerate(lines):
        quantity, goods = line.wish.quantity, line.goods
        if goods and goods.uom_known and goods.orderable and quantity is not None and quantity > 0:
            requests.append(PriceRequest(key, terms.partnership_id, goods.variant_id, goods.uom_id, quantity))
    calculator: LineCalculator | None = None
    for price in resolve(actor, terms.seller_id, requests):
        assert isinstance(price.key, int)
        calculator = calculator or LineCalculator(terms.currency, price.tax_included)
        line = lines[price.key]
        line.price_now = price.unit_price
        _set_price(line, held_result(price, line.held), calculator)


def _set_price(line: CheckedLine, price: PriceResult, calculator: LineCalculator) -> None:
    goods, quantity = line.goods, line.wish.quantity
    if goods is None or quantity is None:
        return
    if price.error is not None:
        if line.code is None:
            problem = price.problem("variant", None, goods.sku)
            line.code, line.message = price.error.name, str(problem.message) if problem else ""
        return
    line.unit_price, line.price = price.unit_price, price
    if price.base_quantity is not None and price.factor:
        line.counted = max(price.base_quantity, price.threshold or ZERO) / price.factor
    if price.unit_price is not None:
        line.amounts = calculator.line(price.unit_price, quantity, goods.tax_rate)


def parse_entries(actor: Actor, seller_id: int, raw: Sequence[RawLine], buyer_id: int | None = None) -> EntryCheck:
    """Check lines that were pasted, uploaded or typed; five statements, for one line and for 1,000 (orders §9).

    Codes are found among SKUs, the buyer's own codes and barcodes; equal (SKU, uom) are added up and keep the place of
    the first. `buyer_id`: a dealer for whom its seller's people enter the lines. Raises NOT_FOUND for the seller or the
    buyer, ORDER_TOO_LARGE.
    """
    if len(raw) > LINE_LIMIT:
        text = _("An order has at most %(limit)s lines; this one has %(count)s.")
        values = {"limit": LINE_LIMIT, "count": len(raw)}
        raise_all([DomainError(OrderErrorCode.ORDER_TOO_LARGE, text % values, "lines")])
    terms = buying_terms(actor, seller_id, buyer_id)
    known = find_codes(actor, seller_id, terms.buyer_id, [line.code for line in raw])
    lines = [_entry(one, known.get(one.code), terms) for one in raw]
    found = [line for line in lines if line.checked.code is None]
    goods = goods_of(actor, terms, [line.checked.wish for line in found])
    for key, line in enumerate(found):
        line.checked.goods = goods.get(key)
    merged = {id(line) for line in _merge(found)}
    checked = evaluate(actor, terms, [line.checked for line in found if id(line) not in merged])
    return EntryCheck(terms, [line for line in lines if id(line) not in merged], checked.totals, len(merged))


def _entry(raw: RawLine, variant_id: int | None, terms: BuyingTerms) -> EntryLine:
    quantity = quantity_of(raw.quantity)
    if variant_id is not None:
        return EntryLine(raw, CheckedLine(Wish(variant_id, quantity, uom_code=terms.uom_code(raw.uom) or None)))
    text = _("There is no SKU %(code)s.") if raw.code else _("The code is missing.")
    checked = CheckedLine(Wish(0, quantity), code="UNKNOWN_VARIANT", message=text % {"code": raw.code})
    return EntryLine(raw, checked)


def _merge(lines: Sequence[EntryLine]) -> list[EntryLine]:
    """Add lines of the same variant and uom up into their first; the others, which are left out."""
    first: dict[tuple[int, int], EntryLine] = {}
    merged: list[EntryLine] = []
    for line in lines:
        goods, wish = line.checked.goods, line.checked.wish
        if goods is None or not goods.uom_known or wish.quantity is None:
            continue
        same = first.setdefault((goods.variant_id, goods.uom_id), line)
        if same is not line:
            total = (same.checked.wish.quantity or ZERO) + wish.quantity
            same.checked.wish = replace(same.checked.wish, quantity=total)
            merged.append(line)
    return merged
