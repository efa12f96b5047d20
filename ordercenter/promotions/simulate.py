"""Simulation: past orders replayed with drafts against what was applied; it writes only its result (promotions §7)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import JobStatus
from ordercenter.promotions.configuration import draft_rules
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.evaluate import evaluate_all
from ordercenter.promotions.models import Promotion, PromotionSimulation
from ordercenter.promotions.past import orders_of_period, past_orders
from ordercenter.promotions.simulated import Tally
from ordercenter.promotions.trying import VIEW, own_promotions

logger = logging.getLogger(__name__)

MOST_LINES = 200_000
BATCH_LINES = 4_000


def promotion_simulate(
    actor: Actor, since: datetime, until: datetime, drafts: Sequence[int] = (), with_live: bool = True
) -> PromotionSimulation:
    """Have a worker replay the orders of a period with drafts; answers the job, QUEUED.

    `with_live`: beside the drafts the rules that were in force at each order's instant are evaluated. Raises
    WINDOW_EMPTY, NOT_FOUND (draft), SIMULATION_TOO_LARGE over 200,000 lines.
    """
    actor.require(VIEW)
    if actor.organization is None:
        raise not_found("organization")
    if since >= until:
        raise DomainError(Code.WINDOW_EMPTY, Code.WINDOW_EMPTY.label, "until")
    with transaction.atomic():
        known = own_promotions(actor, drafts)
        total = sum(lines for _, lines in orders_of_period(actor.organization.pk, since, until))
        if total > MOST_LINES:
            text = _("The period holds %(count)s order lines; a simulation takes at most %(limit)s.")
            raise DomainError(Code.SIMULATION_TOO_LARGE, text % {"count": total, "limit": MOST_LINES}, "since")
        made = PromotionSimulation.objects.create(
            organization=actor.organization,
            period_from=since,
            period_to=until,
            drafts=known,
            with_live=with_live,
            total=total,
            created_by=actor.user,
        )
        owner = (made.organization_id,)
        record(actor, DomainEvent("promotions.simulated", "promotion_simulation", made.pk, owner, {"drafts": known}))
        transaction.on_commit(lambda: _queue(made.pk))
    return made


def promotion_simulation_cancel(actor: Actor, simulation_id: int) -> PromotionSimulation:
    """Give a simulation up that has not ended. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(VIEW)
    with transaction.atomic():
        rows = PromotionSimulation.objects.visible_to(actor).select_for_update().order_by("pk")
        found = rows.filter(pk=simulation_id).first()
        if found is None:
            raise not_found("id")
        if found.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This simulation has ended."), "id")
        found.status = JobStatus.CANCELLED
        found.save(update_fields=["status"])
    return found


def run_simulation(simulation_id: int) -> None:
    """Work a simulation off, batch by batch; a second run starts over, an ended one is left alone."""
    running = PromotionSimulation.objects.select_related("organization", "created_by").filter(pk=simulation_id).first()
    if running is None or not _waiting(running).update(status=JobStatus.RUNNING, done=0):
        return
    language = running.created_by.language if running.created_by else ""
    with translation.override(language or running.organization.language):
        try:
            result = _replay(running)
        except Exception:
            logger.exception("promotion simulation %s failed", running.pk)
            _waiting(running).update(status=JobStatus.FAILED, failure=_("The simulation failed."))
            return
    if result is not None:
        _waiting(running).update(status=JobStatus.SUCCEEDED, result=result, done=running.total, as_of=database_now())


def resume() -> int:
    """Hand simulations to a worker again that nobody works at."""
    stale = PromotionSimulation.objects.filter(status=JobStatus.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '1 minute'")
        found = list(stale.filter(created_at__lt=cursor.fetchone()[0]).values_list("pk", flat=True))
    for key in found:
        _queue(key)
    return len(found)


def _replay(running: PromotionSimulation) -> dict[str, Any] | None:
    """The result; None where the simulation was cancelled meanwhile."""
    actor = Actor.system(running.organization)
    rules = draft_rules(running.drafts)
    tally = Tally([rule.id for rule in rules])
    batch: list[int] = []
    lines = done = 0
    orders = orders_of_period(running.organization_id, running.period_from, running.period_to)
    for place, (order_id, count) in enumerate(orders, 1):
        batch.append(order_id)
        lines += count
        if lines < BATCH_LINES and place < len(orders):
            continue
        past = past_orders(batch)
        found = evaluate_all(actor, [one.basket for one in past], trace=True, drafts=rules, live=running.with_live)
        for one, evaluated in zip(past, found, strict=True):
            tally.add(one, evaluated)
        done, lines, batch = done + lines, 0, []
        if not _waiting(running).update(done=done):
            return None
    names = Promotion.objects.filter(pk__in=tally.promotions())
    return tally.result({row.pk: {"zh": row.name_zh, "en": row.name_en, "code": row.code} for row in names})


def _waiting(running: PromotionSimulation) -> Any:
    return PromotionSimulation.objects.filter(pk=running.pk, status__in=(JobStatus.QUEUED, JobStatus.RUNNING))


def _queue(simulation_id: int) -> None:
    from ordercenter.promotions import tasks

    try:
        tasks.promotion_simulate.delay(simulation_id)
    except Exception:
        logger.warning("no worker could be asked for simulation %s; it will be resumed", simulation_id, exc_info=True)
