"""Rules and lines for the engine, made in a few words, without a database."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count
from typing import Any

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.money import round_money
from ordercenter.promotions.engine.entry import Run, Situation
from ordercenter.promotions.engine.rules import Rule, rule_of
from ordercenter.promotions.engine.run import run_rules
from ordercenter.promotions.engine.sheet import Sheet
from ordercenter.promotions.results import result_of
from ordercenter.promotions.terms import BasketLine, Evaluated, PromotionAsk

_ids = count(1)

PLAIN: dict[str, Any] = {
    "version": 1, "label_zh": "", "label_en": "", "effect": "percent_off", "level": "line", "reward": "percent",
    "currency": "CNY", "priority": 100, "stacking": "stackable", "best_group": "", "stop": False,
    "threshold_on": "list", "minimum": "0", "minimum_over": "matching", "max_times": None, "max_sets": None,
    "uom": None, "coupon_required": False, "on_short": "skip", "gift_mode": "zero", "hint_percent": 20,
    "value": None, "buy": None, "get": None, "every": None, "max_quantity": None, "max_discount": None,
    "audience": [], "scope": [], "tiers": [], "components": [], "pool": None, "funding": {},
}  # fmt: skip


def rule(**fields: Any) -> Rule:
    """A stackable rule of percent off lines at priority 100, and what is told otherwise; numbers as one likes."""
    number = fields.pop("id", None) or next(_ids)
    data = {"id": number, "root": number, "code": f"P{number}"} | PLAIN
    data |= {name: str(value) if isinstance(value, Decimal | float) else value for name, value in fields.items()}
    return rule_of(json.dumps(data))


def order_rule(effect: str = "percent_off", **fields: Any) -> Rule:
    return rule(**({"effect": effect, "level": "order"} | fields))


def scope(exclude: bool = False, **ids: int) -> dict[str, Any]:
    return {"exclude": exclude, "variant": None, "product": None, "category": None, "brand": None} | ids


def tier(threshold: Any, value: Any = None, reward: str = "percent", pool: Any = None) -> dict[str, Any]:
    return {"id": next(_ids), "threshold": str(threshold), "reward": reward, "value": value, "pool": pool}


def pool(*items: dict[str, Any], choose: int = 1, on_short: str = "backorder") -> dict[str, Any]:
    return {"choose": choose, "on_short": on_short, "items": list(items)}


def item(variant: int, quantity: Any = 1, price: Any = None, uom: int = 1, id: int | None = None) -> dict[str, Any]:
    return {"id": id or next(_ids), "variant": variant, "uom": uom, "quantity": str(quantity), "price": price}


def line(price: Any, quantity: Any = 1, **fields: Any) -> BasketLine:
    """A line of one variant at a unit price; `factor` base units in one of its uom."""
    price, quantity = Decimal(str(price)), Decimal(str(quantity))
    factor = Decimal(str(fields.pop("factor", 1)))
    variant = fields.pop("variant", None) or next(_ids)
    known: dict[str, Any] = {
        "key": fields.pop("key", None) or f"line {variant}",
        "scope": fields.pop("scope", None) or ScopeKeys(variant, variant + 1_000_000, fields.pop("category", ())),
        "uom_id": 1,
        "quantity": quantity,
        "factor": factor,
        "base_quantity": quantity * factor,
        "unit_price": price,
        "list_amount": round_money(price * quantity, "CNY"),
    }
    if "floor_price" in fields:
        fields["floor_price"] = Decimal(str(fields["floor_price"]))
    return BasketLine(**(known | fields))


def evaluated(lines: list[BasketLine], *rules: Rule, packs: Any = None, **situation: Any) -> Evaluated:
    """What rules make of lines; `situation` as of the engine."""
    return result_of(*worked(lines, *rules, packs=packs, **situation))


def worked(lines: list[BasketLine], *rules: Rule, packs: Any = None, most: Any = 100, **situation: Any) -> Any:
    sheet = Sheet(lines, "CNY", packs, Decimal(most))
    basket = PromotionAsk("basket", 1, 1, "CNY", "dealer", None, lines)  # type: ignore[arg-type]
    run: Run = run_rules(sheet, rules, Situation(**situation))
    return run, basket


def off(found: Evaluated) -> list[Decimal]:
    """What is taken off each line, in their order."""
    assert found.basket is not None
    return [found.discounts.get(line.key, Decimal(0)) for line in found.basket.lines]


def amounts(*values: Any) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]
