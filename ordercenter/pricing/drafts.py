"""What people enter: lists, policies, prices. None in a draft means: as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.parties.models import PartnerGrade, PartnerGroup, Partnership
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models.policies import PolicyLineKind

ALL_GOODS = ProductScope()
LARGEST_PRICE = Decimal(10) ** 16
LARGEST_QUANTITY = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class AudienceDraft:
    """For whom: exactly one of the four."""

    everyone: bool = False
    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None

    def columns(self) -> dict[str, int | None]:
        """The audience columns of a policy and its lines."""
        return {"partnership_id": self.partnership_id, "group_id": self.group_id, "grade_id": self.grade_id}


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """A list in a policy; lower priorities come first among the lists of one audience level."""

    price_list_id: int
    priority: int = 100
    merge: bool = False


@dataclass(frozen=True, slots=True)
class TermDraft:
    """A line of a policy that changes or bounds prices: for which goods, and in which order among its like.

    `value` is a percentage, or an amount of one base uom. `step` is None exactly for a floor.
    """

    kind: PolicyLineKind
    value: Decimal
    step: int | None = None
    scope: ProductScope = ALL_GOODS
    priority: int = 100

    def columns(self) -> dict[str, Any]:
        """As columns of a PricePolicyLine."""
        own = {"kind": self.kind, "value": self.value, "step": self.step, "priority": self.priority}
        return own | self.scope.columns()


@dataclass(frozen=True, slots=True)
class PriceListDraft:
    """A price list as entered; `audience` makes or changes the policy that assigns it, with `priority` and `merge`."""

    code: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    public_label_zh: str | None = None
    public_label_en: str | None = None
    currency: str | None = None
    uom_fallback: str | None = None
    tier_scope: str | None = None
    fixed: bool | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    audience: AudienceDraft | None = None
    priority: int | None = None
    merge: bool | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the list that were entered."""
        return entered(self, "audience", "priority", "merge")


@dataclass(frozen=True, slots=True)
class PricePolicyDraft:
    """A price policy as entered; `lines` replaces all its assignments, `terms` all that changes or bounds prices."""

    code: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    internal: bool | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    audience: AudienceDraft | None = None
    lines: Sequence[AssignmentDraft] | None = None
    terms: Sequence[TermDraft] | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the policy that were entered."""
        return entered(self, "audience", "lines", "terms")


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """A price to write: the variant by id or by the seller's own SKU, the uom by its code.

    `amount` is the price of one uom, `min_quantity` in that uom; `valid_from` None: from the instant of the whole
    writing; `valid_to` None: until another price follows.
    """

    uom: str
    amount: Decimal
    variant_id: int | None = None
    sku: str | None = None
    min_quantity: Decimal = Decimal(0)
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def entered(draft: Any, *without: str) -> dict[str, Any]:
    """The fields of a draft that were entered, by name."""
    values = {field.name: getattr(draft, field.name) for field in fields(draft) if field.name not in without}
    return {name: value for name, value in values.items() if value is not None}


def length_problems(model: type[Model], columns: dict[str, Any]) -> Iterator[DomainError]:
    """INVALID for each text that is longer than its column."""
    for name, value in columns.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            text = _("This text is longer than %(limit)s characters.") % {"limit": limit}
            yield DomainError(CoreErrorCode.INVALID, text, name)


def priority_problems(priority: int, field: str, index: int | None = None) -> Iterator[DomainError]:
    """INVALID outside 1 to 9999."""
    if not 1 <= priority <= 9999:
        yield DomainError(CoreErrorCode.INVALID, _("A priority is a number from 1 to 9999."), field, index)


def price_problems(amount: Decimal, index: int | None = None) -> Iterator[DomainError]:
    """What is wrong with an amount as a unit price."""
    if not amount.is_finite() or abs(amount) >= LARGEST_PRICE:
        yield DomainError(PricingErrorCode.NUMBER_INVALID, _("This is not a price."), "amount", index)
    elif amount < 0:
        yield DomainError(PricingErrorCode.PRICE_NEGATIVE, PricingErrorCode.PRICE_NEGATIVE.label, "amount", index)
    elif amount != round(amount, 4):
        yield DomainError(PricingErrorCode.PRICE_PRECISION, PricingErrorCode.PRICE_PRECISION.label, "amount", index)


def threshold_problems(minimum: Decimal, index: int | None = None) -> Iterator[DomainError]:
    """What is wrong with the quantity from which a price holds."""
    if not minimum.is_finite() or minimum < 0 or minimum >= LARGEST_QUANTITY:
        text = _("The quantity from which a price holds must be 0 or more.")
        yield DomainError(PricingErrorCode.QUANTITY_INVALID, text, "min_quantity", index)
    elif minimum != round(minimum, 6):
        text = _("A quantity has at most 6 decimals.")
        yield DomainError(PricingErrorCode.QUANTITY_PRECISION, text, "min_quantity", index)


def audience_problems(actor: Actor, audience: AudienceDraft | None) -> Iterator[DomainError]:
    """AUDIENCE_INVALID unless exactly one of the four is chosen; NOT_FOUND for another organization's partner."""
    if audience is None:
        return
    chosen = {name: key for name, key in audience.columns().items() if key is not None}
    if len(chosen) + audience.everyone != 1:
        yield DomainError(PricingErrorCode.AUDIENCE_INVALID, PricingErrorCode.AUDIENCE_INVALID.label, "audience")
        return
    owned = {
        "partnership_id": Partnership.objects.filter(upstream=actor.organization_id),
        "group_id": PartnerGroup.objects.filter(organization=actor.organization_id),
        "grade_id": PartnerGrade.objects.filter(organization=actor.organization_id),
    }
    for name, key in chosen.items():
        if not owned[name].filter(pk=key).exists():
            yield not_found(f"audience.{name.removesuffix('_id')}")
