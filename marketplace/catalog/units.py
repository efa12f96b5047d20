"""Units of measure, shared by all organizations."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import UnitOfMeasure
from marketplace.catalog.values import check, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError

# Units that trade needs everywhere: code, Chinese, English, decimals a quantity may have.
COMMON = (
    ("PCS", "件", "piece", 0),
    ("SET", "套", "set", 0),
    ("PAIR", "双", "pair", 0),
    ("BAG", "袋", "bag", 0),
    ("BTL", "瓶", "bottle", 0),
    ("BOX", "盒", "box", 0),
    ("CTN", "箱", "carton", 0),
    ("PLT", "托", "pallet", 0),
    ("KG", "千克", "kg", 3),
    ("G", "克", "g", 0),
    ("L", "升", "l", 3),
    ("ML", "毫升", "ml", 0),
    ("M", "米", "m", 3),
    ("CM", "厘米", "cm", 1),
    ("W", "瓦", "W", 0),
)


def common_units() -> dict[str, UnitOfMeasure]:
    """The common units by code, made where they are missing. Two statements."""
    rows = [UnitOfMeasure(code=code, name_zh=zh, name_en=en, exponent=exponent) for code, zh, en, exponent in COMMON]
    UnitOfMeasure.objects.bulk_create(rows, ignore_conflicts=True)
    return {unit.code: unit for unit in UnitOfMeasure.objects.filter(code__in=[row.code for row in rows])}


def unit_create(actor: Actor, code: str, name_zh: str = "", name_en: str = "", exponent: int = 0) -> UnitOfMeasure:
    """Make a unit of measure for everybody. `exponent`: decimals a quantity in it may have, 0 to 6.

    Nobody changes one afterwards: quantities of others are counted in it.
    """
    actor.require("catalog.manage")
    row = UnitOfMeasure(code=code.strip().upper(), name_zh=name_zh, name_en=name_en, exponent=exponent)
    problems = [
        *unnamed(name_zh, name_en),
        *too_long({"code": row.code, "name_zh": name_zh, "name_en": name_en}, UnitOfMeasure),
    ]
    if not row.code:
        problems.append(DomainError(Code.REQUIRED, _("A code is needed."), "code"))
    if not 0 <= exponent <= 6:
        problems.append(DomainError(Code.INVALID, _("A quantity has 0 to 6 decimals."), "exponent"))
    if UnitOfMeasure.objects.filter(code=row.code).exists():
        problems.append(taken("code", row.code))
    check(problems)
    with transaction.atomic():
        row.save()
    return row


def units_by_code(codes: list[str]) -> dict[str, UnitOfMeasure]:
    """Units by upper-case code. One statement."""
    wanted = {code.strip().upper() for code in codes if code}
    return {unit.code: unit for unit in UnitOfMeasure.objects.filter(code__in=wanted)}


def unit_by_code(code: str, field: str, problems: list[DomainError], index: int | None = None) -> UnitOfMeasure | None:
    """The unit of a code; appends UNKNOWN_UOM when there is none."""
    unit = UnitOfMeasure.objects.filter(code=code.strip().upper()).first()
    if unit is None:
        problems.append(unknown_unit(code, field, index))
    return unit


def unknown_unit(code: str, field: str = "uom", index: int | None = None) -> DomainError:
    """UNKNOWN_UOM for a code nobody made."""
    return DomainError(Code.UNKNOWN_UOM, _("There is no unit of measure %(code)s.") % {"code": code}, field, index)
