"""Rebate policies from a sheet: each row is a band, rows of one code make a policy; all of it or nothing (rebates §8).

Tables of the methods ROLLING and TOTAL, which other systems know, come in this way only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import TextChoices
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from marketplace.catalog.models import UnitOfMeasure
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.sheets import open_sheet
from ordercenter.rebates.drafts import LineDraft, PolicyDraft, TierDraft
from ordercenter.rebates.enums import (
    BasisTax,
    PayoutMethod,
    RebateBasis,
    RebateNewcomer,
    RebatePeriod,
    RebateQualifier,
    RebateReward,
    RewardOn,
    TierMethod,
)
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.policies import policy_create

CHOICES: dict[str, type[TextChoices]] = {
    "period": RebatePeriod,
    "basis": RebateBasis,
    "basis_tax": BasisTax,
    "payout": PayoutMethod,
    "method": TierMethod,
    "qualifier": RebateQualifier,
    "reward_on": RewardOn,
    "newcomer": RebateNewcomer,
    "reward": RebateReward,
}
NUMBERS = ("lower", "upper", "value", "basis_cap", "min_payout", "sequence")
TEXTS = ("code", "name_zh", "name_en", "overlap_group", "uom")
DAYS = ("valid_from", "valid_to")
COLUMNS = (*TEXTS, *DAYS, *CHOICES, *NUMBERS)
OF_POLICY = ("code", "name_zh", "name_en", "overlap_group", "period", "basis", "basis_tax", "payout", "min_payout")
OF_LINE = ("method", "qualifier", "reward_on", "newcomer", "basis_cap")
LARGEST = 20_000

Values = dict[str, Any]


def import_policies(actor: Actor, content: bytes, file_name: str) -> list[RebatePolicy]:
    """Make a draft of each code of a sheet. Raises every problem, its row as index (the heading is row 1)."""
    actor.require("rebates.manage")
    if actor.organization is None:
        raise not_found("organization")
    sheet = open_sheet(content, file_name)
    unknown = [heading for heading in sheet.headings if heading.strip().lower() not in COLUMNS]
    raise_all(_heading_problems(sheet.headings, unknown))
    uoms = dict(UnitOfMeasure.objects.values_list("code", "pk"))
    zone = ZoneInfo(actor.organization.time_zone)
    groups: dict[str, list[tuple[int, Values]]] = {}
    problems: list[DomainError] = []
    for number, cells in _numbered(sheet.rows):
        values, found = _read(number, cells, uoms, zone)
        problems += found
        groups.setdefault(str(values.get("code", "")), []).append((number, values))
    raise_all(problems)
    with transaction.atomic():
        made = [policy for rows in groups.values() if (policy := _make(actor, rows, problems))]
        raise_all(problems)
        told = {"file": file_name, "policies": len(made)}
        owner = (actor.own_id,)
        record(actor, DomainEvent("rebates.policies_imported", "organization", actor.own_id, owner, told))
    return made


def _heading_problems(headings: list[str], unknown: list[str]) -> Iterator[DomainError]:
    if unknown:
        text = _("Unknown columns: %(names)s.") % {"names": ", ".join(unknown)}
        yield DomainError(CoreErrorCode.INVALID, text, "file", 1)
    missing = [name for name in ("code", "lower", "value") if name not in {h.strip().lower() for h in headings}]
    if missing:
        text = _("Missing columns: %(names)s.") % {"names": ", ".join(missing)}
        yield DomainError(CoreErrorCode.REQUIRED, text, "file", 1)


def _numbered(rows: Any) -> Iterator[tuple[int, Mapping[str, str]]]:
    for count, row in enumerate(rows):
        if count >= LARGEST:
            text = _("At most %(limit)s rows.") % {"limit": LARGEST}
            raise DomainError(CoreErrorCode.INVALID, text, "file")
        yield row


def _read(
    number: int, cells: Mapping[str, str], uoms: Mapping[str, int], zone: ZoneInfo
) -> tuple[Values, list[DomainError]]:
    values: Values = {}
    problems: list[DomainError] = []
    for heading, cell in cells.items():
        name, text = heading.strip().lower(), str(cell).strip()
        if not text:
            continue
        try:
            values[name] = _value(name, text, uoms, zone)
        except (KeyError, ValueError, InvalidOperation):
            said = _("%(value)s is not a value of %(column)s.") % {"value": text, "column": name}
            problems.append(DomainError(CoreErrorCode.INVALID, said, name, number))
    if not values.get("code"):
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("A rebate policy needs a code."), "code", number))
    return values, problems


def _value(name: str, text: str, uoms: Mapping[str, int], zone: ZoneInfo) -> Any:
    """A cell as what its column holds; choices by code or by their label."""
    if name in CHOICES:
        by_word = {word.lower(): one for one in CHOICES[name] for word in (one.name, str(one.label))}
        return by_word[text.lower()]
    if name == "sequence":
        return int(text)
    if name in NUMBERS:
        number = Decimal(text.replace(",", ""))
        if not number.is_finite():
            raise ValueError(text)
        return number
    if name in DAYS:
        day = parse_date(text[:10])
        if day is None:
            raise ValueError(text)
        return datetime.combine(day, time.min, zone)
    return uoms[text] if name == "uom" else text


def _make(actor: Actor, rows: list[tuple[int, Values]], problems: list[DomainError]) -> RebatePolicy | None:
    number, first = rows[0]
    columns = {name: first[name] for name in (*OF_POLICY, *DAYS, "sequence") if name in first}
    columns.setdefault("name_en", "" if columns.get("name_zh") else first.get("code", ""))
    tiers = [
        TierDraft(
            values.get("lower", Decimal(0)),
            values.get("upper"),
            values.get("reward", RebateReward.PERCENT),
            values.get("value", Decimal(0)),
        )
        for _number, values in rows
    ]
    line = LineDraft(tiers, uom_id=first.get("uom"), **{name: first[name] for name in OF_LINE if name in first})
    try:
        with transaction.atomic():
            return policy_create(actor, PolicyDraft(columns, [line]), imported=True)
    except (DomainError, DomainErrors) as refused:
        found = [refused] if isinstance(refused, DomainError) else refused.errors
        for one in found:
            place = rows[one.index][0] if one.index is not None and one.index < len(rows) else number
            problems.append(DomainError(one.code, one.message, one.field, place))
    return None
