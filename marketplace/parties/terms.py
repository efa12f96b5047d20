"""The terms of a partnership: which may be given, what is wrong with them, and how they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.parties.changes import choice_problems
from marketplace.parties.models import (
    Membership,
    PartnerGrade,
    PartnerGroup,
    PartnerRole,
    Partnership,
    PaymentMethod,
    PriceScope,
    ShortPolicy,
    Territory,
)

CHOICES: dict[str, type[TextChoices]] = {
    "downstream_role": PartnerRole,
    "price_scope": PriceScope,
    "short_policy": ShortPolicy,
    "payment_method": PaymentMethod,
}
REFERENCES: dict[str, type[Any]] = {
    "group_id": PartnerGroup,
    "grade_id": PartnerGrade,
    "territory_id": Territory,
    "sales_rep_id": Membership,
}
FIELDS = (*CHOICES, *REFERENCES, "code", "payment_days", "share_stock")
LONGEST_PAYMENT = 365


@dataclass(frozen=True, slots=True)
class Known:
    """Ids of the upstream's own rows that a batch of terms may refer to, fetched once for all of it."""

    ids: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, batch: Iterable[Mapping[str, Any]]) -> Known:
        """One statement for each kind of reference that the batch uses."""
        terms = list(batch)
        ids: dict[str, frozenset[int]] = {}
        for name, model in REFERENCES.items():
            asked = {one[name] for one in terms if one.get(name) is not None}
            rows = model.objects.filter(organization=actor.organization_id, pk__in=asked)
            ids[name] = frozenset(rows.values_list("pk", flat=True)) if asked else frozenset()
        return cls(ids)


def term_problems(values: Mapping[str, Any], known: Known, index: int | None = None) -> Iterator[DomainError]:
    """INVALID for a choice or number that cannot be, NOT_FOUND for a group, grade, territory or member of others."""
    for problem in choice_problems(values, CHOICES):
        yield DomainError(problem.code, problem.message, problem.field, index)
    for name in REFERENCES:
        if values.get(name) is not None and values[name] not in known.ids[name]:
            yield not_found(name.removesuffix("_id"), index)
    days = values.get("payment_days", 0)
    if not 0 <= days <= LONGEST_PAYMENT:
        text = _("Give a number of days from 0 to %(most)s.") % {"most": LONGEST_PAYMENT}
        yield DomainError(CoreErrorCode.INVALID, text, "payment_days", index)
    if len(values.get("code", "")) > 64:
        text = _("At most %(longest)s characters.") % {"longest": 64}
        yield DomainError(CoreErrorCode.INVALID, text, "code", index)


def terms_text(partnership: Partnership) -> str:
    """The payment terms in a few words: how, and within how many days where that matters."""
    method = str(partnership.get_payment_method_display())
    if partnership.payment_method != PaymentMethod.ON_ACCOUNT or not partnership.payment_days:
        return method
    days = partnership.payment_days
    within = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return gettext("%(method)s, %(within)s") % {"method": method, "within": within}
