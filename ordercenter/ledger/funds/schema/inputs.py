"""What is sent to funds."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.scope import ProductScope
from marketplace.catalog.values import AudienceDraft
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.graphql import DateTime, Decimal, enum_of, from_global_id, ids_of
from marketplace.graphql.ids import split_global_id
from ordercenter.ledger.funds.adjust import AdjustDraft
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.rules import RuleDraft
from ordercenter.ledger.funds.schema.documents import GOODS
from ordercenter.ledger.funds.top_ups import TopUpDraft
from ordercenter.ledger.funds.transfers import TransferDraft

MOST_GOODS = 200


def _currency(given: Any) -> str:
    return (given.get("currency") or "").strip()


class FundWishInput(graphene.InputObjectType):
    """What is asked of one fund account for an order."""

    kind = graphene.Argument(enum_of(FundKind), required=True, description="Which account.")
    amount = Decimal(description="How much; 0 for nothing; what the seller's rule says unless told.")


def fund_wishes(given: list[Any] | None) -> dict[FundKind, Number | None]:
    """Wishes by kind, as a draft has them."""
    return {FundKind(one["kind"]): one.get("amount") for one in given or []}


class FundTopUpInput(graphene.InputObjectType):
    """A top-up to write."""

    partnership = graphene.ID(required=True, description="Of which trade.")
    kind = graphene.Argument(enum_of(FundKind), required=True, description="Into which account.")
    amount = Decimal(required=True, description="How much.")
    currency = graphene.String(description="That of the trade unless told.")
    valid_from = DateTime(description="From when it may be used; at once unless told.")
    valid_to = DateTime(description="Until when it may be used; ever unless told. Money does not end.")
    use_rule = graphene.ID(description="The rule that alone may use it.")
    variants = graphene.List(graphene.NonNull(graphene.ID), description="It pays these goods alone.")
    reference = graphene.String(description="The payment or the promise behind it; money needs it.")
    note = graphene.String(description="A note.")

    def to_draft(self) -> TopUpDraft:
        """The draft; NOT_FOUND for an id that is none."""
        rule = self.get("use_rule")
        return TopUpDraft(
            from_global_id(self["partnership"], "Partnership", "partnership"),
            FundKind(self["kind"]),
            self["amount"],
            _currency(self),
            self.get("valid_from"),
            self.get("valid_to"),
            from_global_id(rule, "FundUseRule", "use_rule") if rule else None,
            tuple(ids_of((self.get("variants") or [])[:MOST_GOODS], "Variant", "variants")),
            self.get("reference") or "",
            self.get("note") or "",
        )


class FundTransferInput(graphene.InputObjectType):
    """A transfer to write."""

    source = graphene.ID(required=True, description="The trade it comes from.")
    source_kind = graphene.Argument(enum_of(FundKind), required=True, description="From which account.")
    target = graphene.ID(description="The trade it goes to; the same unless told.")
    target_kind = graphene.Argument(enum_of(FundKind), required=True, description="Into which account.")
    amount = Decimal(required=True, description="How much.")
    currency = graphene.String(description="That of the trade it comes from unless told.")
    note = graphene.String(description="A note.")

    def to_draft(self) -> TransferDraft:
        """The draft; NOT_FOUND for an id that is none."""
        source = from_global_id(self["source"], "Partnership", "source")
        target = self.get("target")
        return TransferDraft(
            source,
            FundKind(self["source_kind"]),
            from_global_id(target, "Partnership", "target") if target else source,
            FundKind(self["target_kind"]),
            self["amount"],
            _currency(self),
            self.get("note") or "",
        )


class FundAmountInput(graphene.InputObjectType):
    """So much of one fund account."""

    partnership = graphene.ID(required=True, description="Of which trade.")
    kind = graphene.Argument(enum_of(FundKind), required=True, description="Which account.")
    amount = Decimal(required=True, description="How much; of an adjustment, below 0 lowers the account.")
    currency = graphene.String(description="That of the trade unless told.")
    reason = graphene.String(required=True, description="Why.")

    def to_draft(self) -> AdjustDraft:
        """The draft; NOT_FOUND for an id that is none."""
        return AdjustDraft(
            from_global_id(self["partnership"], "Partnership", "partnership"),
            FundKind(self["kind"]),
            self["amount"],
            self["reason"],
            _currency(self),
        )


class FundUseRuleInput(graphene.InputObjectType):
    """A use rule, whole. Goods are ids of variants, products, categories and brands."""

    kind = graphene.Argument(enum_of(FundKind), required=True, description="Which account it is about.")
    name = graphene.String(description="Its name, where it has one for both languages.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English.")
    mode = graphene.Argument(enum_of(FundMode), description="By itself unless told.")
    treatment = graphene.Argument(enum_of(FundTreatment), description="As payment unless told.")
    priority = graphene.Int(description="Lower ones are used first; 100 unless told.")
    max_percent = Decimal(description="The most of the goods' value it may pay, in percent; 100 unless told.")
    min_order = Decimal(description="It pays documents of at least so much; 0 unless told.")
    currency = graphene.String(description="For documents in this currency alone.")
    with_promotions = graphene.Boolean(description="It pays lines that have promotions, too; false unless told.")
    is_active = graphene.Boolean(description="It is used; true unless told.")
    partnership = graphene.ID(description="For this partner alone.")
    group = graphene.ID(description="For a group and all below it.")
    grade = graphene.ID(description="For a grade.")
    includes = graphene.List(graphene.NonNull(graphene.ID), description="Goods it pays; all of them unless told.")
    excludes = graphene.List(graphene.NonNull(graphene.ID), description="Goods it does not pay.")

    def to_draft(self) -> RuleDraft:
        """The draft; NOT_FOUND for an id that is none."""
        active, priority, percent = self.get("is_active"), self.get("priority"), self.get("max_percent")
        return RuleDraft(
            FundKind(self["kind"]),
            FundMode(self.get("mode") or FundMode.AUTO),
            FundTreatment(self.get("treatment") or FundTreatment.PAYMENT),
            100 if priority is None else priority,
            Number(100) if percent is None else percent,
            self.get("min_order") or Number(0),
            _currency(self),
            bool(self.get("with_promotions")),
            True if active is None else active,
            self.get("name_zh") or "",
            self.get("name_en") or self.get("name") or "",
            AudienceDraft(
                _pk(self, "partnership", "Partnership"),
                _pk(self, "group", "PartnerGroup"),
                _pk(self, "grade", "PartnerGrade"),
            ),
            _scopes(self.get("includes"), "includes"),
            _scopes(self.get("excludes"), "excludes"),
        )


def _pk(given: Any, name: str, type_: str) -> int | None:
    return from_global_id(given[name], type_, name) if given.get(name) else None


def _scopes(ids: list[str] | None, field: str) -> tuple[ProductScope, ...]:
    """Goods by their global ids, whose type says what they are; NOT_FOUND with its index for each that is none."""
    types = {type_: f"{name}_id" for name, type_ in GOODS.items()}
    scopes: list[ProductScope] = []
    problems: list[DomainError] = []
    for index, gid in enumerate((ids or [])[: MOST_GOODS + 1]):
        type_ = _type_of(gid)
        try:
            scopes.append(ProductScope(**{types.get(type_, ""): from_global_id(gid, type_, field, index)}))
        except (DomainError, TypeError):
            problems.append(not_found(field, index))
    raise_all(problems)
    return tuple(scopes)


def _type_of(gid: str) -> str:
    with suppress(ValueError):
        return split_global_id(gid)[0]
    return ""
