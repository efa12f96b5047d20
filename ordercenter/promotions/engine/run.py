"""The phases of one evaluation, in their order; and strategy BEST, under which one promotion stands alone (§4)."""

from __future__ import annotations

from collections.abc import Sequence

from ordercenter.promotions.engine.admit import BEATEN, admitted
from ordercenter.promotions.engine.entry import Entry, Run, Situation
from ordercenter.promotions.engine.freight import freight_phase
from ordercenter.promotions.engine.gifts import gift_phase
from ordercenter.promotions.engine.line_phase import line_phase
from ordercenter.promotions.engine.order_phase import order_phase
from ordercenter.promotions.engine.rules import FREIGHT_LEVEL, LINE, Rule
from ordercenter.promotions.engine.sheet import Sheet


def run_rules(sheet: Sheet, rules: Sequence[Rule], situation: Situation) -> Run:
    """Let rules work on a sheet: lines, order, gifts, freight. The order in which rules are given changes nothing."""
    ordered = sorted(rules, key=lambda rule: rule.id)
    if situation.best:
        return _best(sheet, ordered, situation)
    run = Run(sheet, situation)
    _phases(run, list(admitted(run, ordered)))
    return run


def _phases(run: Run, entries: Sequence[Entry]) -> None:
    line_phase(run, [entry for entry in entries if entry.rule.level == LINE])
    rest = [entry for entry in entries if entry.rule.level != LINE]
    order_phase(run, [entry for entry in rest if entry.rule.level != FREIGHT_LEVEL and not entry.rule.gives])
    gift_phase(run, [entry for entry in rest if entry.rule.gives])
    freight_phase(run, [entry for entry in rest if entry.rule.level == FREIGHT_LEVEL])


def _best(sheet: Sheet, rules: Sequence[Rule], situation: Situation) -> Run:
    """Each promotion alone; of those on goods the best one stays, and the best one on freight beside it."""
    told = Run(sheet, situation)
    chosen: list[Rule] = []
    entries = list(admitted(told, rules))
    for freight in (False, True):
        tried = []
        for entry in entries:
            if (entry.rule.level == FREIGHT_LEVEL) is freight:
                alone = Run(sheet.fresh(), situation)
                _phases(alone, [Entry(entry.rule, alone.sheet.matching(entry.rule), entry.left)])
                told.hints += alone.hints
                worth = sum(one.amount for one in alone.applied)
                if alone.applied or alone.awards:
                    tried.append((-worth, entry.rule.priority, entry.rule.id, entry.rule))
                else:
                    told.fates += alone.fates
        if tried:
            chosen.append(min(tried, key=lambda one: one[:3])[3])
            for one in tried:
                if one[3] is not chosen[-1]:
                    told.fail(one[3], BEATEN, benefit=-one[0], beaten_by=chosen[-1].id)
    run = Run(sheet, situation)
    _phases(
        run, [Entry(entry.rule, sheet.matching(entry.rule), entry.left) for entry in entries if entry.rule in chosen]
    )
    run.hints, run.fates = told.hints, told.fates + run.fates
    return run
