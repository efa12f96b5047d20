"""The decision: drafted from a scenario, approved by a second person, told to all at once, answered (sourcing §7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record, record_all
from marketplace.core.gate import clock
from marketplace.core.money import round_money
from marketplace.core.states import Transition, TransitionTable
from ordercenter.quotes.enums import QuoteStatus
from ordercenter.quotes.models import Quote
from suppliers.sourcing.award_enums import AwardLetterStatus, AwardStatus, LetterKind, ScenarioStatus
from suppliers.sourcing.comparing import Sheet, sheet_of
from suppliers.sourcing.enums import SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event, participation_event
from suppliers.sourcing.models import Award, AwardLetter, AwardLine, AwardScenario, Participation
from suppliers.sourcing.publish import given_reason
from suppliers.sourcing.receipts import erase_shares
from suppliers.sourcing.write import MANAGE, locked_event

AWARD = "sourcing.award"
ANSWER = "quotes.submit"
ANSWER_DAYS = 7
Status = AwardStatus
MOVES = TransitionTable(
    (
        Transition("submit", Status.DRAFT, Status.PENDING_APPROVAL),
        Transition("reject", Status.PENDING_APPROVAL, Status.REJECTED),
        Transition("approve", Status.PENDING_APPROVAL, Status.APPROVED),
        Transition("cancel", Status.DRAFT, Status.CANCELLED),
        Transition("cancel", Status.PENDING_APPROVAL, Status.CANCELLED),
    )
)


def award_create(actor: Actor, scenario_id: int) -> Award:
    """Draft the decision a scenario stands for; a draft or rejected one before it gives way.

    Raises NOT_FOUND, INVALID (the scenario has no answer that keeps all rules), INVALID_TRANSITION (awarded already).
    """
    actor.require(MANAGE)
    with transaction.atomic():
        scenario = AwardScenario.objects.visible_to(actor).filter(pk=scenario_id).first()
        if scenario is None:
            raise not_found("scenario")
        event = locked_event(actor, scenario.event_id, "scenario")
        if event.status != SourcingEventStatus.COMPARING:
            raise _not_now("scenario")
        if scenario.status not in (ScenarioStatus.OPTIMAL, ScenarioStatus.FEASIBLE):
            raise DomainError(CoreErrorCode.INVALID, _("This scenario has no answer that keeps its rules."), "scenario")
        Award.objects.filter(event=event, status=Status.DRAFT).update(status=Status.CANCELLED)
        if Award.objects.filter(event=event).exclude(status__in=(Status.REJECTED, Status.CANCELLED)).exists():
            raise _not_now("scenario")
        award = Award.objects.create(buyer_id=event.buyer_id, event=event, scenario=scenario)
        AwardLine.objects.bulk_create(_lines(award, sheet_of(event), scenario))
        record(actor, event_event("sourcing.award_created", event, scenario=scenario.name))
    return award


def award_submit(actor: Actor, award_id: int, reason: str = "") -> Award:
    """Ask for approval. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        award = _locked(actor, award_id)
        award.status = MOVES.target("submit", award.status)
        award.submitted_at, award.submitted_by, award.reason = clock(), actor.user, reason.strip()[:500]
        award.save()
        record(actor, event_event("sourcing.award_submitted", award.event))
    return award


def award_reject(actor: Actor, award_id: int, reason: str) -> Award:
    """Send it back. Raises REASON_REQUIRED, NOT_FOUND, INVALID_TRANSITION."""
    actor.require(AWARD)
    with transaction.atomic():
        award = _locked(actor, award_id)
        award.status = MOVES.target("reject", award.status)
        award.reason = given_reason(reason)
        award.save()
        record(actor, event_event("sourcing.award_rejected", award.event, reason=award.reason))
    return award


def award_approve(actor: Actor, award_id: int, standstill_until: datetime | None = None) -> Award:
    """Agree, as somebody else than who submitted it; baseline, awarded amount and saving are frozen.

    Raises SECOND_PERSON, NOT_FOUND, INVALID_TRANSITION (also where a quote was disqualified meanwhile).
    """
    actor.require(AWARD)
    with transaction.atomic():
        award = _locked(actor, award_id)
        target = MOVES.target("approve", award.status)
        if actor.user is None or actor.user_id == award.submitted_by_id:
            raise DomainError(Code.SECOND_PERSON, _("Somebody else than who submitted it approves it."), "id")
        if award.lines.filter(participation__status="disqualified").exists():
            raise _not_now("id")
        _freeze(award)
        waits = standstill_until is not None and standstill_until > clock()
        award.status = Status.STANDSTILL if waits else target
        award.standstill_until = standstill_until if waits else None
        award.approved_at, award.approved_by = clock(), actor.user
        award.save()
        award.event.status = SourcingEventStatus.AWARDED
        award.event.save(update_fields=["status"])
        record(actor, event_event("sourcing.award_approved", award.event, awarded=str(award.awarded)))
    return award


def letters_send(actor: Actor, award_id: int, answer_days: int = ANSWER_DAYS) -> Award:
    """Tell all participants whose quotes counted, in one transaction: nobody learns a result before the others.

    Raises NOT_FOUND, INVALID_TRANSITION (not approved, or in standstill), INVALID (days).
    """
    actor.require(AWARD)
    if not 1 <= answer_days <= 365:
        raise DomainError(CoreErrorCode.INVALID, _("From 1 to 365 days."), "answer_days")
    with transaction.atomic():
        award = _locked(actor, award_id)
        now = clock()
        over = award.status == Status.STANDSTILL and award.standstill_until and award.standstill_until <= now
        if award.letters_at is not None or not (award.status == Status.APPROVED or over):
            raise _not_now("id")
        award.status, award.letters_at = Status.APPROVED, now
        award.answer_until = now + timedelta(days=answer_days)
        award.save()
        letters = AwardLetter.objects.bulk_create(_letters(award, sheet_of(award.event), now))
        _mark_quotes(award, letters)
        record(actor, event_event("sourcing.letters_sent", award.event, letters=len(letters)))
        told = ((one, {"letter": one.pk, "result": one.kind}) for one in letters)
        record_all(
            actor, (participation_event("sourcing.letter_received", one.participation, **data) for one, data in told)
        )
    return award


def letter_answer(actor: Actor, letter_id: int, accept: bool, reason: str = "") -> AwardLetter:
    """A winner accepts or declines its award letter in time; the award is confirmed when all winners accepted.

    Raises NOT_FOUND, REASON_REQUIRED (to decline), INVALID_TRANSITION (answered already, too late, a regret letter).
    """
    actor.require(ANSWER)
    told = "" if accept else given_reason(reason)
    with transaction.atomic():
        found = AwardLetter.objects.filter(pk=letter_id, seller=actor.own_id).first()
        if found is None:
            raise not_found("id")
        award = Award.objects.select_for_update().get(pk=found.award_id)
        letter = AwardLetter.objects.select_related("participation").get(pk=letter_id)
        now = clock()
        late = letter.answer_until is not None and now >= letter.answer_until
        if letter.kind != LetterKind.AWARD or letter.status != AwardLetterStatus.SENT or late:
            raise _not_now("id")
        letter.status = AwardLetterStatus.ACCEPTED if accept else AwardLetterStatus.DECLINED
        letter.answered_at, letter.reason = now, told
        letter.save()
        _after_answer(award)
        record(
            actor, participation_event("sourcing.letter_answered", letter.participation, accepted=accept, reason=told)
        )
    return letter


def award_complete(actor: Actor, award_id: int) -> Award:
    """Close a confirmed award: the event is completed, and the shares of its keys are erased. Raises as above."""
    actor.require(AWARD)
    with transaction.atomic():
        award = _locked(actor, award_id)
        if award.status != Status.CONFIRMED:
            raise _not_now("id")
        award.status = Status.COMPLETED
        award.save(update_fields=["status"])
        award.event.status = SourcingEventStatus.COMPLETED
        award.event.save(update_fields=["status"])
        erase_shares(award.event)
        record(actor, event_event("sourcing.award_completed", award.event))
    return award


def _locked(actor: Actor, award_id: int) -> Award:
    found = Award.objects.visible_to(actor).filter(pk=award_id).first()
    if found is None:
        raise not_found("id")
    event = locked_event(actor, found.event_id)
    award = Award.objects.select_for_update().get(pk=award_id)
    award.event = event
    return award


def _lines(award: Award, sheet: Sheet, scenario: AwardScenario) -> list[AwardLine]:
    people = {column.code: column for column in sheet.columns}
    sellers = dict(Participation.objects.filter(event=award.event_id).values_list("pk", "seller"))
    lines = {line.position: line for line in sheet.lines}
    rows = []
    for told in scenario.answer["lines"]:
        line = lines[told["line"]]
        cells = {cell.participation_id: cell for cell in line.cells}
        for winner in told["winners"]:
            column = people.get(winner["supplier"])
            if column is None:
                raise _not_now("scenario")  # disqualified since
            quantity, price = Decimal(winner["quantity"]), Decimal(winner["price"])
            rows.append(
                AwardLine(
                    buyer_id=award.buyer_id,
                    seller_id=sellers[column.participation_id],
                    award=award,
                    line_id=line.line_id,
                    participation_id=column.participation_id,
                    quote_line_id=cells[column.participation_id].quote_line_id,
                    share=round(quantity / line.quantity, 8),
                    quantity=quantity,
                    price=round(price, 4),
                    amount=Decimal(winner["amount"]),
                )
            )
    return rows


def _freeze(award: Award) -> None:
    """Saving = Σ (baseline − price) × quantity over the lines that have a baseline."""
    currency = award.event.currency
    baseline = saving = Decimal(0)
    for line in award.lines.select_related("line"):
        if line.line.baseline_price is not None:
            baseline += round_money(line.line.baseline_price * line.quantity, currency)
            saving += round_money((line.line.baseline_price - line.price) * line.quantity, currency)
    award.baseline, award.saving = baseline, saving
    award.awarded = award.lines.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _letters(award: Award, sheet: Sheet, now: datetime) -> list[AwardLetter]:
    amounts = dict(award.lines.values_list("participation").annotate(total=Sum("amount")))
    people = Participation.objects.in_bulk([column.participation_id for column in sheet.columns])
    shown = award.awarded if award.event.rules.get("show_winning_total") else None
    return [
        AwardLetter(
            buyer_id=award.buyer_id,
            seller_id=people[column.participation_id].seller_id,
            award=award,
            participation=people[column.participation_id],
            kind=LetterKind.AWARD if column.participation_id in amounts else LetterKind.REGRET,
            rank=column.rank,
            amount=amounts.get(column.participation_id),
            winning_total=None if column.participation_id in amounts else shown,
            sent_at=now,
            answer_until=award.answer_until if column.participation_id in amounts else None,
        )
        for column in sheet.columns
    ]


def _mark_quotes(award: Award, letters: Sequence[AwardLetter]) -> None:
    """WON has every line it quoted whole, PARTIALLY_WON some of it, LOST nothing."""
    lines = award.event.lines.count()
    whole = {row["participation"]: row["got"] for row in award.lines.values("participation").annotate(got=Sum("share"))}
    by_status: dict[str, list[int]] = {}
    for letter in letters:
        got = whole.get(letter.participation_id)
        status = QuoteStatus.LOST if got is None else QuoteStatus.WON if got >= lines else QuoteStatus.PARTIALLY_WON
        by_status.setdefault(status, []).append(letter.participation_id)
    for found, participations in by_status.items():
        rows = Quote.objects.filter(round_quote__participation__in=participations, disclosed_at__isnull=False)
        rows.update(status=found)


def _after_answer(award: Award) -> None:
    answers = set(award.letters.filter(kind=LetterKind.AWARD).values_list("status", flat=True))
    if AwardLetterStatus.DECLINED in answers:
        award.status = Status.DECLINED
    elif answers == {AwardLetterStatus.ACCEPTED}:
        award.status = Status.CONFIRMED
    else:
        return
    award.save(update_fields=["status"])


def _not_now(field: str) -> DomainError:
    text = _("This is not possible in the present state.")
    return DomainError(CoreErrorCode.INVALID_TRANSITION, text, field)
