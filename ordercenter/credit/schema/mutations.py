"""Mutations of credit: parse, call one function, answer."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Decimal, Field, ids_of
from marketplace.graphql import from_global_id as pk_of
from ordercenter.credit.accounts import close_account, resume, suspend, write_account
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.keeping import write_settings
from ordercenter.credit.limits import end_limit
from ordercenter.credit.queue import evaluate_many
from ordercenter.credit.requests import (
    approve_request,
    create_request,
    reject_request,
    submit_request,
    withdraw_request,
)
from ordercenter.credit.rules import delete_rule, write_rule
from ordercenter.credit.schema.inputs import (
    CreditAccountInput,
    CreditRequestInput,
    CreditRuleInput,
    CreditSettingsInput,
)
from ordercenter.credit.schema.types import (
    CreditAccountType,
    CreditRequestType,
    CreditRuleType,
    CreditSettingsType,
)

ID = graphene.ID(required=True, description="Its id.")


class CreditSettingsWrite(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Switch credit control on or off. Switched on, what is open already counts from then on."""

    class Arguments:
        input = CreditSettingsInput(required=True, description="What changes.")

    settings = Field(CreditSettingsType, description="The settings.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(settings=write_settings(actor, **input))


class CreditAccountWrite(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Open a credit account, or change one. Partners that join bring along what they owe."""

    class Arguments:
        id = graphene.ID(description="The account to change; a new one unless told.")
        input = CreditAccountInput(required=True, description="The account.")

    account = Field(CreditAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        pk = pk_of(id, "CreditAccount") if id else None
        return cls(account=write_account(actor, input.to_draft(), pk))


class CreditAccountSuspend(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Stop the orders of an account."""

    class Arguments:
        id = ID
        reason = graphene.String(required=True, description="Why; the buyer reads it.")

    account = Field(CreditAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(account=suspend(actor, pk_of(id, "CreditAccount"), reason))


class CreditAccountResume(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Let a suspended account buy again; its held orders are looked at once more."""

    class Arguments:
        id = ID
        reason = graphene.String(description="Why.")

    account = Field(CreditAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str = "") -> Self:
        return cls(account=resume(actor, pk_of(id, "CreditAccount"), reason))


class CreditAccountClose(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """End an account under which nothing is open."""

    class Arguments:
        id = ID

    account = Field(CreditAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(account=close_account(actor, pk_of(id, "CreditAccount")))


class CreditLimitEnd(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """End a limit now; one that has not begun is taken back."""

    class Arguments:
        id = ID

    account = Field(CreditAccountType, description="The account it was of.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        limit = end_limit(actor, pk_of(id, "CreditLimit"))
        return cls(account=CreditAccountType.visible(actor).filter(pk=limit.account_id).first())


class CreditRequestCreate(BaseMutation, codes=CreditErrorCode, atomic=False):
    """Ask for a limit: the seller's people (`credit.manage`) or the buyer's (`credit.request`)."""

    class Arguments:
        input = CreditRequestInput(required=True, description="What is asked.")
        submit = graphene.Boolean(description="Hand it in as well.")

    request = Field(CreditRequestType, description="The request.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, submit: bool = False) -> Self:
        return cls(request=create_request(actor, input.to_draft(), submit))


class CreditRequestSubmit(BaseMutation, codes=CreditErrorCode, atomic=False):
    """Hand a request in. The seller's own takes effect at once; a buyer's waits for the seller."""

    class Arguments:
        id = ID

    request = Field(CreditRequestType, description="The request.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(request=submit_request(actor, pk_of(id, "CreditRequest")))


class CreditRequestApprove(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Grant what a buyer asked for, or another amount."""

    class Arguments:
        id = ID
        amount = Decimal(description="What is granted; what was asked unless told.")
        answer = graphene.String(description="A word to the buyer.")

    request = Field(CreditRequestType, description="The request.")

    @classmethod
    def perform(cls, actor: Actor, id: str, amount: Any = None, answer: str = "") -> Self:
        return cls(request=approve_request(actor, pk_of(id, "CreditRequest"), amount, answer))


class CreditRequestReject(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Refuse what a buyer asked for."""

    class Arguments:
        id = ID
        answer = graphene.String(required=True, description="Why; the buyer reads it.")

    request = Field(CreditRequestType, description="The request.")

    @classmethod
    def perform(cls, actor: Actor, id: str, answer: str) -> Self:
        return cls(request=reject_request(actor, pk_of(id, "CreditRequest"), answer))


class CreditRequestWithdraw(BaseMutation, codes=CreditErrorCode, atomic=False):
    """Take back what you asked and nobody has decided."""

    class Arguments:
        id = ID

    request = Field(CreditRequestType, description="The request.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(request=withdraw_request(actor, pk_of(id, "CreditRequest")))


class CreditRuleWrite(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Make a credit rule, or change one. Held orders are looked at again right after."""

    class Arguments:
        id = graphene.ID(description="The rule to change; a new one unless told.")
        input = CreditRuleInput(required=True, description="The rule, whole.")

    rule = Field(CreditRuleType, description="The rule.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        pk = pk_of(id, "CreditRule") if id else None
        return cls(rule=write_rule(actor, input.to_draft(), pk))


class CreditRuleDelete(BaseMutation, permission="credit.manage", codes=CreditErrorCode, atomic=False):
    """Take a credit rule away."""

    class Arguments:
        id = ID

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_rule(actor, pk_of(id, "CreditRule"))
        return cls()


class CreditHoldsEvaluate(BaseMutation, permission="credit.release", codes=CreditErrorCode, atomic=False):
    """Go through the held orders of accounts, oldest first, and let go what the rules now allow."""

    class Arguments:
        accounts = graphene.List(
            graphene.NonNull(graphene.ID), description="Of these accounts, 100 at most; of all unless told."
        )

    released = Field(graphene.Int, required=False, description="How many holds were let go.")

    @classmethod
    def perform(cls, actor: Actor, accounts: list[str] | None = None) -> Self:
        ids = None if accounts is None else ids_of(accounts[:100], "CreditAccount", "accounts")
        return cls(released=len(evaluate_many(actor, ids)))


class Mutations:
    """What can be done with credit."""

    credit_settings_write = CreditSettingsWrite.Field()
    credit_account_write = CreditAccountWrite.Field()
    credit_account_suspend = CreditAccountSuspend.Field()
    credit_account_resume = CreditAccountResume.Field()
    credit_account_close = CreditAccountClose.Field()
    credit_limit_end = CreditLimitEnd.Field()
    credit_request_create = CreditRequestCreate.Field()
    credit_request_submit = CreditRequestSubmit.Field()
    credit_request_approve = CreditRequestApprove.Field()
    credit_request_reject = CreditRequestReject.Field()
    credit_request_withdraw = CreditRequestWithdraw.Field()
    credit_rule_write = CreditRuleWrite.Field()
    credit_rule_delete = CreditRuleDelete.Field()
    credit_holds_evaluate = CreditHoldsEvaluate.Field()
