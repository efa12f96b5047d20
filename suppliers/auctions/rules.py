"""The rules of an auction: one value, written as canonical JSON, frozen by its hash at publishing (auctions §1-§7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from marketplace.core.canonical import canonical, instant_text
from marketplace.core.money import exponent
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
from suppliers.auctions.extension import Extension
from suppliers.auctions.levels import Levels
from suppliers.auctions.steps import Band, Step
from suppliers.auctions.turns import Turns

HARD_STOP_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Shown:
    """Who sees what beyond its own (auctions §7)."""

    rank: RankShown = RankShown.ALWAYS
    lead: LeadShown = LeadShown.ALWAYS
    ranks: bool = False
    seats: bool = False
    names: NamesShown = NamesShown.AT_ONCE


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """The lengths of a turn-based auction."""

    first_pause: timedelta = timedelta(minutes=5)
    pause: timedelta = timedelta(minutes=2)
    turn: timedelta = timedelta(minutes=2)
    announcement: timedelta = timedelta(minutes=2)

    def of(self, seats: int) -> Turns:
        return Turns(self.first_pause, self.pause, self.turn, self.announcement, seats)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds from the start to the end. Prices are of the auction's currency, values W where a seat is weighed."""

    format: AuctionFormat
    currency: str
    tick: Decimal
    step: Step
    start_at: datetime
    close_at: datetime
    hard_stop_at: datetime
    ceiling: Decimal | None = None
    must_beat: MustBeat = MustBeat.LEAD
    buffer: Decimal | None = None
    ties: TiePolicy = TiePolicy.FORBIDDEN
    tie_top: int = 1
    jump_guard: Decimal | None = None
    extension: Extension = field(default_factory=Extension)
    levels: Levels | None = None
    survivors: int = 1
    winners: int = 1
    turns: TurnTimes = field(default_factory=TurnTimes)
    shown: Shown = field(default_factory=Shown)
    notice: timedelta = timedelta(seconds=60)
    outage_tolerance: timedelta = timedelta(seconds=15)
    slip: timedelta = timedelta(minutes=10)
    rate: int = 10

    def text(self, price: Decimal) -> str:
        """A price as the minutes write it: with the currency's decimals, and more where it has more."""
        return price_text(price, self.currency)

    def as_json(self) -> dict[str, Any]:
        """All of it, in values that have one canonical form."""
        return {
            "format": self.format.name,
            "currency": self.currency,
            "tick": _plain(self.tick),
            "ceiling": None if self.ceiling is None else self.text(self.ceiling),
            "bid_step": _step_json(self.step),
            "must_beat": self.must_beat.name,
            "buffer": _plain(self.buffer),
            "ties": self.ties.name,
            "tie_top": self.tie_top,
            "jump_guard": _plain(self.jump_guard),
            "extension": _extension_json(self.extension),
            "levels": None if self.levels is None else _levels_json(self.levels),
            "survivors": self.survivors,
            "winners": self.winners,
            "turns": {name: _seconds(getattr(self.turns, name)) for name in TurnTimes.__slots__},
            "shown": {
                "rank": self.shown.rank.name,
                "lead": self.shown.lead.name,
                "ranks": self.shown.ranks,
                "seats": self.shown.seats,
                "names": self.shown.names.name,
            },
            "notice": _seconds(self.notice),
            "outage_tolerance": _seconds(self.outage_tolerance),
            "slip": _seconds(self.slip),
            "rate": self.rate,
            "start_at": instant_text(self.start_at),
            "close_at": instant_text(self.close_at),
            "hard_stop_at": instant_text(self.hard_stop_at),
        }

    def digest(self) -> bytes:
        """The rules' hash: SHA-256 of their canonical bytes."""
        return rules_hash(self.as_json())

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Rules:
        """What `as_json` wrote."""
        shown, extension, levels = given["shown"], given["extension"], given["levels"]
        return cls(
            format=AuctionFormat[given["format"]],
            currency=given["currency"],
            tick=Decimal(given["tick"]),
            ceiling=_decimal(given["ceiling"]),
            step=_step(given["bid_step"]),
            must_beat=MustBeat[given["must_beat"]],
            buffer=_decimal(given["buffer"]),
            ties=TiePolicy[given["ties"]],
            tie_top=given["tie_top"],
            jump_guard=_decimal(given["jump_guard"]),
            extension=Extension(
                extension["trigger_place"],
                timedelta(seconds=extension["window"]),
                timedelta(seconds=extension["extend_by"]),
                ExtensionBase[extension["base"]],
                extension["most"],
                ExtendLots[extension["lots"]],
            ),
            levels=levels
            and Levels(
                Decimal(levels["first"]),
                Decimal(levels["move"]),
                timedelta(seconds=levels["interval"]),
                Decimal(levels["last"]),
            ),
            survivors=given["survivors"],
            winners=given["winners"],
            turns=TurnTimes(**{name: timedelta(seconds=value) for name, value in given["turns"].items()}),
            shown=Shown(
                RankShown[shown["rank"]],
                LeadShown[shown["lead"]],
                shown["ranks"],
                shown["seats"],
                NamesShown[shown["names"]],
            ),
            notice=timedelta(seconds=given["notice"]),
            outage_tolerance=timedelta(seconds=given["outage_tolerance"]),
            slip=timedelta(seconds=given["slip"]),
            rate=given["rate"],
            start_at=datetime.fromisoformat(given["start_at"]),
            close_at=datetime.fromisoformat(given["close_at"]),
            hard_stop_at=datetime.fromisoformat(given["hard_stop_at"]),
        )


def rules_hash(given: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical bytes of rules."""
    return sha256(canonical(given)).digest()


def price_text(price: Decimal, currency: str) -> str:
    """A price with the decimals of its currency, and more where it has more: "10000.00", "1.2345"."""
    least = exponent(currency)
    plain = price.normalize()
    decimals = max(least, -int(plain.as_tuple().exponent))
    return f"{price:.{decimals}f}"


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _step_json(step: Step) -> dict[str, Any]:
    if step.kind is not StepKind.BANDED:
        return {"kind": step.kind.name, "value": _plain(step.value)}
    bands = [{"above": _plain(b.above), "up_to": _plain(b.up_to), "value": _plain(b.value)} for b in step.bands]
    return {"kind": step.kind.name, "bands": bands}


def _step(given: Mapping[str, Any]) -> Step:
    bands = tuple(
        Band(Decimal(band["above"]), _decimal(band["up_to"]), Decimal(band["value"])) for band in given.get("bands", ())
    )
    return Step(StepKind[given["kind"]], Decimal(given.get("value", 0)), bands)


def _extension_json(rule: Extension) -> dict[str, Any]:
    return {
        "trigger_place": rule.trigger_place,
        "window": _seconds(rule.window),
        "extend_by": _seconds(rule.extend_by),
        "base": rule.base.name,
        "most": rule.most,
        "lots": rule.lots.name,
    }


def _levels_json(levels: Levels) -> dict[str, Any]:
    return {
        "first": _plain(levels.first),
        "move": _plain(levels.move),
        "interval": _seconds(levels.interval),
        "last": _plain(levels.last),
    }
