"""From input objects to drafts: left out is unchanged, a null bound of a window is open, ids become keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import graphene
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.graphql import Date, Decimal, Quantity, enum_of, from_global_id
from ordercenter.rebates.baselines import FigureDraft
from ordercenter.rebates.drafts import LineDraft, PolicyDraft, ScopeDraft, TierDraft, WhomDraft
from ordercenter.rebates.enums import (
    BasisTax,
    PayoutMethod,
    RebateBasis,
    RebateNewcomer,
    RebatePeriod,
    RebatePooling,
    RebateQualifier,
    RebateReward,
    RebateTakeBack,
    RewardOn,
    TierMethod,
)

Input = Mapping[str, Any]
SAME = [
    "code",
    "name_zh",
    "name_en",
    "description",
    "currency",
    "period",
    "basis",
    "basis_tax",
    "after_promotions",
    "negative_basis",
    "sequence",
    "overlap_group",
    "pooling",
    "payout",
    "grant_days",
    "goods_per",
    "goods_count",
    "min_payout",
    "max_correction",
    "take_back",
    "carry_days",
    "confirm_days",
]


class RebateTierInput(graphene.InputObjectType):
    """One band of a tier table."""

    line = graphene.InputField(graphene.Int, description="The place of its tier table; 1 unless told.")
    lower = graphene.InputField(Decimal, required=True, description="Where it begins.")
    upper = graphene.InputField(Decimal, description="Where it ends; null: open.")
    reward = graphene.InputField(enum_of(RebateReward), description="What it gives; PERCENT unless told.")
    value = graphene.InputField(Decimal, required=True, description="Percent, money per unit, or money.")


class RebateLineInput(graphene.InputObjectType):
    """One tier table; its bands are given beside it, by its place."""

    qualifier = graphene.InputField(enum_of(RebateQualifier), description="What chooses the band; AMOUNT unless told.")
    method = graphene.InputField(enum_of(TierMethod), description="How bands pay; INCREMENTAL unless told.")
    reward_on = graphene.InputField(enum_of(RewardOn), description="On what a reached band pays; ALL unless told.")
    newcomer = graphene.InputField(enum_of(RebateNewcomer), description="Without a baseline; NONE unless told.")
    uom = graphene.InputField(graphene.ID, description="The unit of quantities; base units unless told.")
    basis_cap = graphene.InputField(Decimal, description="No more than so much counts.")


class RebateBeneficiaryInput(graphene.InputObjectType):
    """A row of whom a policy is for: a partnership, a group, a grade, or none of them for everyone."""

    partnership = graphene.InputField(graphene.ID, description="One partner.")
    group = graphene.InputField(graphene.ID, description="A group with all below it.")
    grade = graphene.InputField(graphene.ID, description="A grade.")
    excludes = graphene.InputField(graphene.Boolean, description="They are left out.")


class RebateScopeInput(graphene.InputObjectType):
    """A row of the goods that count."""

    variant = graphene.InputField(graphene.ID, description="One variant.")
    product = graphene.InputField(graphene.ID, description="One product.")
    category = graphene.InputField(graphene.ID, description="A category with all below it.")
    brand = graphene.InputField(graphene.ID, description="A brand.")
    excludes = graphene.InputField(graphene.Boolean, description="They do not count.")


class RebatePolicyInput(graphene.InputObjectType):
    """A rebate policy. What is left out stays as it is; lists replace what is there."""

    code = graphene.InputField(graphene.String, description="Unique among your policies.")
    name_zh = graphene.InputField(graphene.String, description="The name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="The name in English.")
    description = graphene.InputField(graphene.String, description="What partners read about it.")
    currency = graphene.InputField(graphene.String, description="ISO 4217 code; your own currency unless told.")
    valid_from = graphene.InputField(Date, description="First day, in your zone; null: always.")
    valid_to = graphene.InputField(Date, description="Last day, in your zone; null: for good.")
    period = graphene.InputField(enum_of(RebatePeriod), description="How long a basis is summed.")
    basis = graphene.InputField(enum_of(RebateBasis), description="The documents that count.")
    basis_tax = graphene.InputField(enum_of(BasisTax), description="Amounts with or without tax.")
    after_promotions = graphene.InputField(graphene.Boolean, description="Amounts count after promotions.")
    negative_basis = graphene.InputField(graphene.Boolean, description="More returned than bought takes back.")
    sequence = graphene.InputField(graphene.Int, description="Its place among overlapping ones, 1 to 999.")
    overlap_group = graphene.InputField(graphene.String, description="A source counts once in a group.")
    pooling = graphene.InputField(enum_of(RebatePooling), description="Each partner alone, or all together.")
    payout = graphene.InputField(enum_of(PayoutMethod), description="How it is paid.")
    grant_days = graphene.InputField(graphene.Int, description="Days for which a grant can be used; 0: for good.")
    use_rule = graphene.InputField(graphene.ID, description="The rule that alone uses what is granted; null: any.")
    goods_variant = graphene.InputField(graphene.ID, description="The goods that are given.")
    goods_per = graphene.InputField(Quantity, description="For so many bought, pieces are given.")
    goods_count = graphene.InputField(Quantity, description="So many are given for them.")
    min_payout = graphene.InputField(Decimal, description="What is less is carried.")
    max_correction = graphene.InputField(Decimal, description="Largest correction of a settlement, in percent.")
    take_back = graphene.InputField(enum_of(RebateTakeBack), description="What becomes of a debt.")
    carry_days = graphene.InputField(graphene.Int, description="Days a debt waits after the policy's end.")
    confirm_days = graphene.InputField(graphene.Int, description="Days a partner has to answer a settlement.")
    lines = graphene.InputField(graphene.List(graphene.NonNull(RebateLineInput)), description="Its tier tables.")
    tiers = graphene.InputField(graphene.List(graphene.NonNull(RebateTierInput)), description="Their bands.")
    beneficiaries = graphene.InputField(
        graphene.List(graphene.NonNull(RebateBeneficiaryInput)), description="Whom it is for; everyone unless told."
    )
    scopes = graphene.InputField(
        graphene.List(graphene.NonNull(RebateScopeInput)), description="Goods that count; all unless told."
    )
    deducts = graphene.InputField(
        graphene.List(graphene.NonNull(graphene.ID)), description="Earlier policies whose rebate lowers its basis."
    )


class RebateFigureInput(graphene.InputObjectType):
    """A baseline or target of one partner."""

    partnership = graphene.InputField(graphene.ID, required=True, description="Whose.")
    value = graphene.InputField(Decimal, required=True, description="The figure, in money or units.")
    day = graphene.InputField(Date, required=True, description="Any day of the period.")
    line = graphene.InputField(graphene.Int, description="The place of the tier table; 1 unless told.")
    reason = graphene.InputField(graphene.String, description="Why; asked for once the policy was approved.")


def policy_draft(actor: Actor, input: Input, copy_of: int | None = None) -> PolicyDraft:
    """A policy as entered."""
    columns = {name: input[name] for name in SAME if input.get(name) is not None}
    columns |= _window(actor, input)
    for name in ("goods_per", "goods_count"):
        if name in input:
            columns[name] = input[name]
    if "goods_variant" in input:
        gid = input["goods_variant"]
        columns["goods_variant_id"] = from_global_id(gid, "Variant", "goods_variant") if gid else None
    if "use_rule" in input:
        gid = input["use_rule"]
        columns["use_rule"] = from_global_id(gid, "FundUseRule", "use_rule") if gid else None
    deducts = input.get("deducts")
    return PolicyDraft(
        columns,
        _lines(input),
        _rows(input.get("beneficiaries"), WhomDraft, WHOM, "beneficiaries"),
        _rows(input.get("scopes"), ScopeDraft, GOODS, "scopes"),
        None if deducts is None else [from_global_id(gid, "RebatePolicy", "deducts") for gid in deducts],
        copy_of,
    )


WHOM = {"partnership": "Partnership", "group": "PartnerGroup", "grade": "PartnerGrade"}
GOODS = {"variant": "Variant", "product": "Product", "category": "Category", "brand": "Brand"}


def _rows(rows: Sequence[Input] | None, draft: type, types: Mapping[str, str], field: str) -> Any:
    if rows is None:
        return None
    return [
        draft(
            **{
                f"{name}_id": from_global_id(row[name], type_, field, index)
                for name, type_ in types.items()
                if row.get(name)
            },
            excludes=bool(row.get("excludes")),
        )
        for index, row in enumerate(rows)
    ]


def _window(actor: Actor, input: Input) -> dict[str, datetime]:
    """Days in the organization's zone as instants; the last day is part of it."""
    zone = ZoneInfo(actor.organization.time_zone) if actor.organization else UTC
    window = {}
    if "valid_from" in input:
        day = input["valid_from"]
        window["valid_from"] = datetime.combine(day, time.min, zone) if day else BEGINNING
    if "valid_to" in input:
        day = input["valid_to"]
        window["valid_to"] = datetime.combine(day + timedelta(days=1), time.min, zone) if day else FOREVER
    return window


def _lines(input: Input) -> list[LineDraft] | None:
    if input.get("lines") is None and input.get("tiers") is None:
        return None
    lines, tiers = input.get("lines") or [{}], input.get("tiers") or []
    by_line: dict[int, list[TierDraft]] = {number: [] for number in range(1, len(lines) + 1)}
    for index, tier in enumerate(tiers):
        place = tier.get("line") or 1
        if place not in by_line:
            text = _("There is no such tier table.")
            raise DomainError(CoreErrorCode.INVALID, text, "tiers.line", index)
        reward = tier.get("reward") or RebateReward.PERCENT
        by_line[place].append(TierDraft(tier["lower"], tier.get("upper"), RebateReward(reward), tier["value"]))
    return [_line(line, by_line[number]) for number, line in enumerate(lines, 1)]


def _line(line: Input, tiers: list[TierDraft]) -> LineDraft:
    return LineDraft(
        tiers,
        RebateQualifier(line.get("qualifier") or RebateQualifier.AMOUNT),
        TierMethod(line.get("method") or TierMethod.INCREMENTAL),
        RewardOn(line.get("reward_on") or RewardOn.ALL),
        from_global_id(line["uom"], "UnitOfMeasure", "lines.uom") if line.get("uom") else None,
        line.get("basis_cap"),
        RebateNewcomer(line.get("newcomer") or RebateNewcomer.NONE),
    )


def figure_drafts(rows: Sequence[Input] | None) -> list[FigureDraft]:
    """Baselines or targets as entered."""
    return [
        FigureDraft(
            from_global_id(row["partnership"], "Partnership", "partnership", index),
            row["value"],
            row["day"],
            row.get("line") or 1,
            row.get("reason") or "",
        )
        for index, row in enumerate(rows or ())
    ]
