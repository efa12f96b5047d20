"""What-if: past order lines priced as is and under an assumption, summed by partner and goods (pricing §6)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import sole
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.models import JobStatus
from marketplace.parties.models import Partnership
from ordercenter.pricing.compare import compared, moves_lists
from ordercenter.pricing.drafts import length_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, home_of, is_currency
from ordercenter.pricing.models import PriceList, PricePolicy, PriceSimulation, SimulationInstant
from ordercenter.pricing.past import PastAsked, PastLine, past_orders
from ordercenter.pricing.sums import Sums
from ordercenter.pricing.telling import Teller
from ordercenter.pricing.terms import Assumption, PriceRequest

logger = logging.getLogger(__name__)

MOST_LINES = 200_000
ORDERS = 1000
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class SimulationDraft:
    """What to try: orders placed within [period_from, period_to), priced under the assumption.

    `lists` and `policies` are taken as in effect, `without_policies` as not. `assumed_at`: the instant whose rows of
    the assumed lists are tried, now unless told.
    """

    period_from: datetime
    period_to: datetime
    name: str = ""
    currency: str | None = None
    instant: SimulationInstant = SimulationInstant.THEN
    partnerships: Sequence[int] = ()
    lists: Sequence[int] = ()
    policies: Sequence[int] = ()
    without_policies: Sequence[int] = ()
    assumed_at: datetime | None = None


def price_simulation_start(actor: Actor, draft: SimulationDraft) -> PriceSimulation:
    """Have a worker price past lines twice; nothing but the result is written.

    Raises NOT_FOUND (list, policy, partner), WINDOW_EMPTY (period), REQUIRED (nothing assumed), INVALID (currency; no
    line in the period), SIMULATION_TOO_LARGE over 200,000 lines.
    """
    actor.require(MANAGE)
    owner = home_of(actor)
    currency = draft.currency or owner.currency
    with transaction.atomic():
        raise_all(_problems(actor, draft, currency))
        made = PriceSimulation(
            organization=owner,
            name=draft.name.strip(),
            currency=currency,
            period_from=draft.period_from,
            period_to=draft.period_to,
            instant=draft.instant,
            partnerships=sorted(set(draft.partnerships)),
            lists=sorted(set(draft.lists)),
            policies=sorted(set(draft.policies)),
            without_policies=sorted(set(draft.without_policies)),
            assumed_at=draft.assumed_at or database_now(),
            created_by=actor.user,
        )
        made.rows_total = past_orders().count(asked_of(made))
        raise_all(_size_problems(made))
        made.save()
        transaction.on_commit(lambda: _queue(made.pk))
    return made


def price_simulation_cancel(actor: Actor, simulation_id: int) -> PriceSimulation:
    """Give up a simulation that has not ended. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        rows = PriceSimulation.objects.visible_to(actor).select_for_update().order_by("pk")
        found = rows.filter(pk=simulation_id).first()
        if found is None:
            raise not_found("id")
        if not found.can_cancel:
            text = _("This simulation cannot be cancelled any more.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "id")
        found.status = JobStatus.CANCELLED
        found.save(update_fields=["status"])
    return found


def simulate(simulation_id: int) -> None:
    """Work a simulation off; harmless when it runs twice, and started over where a worker died."""
    found = PriceSimulation.objects.select_related("organization", "created_by").filter(pk=simulation_id).first()
    if found is None or not found.can_cancel:
        return
    with sole("price simulation", found.pk) as alone:
        if not alone or not _live(found).update(status=JobStatus.RUNNING):
            return
        try:
            sums = _priced(found)
            if sums is not None:
                sums.write(found)
        except Exception:
            logger.exception("price simulation %s failed", found.pk)
            with translation.override(found.created_by.language if found.created_by else found.organization.language):
                _live(found).update(status=JobStatus.FAILED, failure=_("The simulation failed."))
    Teller(topic(found.pk)).end()


def resume() -> int:
    """Hand simulations to a worker again that nobody works at."""
    waiting = Q(status__in=(JobStatus.QUEUED, JobStatus.RUNNING), created_at__lt=timezone.now() - PATIENCE)
    keys = list(PriceSimulation.objects.filter(waiting).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        _queue(key)
    return len(keys)


def topic(simulation_id: int) -> str:
    """The subscription topic of one simulation."""
    return f"price_simulation:{simulation_id}"


def asked_of(found: PriceSimulation) -> PastAsked:
    """Which lines a simulation is about."""
    return PastAsked(
        found.organization_id, found.currency, found.period_from, found.period_to, tuple(found.partnerships)
    )


def _priced(found: PriceSimulation) -> Sums | None:
    """The sums over all lines, part by part; None where somebody gave it up meanwhile."""
    found.as_of = database_now()
    actor, seller = Actor.system(found.organization), found.organization_id
    assumed = Assumption(found.assumed_at, tuple(found.lists), tuple(found.policies), tuple(found.without_policies))
    lists, sums, teller = moves_lists(assumed), Sums(found.currency), Teller(topic(found.pk))
    at = found.as_of if found.instant == SimulationInstant.NOW else None
    for lines in past_orders().parts(asked_of(found), ORDERS):
        requests = [_request(number, line, at) for number, line in enumerate(lines)]
        sums.add(lines, *compared(actor, seller, requests, at, assumed, lists))
        found.rows_done += len(lines)
        teller.tell({"rows_done": found.rows_done, "rows_total": max(found.rows_done, found.rows_total)})
        if not _live(found).exists():
            return None
    return sums


def _request(number: int, line: PastLine, at: datetime | None) -> PriceRequest:
    agreed = line.unit_price if line.agreed else None
    instant = line.at if at is None else None
    return PriceRequest(
        number, line.partnership_id, line.variant_id, line.uom_id, line.quantity, line.order_id, agreed, instant
    )


def _problems(actor: Actor, draft: SimulationDraft, currency: str) -> Iterator[DomainError]:
    if draft.period_from >= draft.period_to:
        yield DomainError(PricingErrorCode.WINDOW_EMPTY, PricingErrorCode.WINDOW_EMPTY.label, "period_to")
    if not is_currency(currency):
        text = _("%(code)s is not a currency code.") % {"code": currency}
        yield DomainError(CoreErrorCode.INVALID, text, "currency")
    if not (draft.lists or draft.policies or draft.without_policies):
        yield DomainError(CoreErrorCode.REQUIRED, _("Choose a price list or a price policy to try."), "policies")
    yield from length_problems(PriceSimulation, {"name": draft.name})
    partners = Partnership.objects.filter(upstream=actor.organization_id)
    owned: dict[str, tuple[Sequence[int], Any]] = {
        "lists": (draft.lists, PriceList.objects.filter(organization=actor.organization_id)),
        "policies": (draft.policies, PricePolicy.objects.filter(organization=actor.organization_id)),
        "without_policies": (draft.without_policies, PricePolicy.objects.filter(organization=actor.organization_id)),
        "partnerships": (draft.partnerships, partners),
    }
    for field, (keys, rows) in owned.items():
        known = set(rows.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
        yield from (not_found(field, index) for index, key in enumerate(keys) if key not in known)


def _size_problems(made: PriceSimulation) -> Iterator[DomainError]:
    if made.rows_total > MOST_LINES:
        text = _("There are %(count)s order lines; at most %(limit)s can be priced at once. Choose a shorter period.")
        values = {"count": made.rows_total, "limit": MOST_LINES}
        yield DomainError(PricingErrorCode.SIMULATION_TOO_LARGE, text % values, "period_from")
    elif not made.rows_total:
        yield DomainError(CoreErrorCode.INVALID, _("There is no order line in this period."), "period_from")


def _live(found: PriceSimulation) -> Any:
    return PriceSimulation.objects.filter(pk=found.pk).exclude(status=JobStatus.CANCELLED)


def _queue(simulation_id: int) -> None:
    """Hand a simulation to a worker; where no queue answers, `resume` finds it."""
    from ordercenter.pricing import tasks

    try:
        tasks.simulate_prices.delay(simulation_id)
    except Exception:
        logger.warning("no worker could be asked for price simulation %s", simulation_id, exc_info=True)
