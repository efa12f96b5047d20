"""What is sent to credit."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.values import AudienceDraft
from marketplace.core.models import ControlMode
from marketplace.graphql import DateTime, Decimal, enum_of, from_global_id, ids_of
from ordercenter.credit.accounts import AccountDraft
from ordercenter.credit.enums import Checkpoint, CreditLimitKind, CreditMode, CreditRuleKind
from ordercenter.credit.requests import RequestDraft
from ordercenter.credit.rules import EVERYWHERE, RuleDraft


class CreditSettingsInput(graphene.InputObjectType):
    """How credit is controlled; what is not given stays."""

    controls = graphene.Boolean(description="Orders meet the credit rules.")
    horizon_days = graphene.Int(description="What new accounts start with: an order that ships later is a later order.")
    count_unapplied = graphene.Boolean(description="What new accounts start with: unapplied cash counts.")


class CreditAccountInput(graphene.InputObjectType):
    """A credit account; what is not given stays."""

    partnerships = graphene.List(graphene.NonNull(graphene.ID), description="All that buy under it, 100 at most.")
    name = graphene.String(description="A name for it.")
    currency = graphene.String(description="Of a new one; the first partner's unless told.")
    mode = graphene.Argument(enum_of(CreditMode), description="Without limit, with one, or prepaid.")
    horizon_days = graphene.Int(description="An order that ships later than so many days is a later order.")
    count_unapplied = graphene.Boolean(description="Unapplied cash lowers the exposure.")
    payment_days = graphene.Int(description="The longest payment term agreed; -1: any.")

    def to_draft(self) -> AccountDraft:
        """The draft; NOT_FOUND for an id that is none."""
        given = self.get("partnerships")
        partnerships = None if given is None else tuple(ids_of(given[:100], "Partnership", "partnerships"))
        mode = self.get("mode")
        return AccountDraft(
            partnership_ids=partnerships,
            name=self.get("name"),
            currency=self.get("currency"),
            mode=None if mode is None else CreditMode(mode),
            horizon_days=self.get("horizon_days"),
            count_unapplied=self.get("count_unapplied"),
            payment_days=self.get("payment_days"),
        )


class CreditRequestInput(graphene.InputObjectType):
    """A limit that is asked for."""

    partnership = graphene.ID(required=True, description="The partner whose account it is for.")
    currency = graphene.String(description="The currency of the account; the partnership's unless told.")
    kind = graphene.Argument(enum_of(CreditLimitKind), description="STANDING unless told.")
    amount = Decimal(required=True, description="How much.")
    valid_from = DateTime(description="From when; from the decision on unless told.")
    valid_to = DateTime(description="Until when; a temporary limit needs it.")
    reason = graphene.String(description="Why; a buyer must say it.")

    def to_draft(self) -> RequestDraft:
        """The draft; NOT_FOUND for an id that is none."""
        return RequestDraft(
            partnership_id=from_global_id(self["partnership"], "Partnership", "partnership"),
            amount=self["amount"],
            kind=CreditLimitKind(self.get("kind") or CreditLimitKind.STANDING),
            valid_from=self.get("valid_from"),
            valid_to=self.get("valid_to"),
            reason=self.get("reason") or "",
            currency=(self.get("currency") or "").upper(),
        )


class CreditRuleInput(graphene.InputObjectType):
    """A credit rule, whole."""

    kind = graphene.Argument(enum_of(CreditRuleKind), required=True, description="What it looks at.")
    mode = graphene.Argument(enum_of(ControlMode), description="What it does; REQUIRE_APPROVAL unless told.")
    checkpoints = graphene.List(
        graphene.NonNull(enum_of(Checkpoint)), description="Where it is asked; everywhere unless told."
    )
    threshold = Decimal(description="The amount, days or percent that pass.")
    currency = graphene.String(description="Of an amount.")
    grace_days = graphene.Int(description="So long a released order is not held by it again; 0 unless told.")
    tolerance = Decimal(description="While it is worth at most so many percent more; 0 unless told.")
    is_active = graphene.Boolean(description="It is asked; true unless told.")
    partnership = graphene.ID(description="For this partner alone.")
    group = graphene.ID(description="For a group and all below it.")
    grade = graphene.ID(description="For a grade.")

    def to_draft(self) -> RuleDraft:
        """The draft; NOT_FOUND for an id that is none."""
        points = self.get("checkpoints")
        active = self.get("is_active")
        return RuleDraft(
            kind=CreditRuleKind(self["kind"]),
            mode=ControlMode(self.get("mode") or ControlMode.REQUIRE_APPROVAL),
            checkpoints=EVERYWHERE if points is None else tuple(Checkpoint(point) for point in points),
            threshold=self.get("threshold"),
            currency=(self.get("currency") or "").strip(),
            grace_days=self.get("grace_days") or 0,
            tolerance=self.get("tolerance") or Number(0),
            is_active=True if active is None else active,
            audience=AudienceDraft(
                _pk(self, "partnership", "Partnership"),
                _pk(self, "group", "PartnerGroup"),
                _pk(self, "grade", "PartnerGrade"),
            ),
        )


def _pk(given: Any, name: str, type_: str) -> int | None:
    return from_global_id(given[name], type_, name) if given.get(name) else None
