"""Mutations of contracts: parse, call one function, answer."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Field, Quantity
from marketplace.graphql import from_global_id as pk_of
from ordercenter.contracts.changes import approve_change, create_change, reject_change, submit_change, void_change
from ordercenter.contracts.compose import create_contract, update_contract
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.library import publish_clause, publish_template, write_type
from ordercenter.contracts.life import (
    close_contract,
    pause_contract,
    renew_contract,
    resume_contract,
    stop_renewal,
    void_contract,
)
from ordercenter.contracts.ordering import call_off
from ordercenter.contracts.schema.inputs import (
    ContractChangeInput,
    ContractClauseInput,
    ContractInput,
    ContractLineChangeInput,
    ContractLineInput,
    ContractTemplateInput,
    ContractTypeInput,
)
from ordercenter.contracts.schema.library_types import ContractClauseType, ContractTemplateType, ContractTypeType
from ordercenter.contracts.schema.types import ContractChangeType, ContractNode, ContractSignatureType
from ordercenter.contracts.sign import Click, decline, sign
from ordercenter.contracts.submit import approve_contract, reject_contract, submit_contract
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.schema.types import OrderType

ID = graphene.ID(required=True, description="Its id.")
WHY = graphene.String(required=True, description="Why.")
MANAGE = "contracts.manage"


def fresh(actor: Actor, pk: int) -> Any:
    """The contract as it is now."""
    return ContractNode.visible(actor).filter(pk=pk).first()


LINES = graphene.List(graphene.NonNull(ContractLineInput), description="Its lines, 500 at most.")


class ContractTypeWrite(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Make a contract type, or change one."""

    class Arguments:
        id = graphene.ID(description="The type to change; a new one unless told.")
        input = ContractTypeInput(required=True, description="The type, whole.")

    contract_type = Field(ContractTypeType, description="The type.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        pk = pk_of(id, "ContractType") if id else None
        return cls(contract_type=write_type(actor, input.to_draft(), pk))


class ContractTemplatePublish(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Publish a template, or the next version of one."""

    class Arguments:
        input = ContractTemplateInput(required=True, description="The template.")

    template = Field(ContractTemplateType, description="The version.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(template=publish_template(actor, input.to_text()))


class ContractClausePublish(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Publish a clause, or the next version of one."""

    class Arguments:
        input = ContractClauseInput(required=True, description="The clause.")

    clause = Field(ContractClauseType, description="The version.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(clause=publish_clause(actor, input.to_text()))


class ContractCreate(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Draft a contract for your organization, which keeps it."""

    class Arguments:
        input = ContractInput(required=True, description="The contract, whole.")
        lines = LINES

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, lines: Any = None) -> Self:
        return cls(contract=fresh(actor, create_contract(actor, input.to_draft(lines)).pk))


class ContractUpdate(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Write a draft anew, whole."""

    class Arguments:
        id = ID
        input = ContractInput(required=True, description="The contract, whole.")
        lines = LINES

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any, lines: Any = None) -> Self:
        draft = input.to_draft(lines)
        return cls(contract=fresh(actor, update_contract(actor, pk_of(id, "Contract"), draft).pk))


class ContractSubmit(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Hand a draft in for approval: its document is rendered, once."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, submit_contract(actor, pk_of(id, "Contract")).pk))


class ContractApprove(BaseMutation, permission="contracts.approve", codes=ContractErrorCode, atomic=False):
    """Let a contract be signed. Not by who drafted it."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, approve_contract(actor, pk_of(id, "Contract")).pk))


class ContractReject(BaseMutation, permission="contracts.approve", codes=ContractErrorCode, atomic=False):
    """Send a contract back to who drafted it."""

    class Arguments:
        id = ID
        reason = WHY

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(contract=fresh(actor, reject_contract(actor, pk_of(id, "Contract"), reason).pk))


class ContractSign(BaseMutation, permission="contracts.sign", codes=ContractErrorCode, atomic=False, replayable=False):
    """Sign a contract or a change by a click: you say that you have read the document of this hash."""

    class Arguments:
        id = graphene.ID(required=True, description="The signature that is asked of you.")
        text_hash = graphene.String(required=True, description="SHA-256 of the document you read.")
        code = graphene.String(description="The code of your second factor, where you have one.")

    signature = Field(ContractSignatureType, description="The signature.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, id: str, text_hash: str, code: str = "") -> Self:
        headers = getattr(info.context.request, "META", {}) or {}
        click = Click(text_hash, code, headers.get("REMOTE_ADDR", ""), headers.get("HTTP_USER_AGENT", ""))
        found = sign(actor, pk_of(id, "ContractSignature"), click)
        return cls(signature=ContractSignatureType.visible(actor).filter(pk=found.pk).first())


class ContractSignatureDecline(BaseMutation, permission="contracts.sign", codes=ContractErrorCode, atomic=False):
    """Refuse to sign. A contract is a draft again, a change is void."""

    class Arguments:
        id = graphene.ID(required=True, description="The signature that is asked of you.")
        reason = WHY

    done = Field(graphene.Boolean, description="It is declined.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        decline(actor, pk_of(id, "ContractSignature"), reason)
        return cls(done=True)


class ContractVoid(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Give up a contract that is not in effect."""

    class Arguments:
        id = ID
        reason = WHY

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(contract=fresh(actor, void_contract(actor, pk_of(id, "Contract"), reason).pk))


class ContractPause(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Let nothing be called off for a while; open orders go on."""

    class Arguments:
        id = ID
        reason = WHY

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(contract=fresh(actor, pause_contract(actor, pk_of(id, "Contract"), reason).pk))


class ContractResume(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Let a paused contract be called off again."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, resume_contract(actor, pk_of(id, "Contract")).pk))


class ContractClose(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Everything is settled: nothing is called off any more."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, close_contract(actor, pk_of(id, "Contract")).pk))


class ContractRenew(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Renew a contract by what was agreed."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, renew_contract(actor, pk_of(id, "Contract")).pk))


class ContractRenewalStop(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Object to the renewal that would come by itself; either side may."""

    class Arguments:
        id = ID

    contract = Field(ContractNode, description="The contract.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(contract=fresh(actor, stop_renewal(actor, pk_of(id, "Contract")).pk))


class ContractChangeCreate(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Draft a change of a contract in effect."""

    class Arguments:
        input = ContractChangeInput(required=True, description="The change.")
        lines = graphene.List(
            graphene.NonNull(ContractLineChangeInput), description="What lines will be; of PRICE and QUANTITY."
        )

    change = Field(ContractChangeType, description="The change.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, lines: Any = None) -> Self:
        change = create_change(actor, pk_of(input.contract, "Contract", "contract"), input.to_draft(lines))
        return cls(change=ContractChangeType.visible(actor).filter(pk=change.pk).first())


class ContractChangeSubmit(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Hand a change in for approval: its document is rendered, once."""

    class Arguments:
        id = ID

    change = Field(ContractChangeType, description="The change.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(change=submit_change(actor, pk_of(id, "ContractChange")))


class ContractChangeApprove(BaseMutation, permission="contracts.approve", codes=ContractErrorCode, atomic=False):
    """Let a change be signed. Not by who drafted it."""

    class Arguments:
        id = ID

    change = Field(ContractChangeType, description="The change.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(change=approve_change(actor, pk_of(id, "ContractChange")))


class ContractChangeReject(BaseMutation, permission="contracts.approve", codes=ContractErrorCode, atomic=False):
    """Refuse a change that was handed in."""

    class Arguments:
        id = ID
        reason = WHY

    change = Field(ContractChangeType, description="The change.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(change=reject_change(actor, pk_of(id, "ContractChange"), reason))


class ContractChangeVoid(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Give up a change that is not in effect."""

    class Arguments:
        id = ID
        reason = WHY

    change = Field(ContractChangeType, description="The change.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(change=void_change(actor, pk_of(id, "ContractChange"), reason))


class ContractCallOffLineInput(graphene.InputObjectType):
    """So much of a contract line."""

    line = graphene.ID(required=True, description="The contract line.")
    variant = graphene.ID(description="The goods, where the line is for a category.")
    quantity = Quantity(required=True, description="How much, in the line's unit; 0 is left out.")


class ContractCallOff(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Order under a contract: its prices hold, its limits count, in one transaction."""

    class Arguments:
        contract = graphene.ID(required=True, description="The contract.")
        lines = graphene.List(
            graphene.NonNull(ContractCallOffLineInput), required=True, description="What is called off."
        )
        requested_on = Date(description="The wished day.")
        address = graphene.ID(description="Where the goods go; the default address unless told.")
        buyer_reference = graphene.String(description="Your own number for it.")
        note = graphene.String(description="A message for the seller.")

    order = Field(OrderType, description="The order.")

    @classmethod
    def perform(cls, actor: Actor, contract: str, lines: Any, **given: Any) -> Self:
        wanted = [
            (
                pk_of(one.line, "ContractLine", "contract_line"),
                pk_of(one.variant, "Variant", "variant") if one.get("variant") else None,
                one.quantity,
            )
            for one in lines
        ]
        address = given.pop("address", None)
        address_id = pk_of(address, "Address", "address") if address else None
        return cls(order=call_off(actor, pk_of(contract, "Contract", "contract"), wanted, address_id, **given))


class Contracts:
    """What can be done with contracts."""

    contract_type_write = ContractTypeWrite.Field()
    contract_template_publish = ContractTemplatePublish.Field()
    contract_clause_publish = ContractClausePublish.Field()
    contract_create = ContractCreate.Field()
    contract_update = ContractUpdate.Field()
    contract_submit = ContractSubmit.Field()
    contract_approve = ContractApprove.Field()
    contract_reject = ContractReject.Field()
    contract_sign = ContractSign.Field()
    contract_signature_decline = ContractSignatureDecline.Field()
    contract_void = ContractVoid.Field()
    contract_pause = ContractPause.Field()
    contract_resume = ContractResume.Field()
    contract_close = ContractClose.Field()
    contract_renew = ContractRenew.Field()
    contract_renewal_stop = ContractRenewalStop.Field()
    contract_change_create = ContractChangeCreate.Field()
    contract_change_submit = ContractChangeSubmit.Field()
    contract_change_approve = ContractChangeApprove.Field()
    contract_change_reject = ContractChangeReject.Field()
    contract_change_void = ContractChangeVoid.Field()
    contract_call_off = ContractCallOff.Field()
