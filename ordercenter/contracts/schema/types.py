"""Types of contracts: head, lines with their use, clauses, signatures, changes."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene
from django.urls import reverse

from marketplace.core import money
from marketplace.core.clock import today_of
from marketplace.graphql import (
    Date,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.contracts.enums import (
    ContractChangeKind,
    ContractChangeStatus,
    ContractKind,
    ContractSide,
    ContractSignatureStatus,
    ContractStatus,
    LimitBasis,
    PricingDate,
    Renewal,
)
from ordercenter.contracts.models import (
    Contract,
    ContractChange,
    ContractClauseUse,
    ContractLine,
    ContractPayment,
    ContractSignature,
)
from ordercenter.contracts.schema.library_types import count, yes
from ordercenter.contracts.schema.line_types import ContractLineType, used_share
from ordercenter.contracts.schema.loaders import (
    ChangesOfContract,
    ClausesOfContract,
    LinesOfContract,
    PaymentsOfContract,
    SignaturesOfContract,
    TextOfChange,
)

ORGANIZATION = "marketplace.parties.schema.OrganizationType"
PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
USER = "marketplace.parties.schema.types.UserType"
UOM = "marketplace.catalog.schema.types.UnitOfMeasureType"
LIBRARY = "ordercenter.contracts.schema.library_types"
HERE = "ordercenter.contracts.schema.types"
VIEW = "contracts.view"
HUNDRED = Number(100)


class ContractSignerType(graphene.ObjectType):
    """Who is to sign for a side."""

    class Meta:
        name = "ContractSigner"

    side = Field(enum_of(ContractSide), required=True, description="For which side.")
    user = Field(graphene.ID, description="The person; null: anybody who may sign for it.")
    name = Field(graphene.String, required=True, description="The name on the document.")
    capacity = Field(graphene.String, required=True, description="In which capacity.")

    def resolve_side(root: dict[str, Any], _info: Any) -> ContractSide:
        return ContractSide(root["side"])

    def resolve_user(root: dict[str, Any], _info: Any) -> str | None:
        return to_global_id("User", root["user"]) if root["user"] else None


class ContractClauseUseType(ModelType, model=ContractClauseUse, name="ContractClauseUse", permission=VIEW):
    """A clause as it stands in a contract."""

    position = count("Its place, from 1.")
    clause = Related(
        f"{LIBRARY}.ContractClauseType",
        "clause",
        description="The clause; the keeper's own.",
    )
    clause_id = Field(graphene.ID, required=True, description="The id of the clause.")
    name = Field(graphene.String, required=True, description="Its heading.")
    text = Field(graphene.String, required=True, description="Its words, with variables.")
    other_words = Field(graphene.String, required=True, description="Its words where they are not the clause's own.")
    deviation = yes("It differs from the standard.")
    reason = Field(graphene.String, required=True, description="Why.")
    risk = count("What it adds to the risk.")

    def resolve_clause_id(root: Any, _info: Any) -> str:
        return to_global_id("ContractClause", root.clause_id)

    def resolve_name(root: Any, _info: Any) -> str:
        return root.clause.name

    def resolve_other_words(root: Any, _info: Any) -> str:
        own = (root.clause.text_zh.strip(), root.clause.text_en.strip())
        return "" if root.text.strip() in own else root.text

    def resolve_risk(root: Any, _info: Any) -> int:
        return root.clause.risk if root.deviation else 0


class ContractPaymentType(ModelType, model=ContractPayment, name="ContractPayment", permission=VIEW):
    """A step of the payment plan."""

    position = count("Its place, from 1.")
    milestone = text("What has to be there.")
    percent = Field(Decimal, required=True, description="Its share of the whole.")
    amount = Field(Money, description="What that is; null where the contract has no amount.")
    due = text("When it is due.")

    def resolve_amount(root: Any, _info: Any) -> money.Money | None:
        return None if root.amount is None else money.Money(root.amount, root.contract.currency)


class ContractSignatureType(ModelType, model=ContractSignature, name="ContractSignature", permission=VIEW):
    """One party's signature under a contract or a change."""

    position = count("Its place in the order of signers.")
    contract = Related(f"{HERE}.ContractNode", "contract", description="The contract.")
    change = Related(f"{HERE}.ContractChangeType", "change", description="The change; null: the contract itself.")
    side = Field(enum_of(ContractSide), required=True, description="For which side.")
    side_label = label_field("side")
    organization = Related(ORGANIZATION, "organization", description="Who is asked.")
    organization_name = Field(graphene.String, required=True, description="Its name.")
    name = text("Who signs, or signed.")
    capacity = text("In which capacity.")
    status = Field(enum_of(ContractSignatureStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    text_hash = text("SHA-256 of the document that is signed.")
    statement = Field(graphene.String, required=True, description="What the signer agreed to; empty before.")
    proof = Field(graphene.String, required=True, description="How the signer proved who they are; empty before.")
    reason = text("Why it was declined.")
    asked_at = Field(DateTime, description="Since when it is asked for.")
    signed_at = Field(DateTime, description="When it was given, by the database's clock.")
    is_mine = yes("You may sign it.")

    def resolve_organization_name(root: Any, _info: Any) -> str:
        return root.organization.shown_name

    def resolve_statement(root: Any, _info: Any) -> str:
        return root.evidence.get("statement", "")

    def resolve_proof(root: Any, _info: Any) -> str:
        return root.evidence.get("proof", "")

    def resolve_is_mine(root: Any, info: Any) -> bool:
        actor = info.context.actor
        waits = root.status == ContractSignatureStatus.PENDING_SIGNATURE
        own = root.organization_id == actor.organization_id and actor.on_behalf_of is None
        return waits and own and actor.may("contracts.sign") and root.user_id in (None, actor.user_id)


class ContractChangeType(ModelType, model=ContractChange, name="ContractChange", permission=VIEW):
    """Amends a contract."""

    seq = count("1 for the first.")
    contract = Related(f"{HERE}.ContractNode", "contract", description="The contract.")
    kind = Field(enum_of(ContractChangeKind), required=True, description="What it changes.")
    kind_label = label_field("kind")
    base_version = count("The version it was drafted on.")
    reason = text("Why.")
    effective_from = Field(Date, required=True, description="From which day on.")
    status = Field(enum_of(ContractChangeStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    text_hash = text("SHA-256 of its document; empty before it is handed in.")
    created_at = Field(DateTime, required=True, description="When it was drafted.")
    effective_at = Field(DateTime, description="When it took effect.")
    sections = listed(lambda: ContractSectionType, "What its document says; empty before it is handed in.", size=5)

    def resolve_sections(root: Any, info: Any) -> Any:
        return TextOfChange.of(info).load(root.pk)


class ContractNode(ModelType, model=Contract, name="Contract", permission=VIEW):
    """Signed terms between a seller and a buyer."""

    number = text("Unique for the side that keeps it.")
    title = text("What it is about.")
    kind = Field(enum_of(ContractKind), required=True, description="What it is for.")
    kind_label = label_field("kind")
    status = Field(enum_of(ContractStatus), required=True, description="Where it stands; its days count beside it.")
    status_label = label_field("status")
    type = Related(f"{LIBRARY}.ContractTypeType", "contract_type", description="The keeper's type.")
    template = Related(
        f"{LIBRARY}.ContractTemplateType",
        "template",
        description="The keeper's template; null: none.",
    )
    owner = Related(ORGANIZATION, "owner", description="The side that keeps it.")
    seller = Related(ORGANIZATION, "seller", description="Who sells.")
    buyer = Related(ORGANIZATION, "buyer", description="Who buys.")
    partnership = Related(PARTNERSHIP, "partnership", description="The trade it is for.")
    is_keeper = yes("Your organization keeps it.")
    is_buyer = yes("Your organization buys.")
    language = text("The language it is written in.")
    currency = text("ISO 4217 code.")
    effective_on = Field(Date, required=True, description="Its first day.")
    ends_on = Field(Date, description="Its last day; null: it does not end by itself.")
    days_left = Field(graphene.Int, description="Days until the last one; below 0 after it.")
    payment_terms = text("When to pay.")
    delivery_terms = text("How goods come.")
    warranty = text("What is warranted.")
    limit_basis = Field(enum_of(LimitBasis), required=True, description="What limits call-offs.")
    limit_basis_label = label_field("limit_basis")
    limit_amount = Field(Money, description="Net, for all lines together; null: no limit.")
    allowance = Field(Decimal, required=True, description="Percent that may be called off beyond the amount.")
    called_amount = Field(Money, required=True, description="Net, called off on all lines.")
    used_percent = Field(graphene.Int, description="Of the amount, or of the lines' limits on average; null: no limit.")
    pricing_date = Field(enum_of(PricingDate), required=True, description="Which day decides the price.")
    pricing_date_label = label_field("pricing_date")
    renewal = Field(enum_of(Renewal), required=True, description="What happens at the end.")
    renewal_label = label_field("renewal")
    renewal_times = count("How often it may be renewed.")
    renewal_months = count("For how many months each time.")
    notice_days = count("Until how many days before the end one may object.")
    renewal_stopped = yes("Somebody objected: it ends.")
    times_left = count("How often it may still be renewed.")
    sign_by = Field(Date, description="The last day to sign.")
    variables = listed(lambda: ContractValueType, "What is filled in for variables.", size=10)
    signers = listed(ContractSignerType, "Who is to sign, in their order.", size=4)
    reason = text("Why it was rejected, declined, paused or voided.")
    risk = count("Sum of the deviations.")
    version = count("Goes on with every change in effect.")
    text_hash = text("SHA-256 of the document that is signed; empty before it is handed in.")
    created_at = Field(DateTime, required=True, description="When it was drafted.")
    signed_at = Field(DateTime, description="When all had signed.")
    can_approve = yes("You may approve it: somebody else drafted it.")
    document_url = Field(graphene.String, description="Its document as PDF/A; null before it is handed in.")
    evidence_url = Field(graphene.String, description="Documents, signatures and hashes as ZIP; null before.")
    lines = listed(ContractLineType, "Its lines.", size=20)
    clauses = listed(ContractClauseUseType, "Its clauses.", size=20)
    payments = listed(ContractPaymentType, "Its payment plan.", size=5)
    signatures = listed(ContractSignatureType, "Every signature asked for, under it and its changes.", size=6)
    changes = listed(ContractChangeType, "Its changes, the latest first.", size=10)

    def resolve_is_keeper(root: Any, info: Any) -> bool:
        actor = info.context.actor
        return root.owner_id == actor.organization_id and actor.on_behalf_of is None

    def resolve_is_buyer(root: Any, info: Any) -> bool:
        return root.buyer_id == info.context.actor.organization_id

    def resolve_days_left(root: Any, _info: Any) -> int | None:
        return root.days_left(today_of(root.buyer))

    def resolve_limit_amount(root: Any, _info: Any) -> money.Money | None:
        return None if root.limit_amount is None else money.Money(root.limit_amount, root.currency)

    def resolve_called_amount(root: Any, info: Any) -> Any:
        def total(lines: list[ContractLine]) -> money.Money:
            return money.Money(sum((line.called_amount for line in lines), Number(0)), root.currency)

        return LinesOfContract.of(info).load(root.pk).then(total)

    def resolve_used_percent(root: Any, info: Any) -> Any:
        def used(lines: list[ContractLine]) -> int | None:
            if root.amount_limit:
                called = sum((line.called_amount for line in lines), Number(0))
                return int(called / root.amount_limit * HUNDRED)
            shares = [share for line in lines if (share := used_share(line)) is not None]
            return int(sum(shares, Number(0)) / len(shares) * HUNDRED) if shares else None

        return LinesOfContract.of(info).load(root.pk).then(used)

    def resolve_variables(root: Any, _info: Any) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in sorted(root.variables.items())]

    def resolve_can_approve(root: Any, info: Any) -> bool:
        actor = info.context.actor
        waits = root.status == ContractStatus.PENDING_APPROVAL and root.owner_id == actor.organization_id
        return waits and actor.may("contracts.approve") and actor.user_id not in (root.made_by_id, root.submitted_by_id)

    def resolve_document_url(root: Any, _info: Any) -> str | None:
        return reverse("contract_document", args=[root.pk]) if root.text_hash else None

    def resolve_evidence_url(root: Any, _info: Any) -> str | None:
        return reverse("contract_evidence", args=[root.pk]) if root.text_hash else None

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfContract.of(info).load(root.pk)

    def resolve_clauses(root: Any, info: Any) -> Any:
        return ClausesOfContract.of(info).load(root.pk)

    def resolve_payments(root: Any, info: Any) -> Any:
        return PaymentsOfContract.of(info).load(root.pk)

    def resolve_signatures(root: Any, info: Any) -> Any:
        return SignaturesOfContract.of(info).load(root.pk)

    def resolve_changes(root: Any, info: Any) -> Any:
        return ChangesOfContract.of(info).load(root.pk)


class ContractValueType(graphene.ObjectType):
    """What is filled in for a variable."""

    class Meta:
        name = "ContractValue"

    name = Field(graphene.String, required=True, description="The variable.")
    value = Field(graphene.String, required=True, description="Its value.")


class ContractSectionType(graphene.ObjectType):
    """A part of a document."""

    class Meta:
        name = "ContractSection"

    title = Field(graphene.String, required=True, description="Its heading, perhaps empty.")
    text = Field(graphene.String, required=True, description="Its words, lines parted by line feeds.")
