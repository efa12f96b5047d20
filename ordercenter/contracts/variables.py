"""Variables of texts: `{{party.name}}`, typed, filled once; what has no value is told, all at once (contracts §3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from ordercenter.contracts.enums import VariableKind
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.models import Contract

PATTERN = re.compile(r"\{\{\s*([A-Za-z][\w.]*)\s*\}\}")


def names_in(texts: Iterable[str]) -> list[str]:
    """The variables of texts, each once, in the order they come."""
    return list(dict.fromkeys(name for text in texts for name in PATTERN.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled; one without a value stays as it was written."""
    return PATTERN.sub(lambda found: values.get(found[1], "") or found[0], text)


def known_values(contract: Contract) -> dict[str, str]:
    """What every text may say without asking: parties, number, days, terms, in the active language."""
    return {
        "seller.name": contract.seller.name,
        "buyer.name": contract.buyer.name,
        "contract.number": contract.number,
        "contract.title": contract.title,
        "contract.currency": contract.currency,
        "contract.effective": _day(contract.effective_on),
        "contract.ends": _day(contract.ends_on) if contract.ends_on else _("until it is terminated"),
        "contract.payment": contract.payment_terms,
        "contract.delivery": contract.delivery_terms,
        "contract.warranty": contract.warranty,
    }


def values_for(contract: Contract) -> dict[str, str]:
    """All values of a contract as they are printed."""
    declared = {one["name"]: one["type"] for one in (contract.template.variables if contract.template else ())}
    given = {name: _shown(declared.get(name, "text"), value) for name, value in contract.variables.items() if value}
    return known_values(contract) | given


def missing_problems(names: Iterable[str], values: Mapping[str, str]) -> Iterator[DomainError]:
    """VARIABLE_MISSING for each variable of the texts without a value, by its place."""
    for index, name in enumerate(names):
        if not values.get(name):
            text = _("The variable %(name)s has no value.") % {"name": name}
            yield DomainError(ContractErrorCode.VARIABLE_MISSING, text, f"variables.{name}", index)


def type_problems(variables: Iterable[Mapping[str, Any]], given: Mapping[str, Any]) -> Iterator[DomainError]:
    """INVALID for a value that is not of its variable's type, or longer than 500 characters."""
    types = {one["name"]: one["type"] for one in variables}
    for name, value in given.items():
        if len(str(value)) > 500 or not _reads_as(types.get(name, VariableKind.TEXT), str(value)):
            text = _("%(value)s is no value for the variable %(name)s.") % {"value": str(value)[:40], "name": name}
            yield DomainError(CoreErrorCode.INVALID, text, f"variables.{name}")


def _reads_as(kind: str, value: str) -> bool:
    if not value or kind == VariableKind.TEXT:
        return True
    try:
        if kind == VariableKind.DATE:
            date.fromisoformat(value)
            return True
        return Decimal(value).is_finite()
    except (ValueError, InvalidOperation):
        return False


def _shown(kind: str, value: str) -> str:
    return _day(date.fromisoformat(value)) if kind == VariableKind.DATE else str(value)


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
