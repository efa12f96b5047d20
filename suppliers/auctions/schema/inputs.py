"""What is sent to auctions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.core.errors import DomainError, raise_all
from marketplace.core.gate import clock
from marketplace.graphql import DateTime, Decimal, enum_of, from_global_id
from suppliers.auctions.enums import (
    AuctionFormat,
    ExtendLots,
    ExtensionBase,
    LeadShown,
    MustBeat,
    NamesShown,
    RankShown,
    StepKind,
    TiePolicy,
)
from suppliers.auctions.errors import AuctionErrorCode
from suppliers.auctions.extension import Extension
from suppliers.auctions.levels import Levels
from suppliers.auctions.prepare import AuctionDraft
from suppliers.auctions.rules import HARD_STOP_AFTER, Rules, Shown, TurnTimes
from suppliers.auctions.steps import Band, Step
from suppliers.auctions.value import LARGEST

LIVE_FORMULA = "PRICE_TRANSFORM"
YEARS = timedelta(days=3650)
WEEK = 7 * 24 * 3600


class AuctionBandInput(graphene.InputObjectType):
    """A band of the bid step: (above, upTo]."""

    above = Decimal(required=True, description="Excluded.")
    up_to = Decimal(description="Included; null: without end.")
    value = Decimal(required=True, description="How far down.")


class AuctionRulesInput(graphene.InputObjectType):
    """The rules of an auction. They are frozen when it is published."""

    lot = graphene.ID(required=True, description="The lot of an event of kind AUCTION.")
    format = graphene.Argument(enum_of(AuctionFormat), required=True, description="How prices are found.")
    tick = Decimal(required=True, description="The least price unit.")
    start_at = DateTime(required=True, description="When it starts.")
    close_at = DateTime(description="When it closes; follows from the schedule where there are levels or turns.")
    hard_stop_at = DateTime(description="Beyond which the close is not moved; two hours after the close unless told.")
    ceiling_price = Decimal(description="Above which nothing is bid.")
    baseline_price = Decimal(description="From which savings are measured.")
    reserve_price = Decimal(description="Above which there is no duty to award; hidden until the end.")
    formula = graphene.String(description="PRICE_TRANSFORM, unless told; nothing else can be computed live.")
    step_kind = graphene.Argument(enum_of(StepKind), description="What the bid step is.")
    step_value = Decimal(description="How far down a bid goes at least.")
    bands = graphene.List(graphene.NonNull(AuctionBandInput), description="The step by band.")
    must_beat = graphene.Argument(enum_of(MustBeat), description="What the step is taken from.")
    buffer = Decimal(description="By how much who does not lead has to beat the lead in any case.")
    ties = graphene.Argument(enum_of(TiePolicy), description="Whether a price may be bid that another holds.")
    tie_top = graphene.Int(description="NOT_IN_TOP: in so many first places not.")
    jump_guard = Decimal(description="Percent from which a drop has to be confirmed.")
    trigger_place = graphene.Int(description="A late bid that takes such a place or better moves the close.")
    window_seconds = graphene.Int(description="So long before the close a bid is late.")
    extend_seconds = graphene.Int(description="By how much the close moves.")
    extensions_max = graphene.Int(description="How often at most.")
    extension_base = graphene.Argument(enum_of(ExtensionBase), description="From when.")
    extend_lots = graphene.Argument(enum_of(ExtendLots), description="Whether other lots move, too.")
    level_first = Decimal(description="The first level's price.")
    level_move = Decimal(description="How far apart levels are.")
    level_seconds = graphene.Int(description="How long each is called.")
    level_last = Decimal(description="The last one: a cap, or a floor.")
    survivors = graphene.Int(description="JAPANESE ends when so many or fewer are still in.")
    winners = graphene.Int(description="How many win.")
    turn_seconds = graphene.Int(description="How long a turn is.")
    first_pause_seconds = graphene.Int(description="Before the first turn.")
    pause_seconds = graphene.Int(description="Between rounds.")
    show_rank = graphene.Argument(enum_of(RankShown), description="When a supplier is told its rank.")
    show_lead = graphene.Argument(enum_of(LeadShown), description="When a supplier is told the best price.")
    show_ranks = graphene.Boolean(description="Suppliers are told all ranks by label.")
    show_seats = graphene.Boolean(description="Suppliers are told how many sit here.")
    names = graphene.Argument(enum_of(NamesShown), description="When the buyer is told whose label is whose.")
    notice_seconds = graphene.Int(description="Between the word to resume and going on.")
    outage_seconds = graphene.Int(description="After so long without a sign of life it is paused.")
    slip_minutes = graphene.Int(description="So long a bid may be marked invalid.")
    rate = graphene.Int(description="Attempts of one seat in a second.")

    def to_draft(self, currency: str) -> AuctionDraft:
        """The draft; NOT_FOUND for a lot that is none, FORMULA_NOT_LIVE for a formula with the bids of others in it."""
        if (self.get("formula") or LIVE_FORMULA) != LIVE_FORMULA:
            raise DomainError(
                AuctionErrorCode.FORMULA_NOT_LIVE, AuctionErrorCode.FORMULA_NOT_LIVE.label, "rules.formula"
            )
        lot = from_global_id(self["lot"], "Lot", "lot")
        return AuctionDraft(lot, self.to_rules(currency), self.get("baseline_price"), self.get("reserve_price"))

    def to_rules(self, currency: str) -> Rules:
        """The rules, with what is usual where nothing is said."""
        given = {name: value for name, value in self.items() if value is not None}
        raise_all(_out_of_bounds(given))
        close: datetime = given.get("close_at", given["start_at"])
        format = AuctionFormat(given["format"])
        own = format in (AuctionFormat.RANK, AuctionFormat.TURN_BASED)
        return Rules(
            format=format,
            currency=currency,
            tick=given["tick"],
            step=_step(given),
            start_at=given["start_at"],
            close_at=close,
            hard_stop_at=given.get("hard_stop_at", close + HARD_STOP_AFTER),
            ceiling=given.get("ceiling_price"),
            must_beat=MustBeat(given.get("must_beat", MustBeat.OWN if own else MustBeat.LEAD)),
            buffer=given.get("buffer"),
            ties=TiePolicy(given.get("ties", TiePolicy.NOT_IN_TOP)),
            tie_top=given.get("tie_top", 1),
            jump_guard=given.get("jump_guard"),
            extension=_extension(given),
            levels=_levels(given),
            survivors=given.get("survivors", 1),
            winners=given.get("winners", 1),
            turns=_turns(given),
            shown=_shown(given),
            **_lengths(given),
            rate=given.get("rate", 10),
        )


def _out_of_bounds(given: dict[str, Any]) -> Iterator[DomainError]:
    """What no auction needs and no arithmetic should meet: each by its path."""
    now = clock()
    for name, value in given.items():
        parts = [part for band in value for part in band.values() if part is not None] if name == "bands" else [value]
        if not all(_within(part, name, now) for part in parts):
            text = AuctionErrorCode.RULES_INVALID.label
            yield DomainError(AuctionErrorCode.RULES_INVALID, text, f"rules.{name}")


def _within(value: Any, name: str, now: datetime) -> bool:
    if isinstance(value, Number):
        return value.is_finite() and 0 <= value < LARGEST and int(value.as_tuple().exponent) >= -6
    if isinstance(value, datetime):
        return now - YEARS <= value <= now + YEARS
    if isinstance(value, int):
        return 0 <= value <= (WEEK if name.endswith("_seconds") else 1000)
    return True


def _step(given: dict[str, Any]) -> Step:
    kind = StepKind(given.get("step_kind", StepKind.ABSOLUTE))
    bands = tuple(Band(one["above"], one.get("up_to"), one["value"]) for one in given.get("bands", ()))
    return Step(kind, given.get("step_value", given["tick"] if kind is StepKind.ABSOLUTE else Number(0)), bands)


def _extension(given: dict[str, Any]) -> Extension:
    return Extension(
        given.get("trigger_place", 1),
        timedelta(seconds=given.get("window_seconds", 0)),
        timedelta(seconds=given.get("extend_seconds", 0)),
        ExtensionBase(given.get("extension_base", ExtensionBase.CLOSE)),
        given.get("extensions_max", 0),
        ExtendLots(given.get("extend_lots", ExtendLots.OWN)),
    )


def _levels(given: dict[str, Any]) -> Levels | None:
    names = ("level_first", "level_move", "level_seconds", "level_last")
    if not all(name in given for name in names):
        return None
    first, move, seconds, last = (given[name] for name in names)
    return Levels(first, move, timedelta(seconds=seconds), last)


def _turns(given: dict[str, Any]) -> TurnTimes:
    usual = TurnTimes()
    pause = timedelta(seconds=given["pause_seconds"]) if "pause_seconds" in given else usual.pause
    return TurnTimes(
        timedelta(seconds=given["first_pause_seconds"]) if "first_pause_seconds" in given else usual.first_pause,
        pause,
        timedelta(seconds=given["turn_seconds"]) if "turn_seconds" in given else usual.turn,
        pause,
    )


def _shown(given: dict[str, Any]) -> Shown:
    return Shown(
        RankShown(given.get("show_rank", RankShown.ALWAYS)),
        LeadShown(given.get("show_lead", LeadShown.ALWAYS)),
        given.get("show_ranks", False),
        given.get("show_seats", False),
        NamesShown(given.get("names", NamesShown.AT_ONCE)),
    )


def _lengths(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "notice": timedelta(seconds=given.get("notice_seconds", 60)),
        "outage_tolerance": timedelta(seconds=given.get("outage_seconds", 15)),
        "slip": timedelta(minutes=given.get("slip_minutes", 10)),
    }
