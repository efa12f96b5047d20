"""Who may take part: what the buyer's partnership with a supplier says of it (sourcing §3.1, §3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from marketplace.parties.models import Partnership, PartnershipStatus
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.models import SourcingEvent


def standing(buyer_id: int, sellers: Iterable[int]) -> dict[int, Partnership]:
    """The partnerships in which these organizations supply the buyer; one statement."""
    rows = Partnership.objects.filter(downstream=buyer_id, upstream__in=set(sellers))
    return {row.upstream_id: row for row in rows}


def supplier_may(event: SourcingEvent, partnership: Partnership | None) -> bool:
    """True for an active supplier; one that is not (yet) a supplier only where the event's rules admit such."""
    if partnership is None or partnership.status == PartnershipStatus.POTENTIAL:
        return bool(event.rules.get("admit_potential"))
    return partnership.status == PartnershipStatus.ACTIVE


def barred(name: str, index: int | None = None, field: str = "seller") -> DomainError:
    """The refusal of a supplier with whom the buyer does not trade."""
    text = _("%(name)s may not quote: the trade with it is not open.") % {"name": name}
    return DomainError(SourcingErrorCode.SUPPLIER_BARRED, text, field, index)


def may_in(event: SourcingEvent, sellers: Mapping[int, str]) -> list[DomainError]:
    """SUPPLIER_BARRED for each of these organizations (key to name) that may not quote; one statement."""
    known = standing(event.buyer_id, sellers)
    return [barred(name) for pk, name in sellers.items() if not supplier_may(event, known.get(pk))]
