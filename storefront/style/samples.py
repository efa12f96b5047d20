"""Made-up rows in the shape of answers, for the style page alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storefront.problems import Problems

STATES = (
    ("PLACED", gettext_lazy("Awaiting confirmation")),
    ("CONFIRMED", gettext_lazy("Confirmed")),
    ("PARTIALLY_SHIPPED", gettext_lazy("Partially shipped")),
    ("COMPLETED", gettext_lazy("Completed")),
    ("DECLINED", gettext_lazy("Declined")),
    ("DRAFT", gettext_lazy("Draft")),
    ("PAUSED", gettext_lazy("Paused")),
)
PARTNERS = ("杭州云栖百货 Yunqi Trading", "成都锦里商贸 Jinli Trading", "Harbour Wholesale")


def money(amount: str, currency: str = "CNY") -> dict[str, str]:
    """An amount as answers give it."""
    return {"amount": amount, "currency": currency}


def samples(request: HttpRequest) -> dict[str, Any]:
    """Everything that the style page shows."""
    now = timezone.now()
    narrowed = bool(request.GET.get("search") or request.GET.get("status"))
    return {
        "orders": connection([] if narrowed else [order(n, now) for n in range(8)], 1284),
        "nothing": connection([], 0),
        "days": [day(n, now) for n in range(14)],
        "shares": [{"name": name, "value": value} for name, value in zip(PARTNERS, (48, 31, 21), strict=True)],
        "states": STATES,
        "now": now.isoformat(),
        "earlier": (now - dt.timedelta(hours=26)).isoformat(),
        "today": now.date().isoformat(),
        "price": money("12.5"),
        "unit_price": money("0.0735"),
        "yen": money("128000", "JPY"),
        "debt": money("-1250.40"),
        "uom": {"code": "CTN", "name": _("Carton")},
        "choices": [("PCS", _("Piece")), ("BOX", _("Box")), ("CTN", _("Carton"))],
        "partners": [{"id": str(n), "name": name} for n, name in enumerate(PARTNERS)],
        "refused": refused(),
        "goods": goods(),
    }


def connection(rows: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """Rows as a list with pages."""
    more = total > len(rows) > 0
    paging = {"hasNextPage": more, "hasPreviousPage": False, "startCursor": "a", "endCursor": "b"}
    return {"totalCount": total, "pageInfo": paging, "edges": [{"node": row} for row in rows]}


def order(n: int, now: dt.datetime) -> dict[str, Any]:
    """A row of a list."""
    code, label = STATES[n % len(STATES)]
    amount = str(Decimal(1284) * (n + 1) + Decimal(n * 37) / 100)
    return {
        "id": f"o{n}",
        "number": f"SO-{1042 - n:06}",
        "partner": PARTNERS[n % 3],
        "status": code,
        "label": label,
        "placed": (now - dt.timedelta(hours=7 * n)).isoformat(),
        "total": money(amount),
        "lines": 3 * n + 2,
        "fixed": n == 3,
    }


def day(n: int, now: dt.datetime) -> dict[str, Any]:
    """A day of figures."""
    return {
        "day": (now - dt.timedelta(days=13 - n)).strftime("%m-%d"),
        "turnover": money(str(18_000 + (n * 7919) % 9000)),
        "before": money(str(16_000 + (n * 5417) % 8000)),
        "orders": 12 + (n * 5) % 9,
    }


def refused() -> Problems:
    """A form that came back."""
    typed = QueryDict("do=Refused&refused.sku=PAN 001&refused.price=-4")
    errors = [
        {"field": "refused.sku", "message": _("A SKU has no spaces."), "index": None},
        {"field": "refused.price", "message": _("A price is not below zero."), "index": None},
    ]
    return Problems("Refused", errors, typed)


def goods() -> dict[str, Any]:
    """A product in two colours and two sizes, of which one is not made."""
    colours, sizes = (_("White"), _("Black")), ("500 ml", "750 ml")
    piece, box = {"code": "PCS", "name": _("Piece")}, {"code": "BOX", "name": _("Box")}
    levels = (("IN_STOCK", "1,200", "1200"), ("LOW", "8", "8"), ("OUT_OF_STOCK", _("Out of stock"), "0"))
    made = [(colour, size) for colour in colours for size in sizes][:3]
    variants = [
        {
            "id": f"v{n}",
            "sku": f"BTL01-{n + 1}",
            "name": f"{colour} / {size}",
            "isOrderable": True,
            "price": {"unitPrice": money(str(85 + 12 * n)), "uom": piece},
            "packs": [{"uom": piece, "factor": "1"}, {"uom": box, "factor": "12"}],
            "quantityRule": {"min": "1", "step": "1", "max": None},
            "availability": {"level": level, "label": label, "quantity": quantity, "uom": piece},
            "attributes": [
                {"code": "colour", "name": _("Colour"), "value": colour},
                {"code": "size", "name": _("Size"), "value": size},
            ],
        }
        for n, ((colour, size), (level, label, quantity)) in enumerate(zip(made, levels, strict=True))
    ]
    name = _("Steel bottle")
    return {"id": "g", "name": name, "sellerId": "s", "brand": None, "axes": ["colour", "size"], "variants": variants}
