"""What is sent to contracts, sources and quotas."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.graphql import Date, Decimal, Quantity, enum_of, from_global_id
from ordercenter.contracts.changes import ChangeDraft, LineChange
from ordercenter.contracts.drafts import (
    ClauseDraft,
    ContractDraft,
    ContractLineDraft,
    FormulaDraft,
    PaymentDraft,
    SignerDraft,
)
from ordercenter.contracts.enums import (
    ClauseClass,
    ClauseStanding,
    ContractChangeKind,
    ContractKind,
    ContractSide,
    LimitBasis,
    PricePeriod,
    PricingDate,
    Renewal,
    SignatureRule,
    SourceUse,
    VariableKind,
)
from ordercenter.contracts.library import ClauseText, TemplateText, TypeDraft
from ordercenter.contracts.quotas import MemberDraft, QuotaDraft
from ordercenter.contracts.shapes import PriceTier
from ordercenter.contracts.sources import SourceDraft


def key_of(gid: str | None, kind: str, field: str) -> int | None:
    """The key in an id, None for none; NOT_FOUND for what is no id of this kind."""
    return from_global_id(gid, kind, field) if gid else None


def plain(given: Any, *names: str) -> dict[str, Any]:
    """What was given of these fields; what was not keeps its default."""
    return {name: given[name] for name in names if given.get(name) is not None}


class ContractClauseInput(graphene.InputObjectType):
    """A clause to publish."""

    code = graphene.String(required=True, description="Its code; of one that is there, the next version.")
    name_zh = graphene.String(description="Its heading in Chinese.")
    name_en = graphene.String(description="Its heading in English.")
    text_zh = graphene.String(description="Its words in Chinese.")
    text_en = graphene.String(description="Its words in English.")
    clause_class = graphene.Argument(enum_of(ClauseClass), description="What it is about.")
    standing = graphene.Argument(enum_of(ClauseStanding), description="STANDARD unless told.")
    stands_for = graphene.String(description="Of a fallback: the code of the clause it stands for.")
    risk = graphene.Int(description="0 to 100.")
    may_edit = graphene.Boolean(description="Its words may be changed in a contract.")
    may_omit = graphene.Boolean(description="It may be left out; so unless told.")

    def to_text(self) -> ClauseText:
        """As the domain takes it."""
        given = plain(
            self, "code", "name_zh", "name_en", "text_zh", "text_en", "stands_for", "risk", "may_edit", "may_omit"
        )
        given |= {
            name: kind(self[name])
            for name, kind in (("clause_class", ClauseClass), ("standing", ClauseStanding))
            if self.get(name)
        }
        return ClauseText(**given)


class ContractVariableInput(graphene.InputObjectType):
    """What people fill in for a template."""

    name = graphene.String(required=True, description="As it stands in texts.")
    type = graphene.Argument(enum_of(VariableKind), description="TEXT unless told.")
    label_zh = graphene.String(description="What to ask for, in Chinese.")
    label_en = graphene.String(description="What to ask for, in English.")


class ContractTemplateInput(graphene.InputObjectType):
    """A template to publish."""

    code = graphene.String(required=True, description="Its code; of one that is there, the next version.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English.")
    text_zh = graphene.String(description="The opening words in Chinese.")
    text_en = graphene.String(description="The opening words in English.")
    clauses = graphene.List(graphene.NonNull(graphene.String), description="Codes of its clauses, in their order.")
    variables = graphene.List(graphene.NonNull(ContractVariableInput), description="What is filled in.")

    def to_text(self) -> TemplateText:
        """As the domain takes it."""
        given = plain(self, "code", "name_zh", "name_en", "text_zh", "text_en", "clauses")
        variables = [
            (
                one.name,
                VariableKind(one.get("type") or VariableKind.TEXT),
                one.get("label_zh") or "",
                one.get("label_en") or "",
            )
            for one in self.get("variables") or ()
        ]
        return TemplateText(**given, variables=variables)


class ContractTypeInput(graphene.InputObjectType):
    """A contract type, whole."""

    code = graphene.String(required=True, description="Its code.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English.")
    kind = graphene.Argument(enum_of(ContractKind), description="FRAMEWORK unless told.")
    limit_basis = graphene.Argument(enum_of(LimitBasis), description="QUANTITY unless told.")
    template = graphene.String(description="The code of its template.")
    mandatory = graphene.List(graphene.NonNull(graphene.String), description="Codes of clauses it cannot be without.")
    signature_rule = graphene.Argument(enum_of(SignatureRule), description="PARALLEL unless told.")
    number_prefix = graphene.String(description="With which numbers begin; CT unless told.")
    is_active = graphene.Boolean(description="New contracts may be made from it; so unless told.")

    def to_draft(self) -> TypeDraft:
        """As the domain takes it."""
        given = plain(self, "code", "name_zh", "name_en", "template", "mandatory", "number_prefix", "is_active")
        kinds = (("kind", ContractKind), ("limit_basis", LimitBasis), ("signature_rule", SignatureRule))
        given |= {name: kind(self[name]) for name, kind in kinds if self.get(name)}
        return TypeDraft(**given)


class ContractTierInput(graphene.InputObjectType):
    """A price for ordered quantities up to an end."""

    up_to = Quantity(description="Up to this quantity; of the last one nothing.")
    price = Decimal(required=True, description="The unit price.")


class ContractIndexTermInput(graphene.InputObjectType):
    """One index of a formula."""

    index = graphene.ID(required=True, description="The index.")
    weight = Decimal(required=True, description="Its weight; with the fixed share all come to 1.")
    start = Decimal(required=True, description="Its value at the start.")


class ContractLineInput(graphene.InputObjectType):
    """Goods by variant or category, or a text; in one unit."""

    variant = graphene.ID(description="The goods.")
    category = graphene.ID(description="Or all goods of a category.")
    text = graphene.String(description="Or what is meant.")
    uom = graphene.ID(description="The unit it is called off in; of goods their base unit unless told.")
    quantity = Quantity(description="How much; none: no limit.")
    amount = Decimal(description="For how much net, where amounts are limited.")
    allowance = Decimal(description="Percent that may be called off beyond.")
    price = Decimal(description="The unit price; none: that of the lists.")
    tiers = graphene.List(graphene.NonNull(ContractTierInput), description="Prices by ordered quantity, instead.")
    fixed_share = Decimal(description="Of a formula: the share that does not move.")
    index_terms = graphene.List(graphene.NonNull(ContractIndexTermInput), description="Of a formula: its indexes.")
    threshold = Decimal(description="Of a formula: percent below which the price stays.")
    cap = Decimal(description="Of a formula: percent by which it moves at most at once.")
    period = graphene.Argument(enum_of(PricePeriod), description="Of a formula: MONTH unless told.")
    minimum = Quantity(description="What one call-off has at least.")
    pack = Quantity(description="In multiples of what it is called off.")
    lead_days = graphene.Int(description="Days from order to delivery.")
    guaranteed_min = Quantity(description="What the buyer takes at least until the end.")


def line_of(one: Any) -> ContractLineDraft:
    """A line as the domain takes it."""
    names = ("text", "quantity", "amount", "allowance", "price", "minimum", "pack", "lead_days", "guaranteed_min")
    return ContractLineDraft(
        variant_id=key_of(one.get("variant"), "Variant", "variant"),
        category_id=key_of(one.get("category"), "Category", "category"),
        uom_id=key_of(one.get("uom"), "UnitOfMeasure", "uom"),
        tiers=tiers_of(one),
        formula=_formula(one),
        **plain(one, *names),
    )


def tiers_of(one: Any) -> list[PriceTier]:
    """Tiers as the domain takes them."""
    return [PriceTier(tier.get("up_to"), tier.price) for tier in one.get("tiers") or ()]


def _formula(one: Any) -> FormulaDraft | None:
    terms = [
        (from_global_id(term.index, "PriceIndex", "formula"), term.weight, term.start)
        for term in one.get("index_terms") or ()
    ]
    if not terms:
        return None
    given = plain(one, "threshold", "cap")
    if one.get("period"):
        given["period"] = PricePeriod(one.period)
    return FormulaDraft(one.get("fixed_share") or Number(0), terms, **given)


class ContractClauseChoiceInput(graphene.InputObjectType):
    """A clause of the library, perhaps in other words."""

    clause = graphene.ID(required=True, description="The clause.")
    text = graphene.String(description="Other words than its own, a deviation; its own unless told.")
    reason = graphene.String(description="Why it deviates.")


class ContractPaymentInput(graphene.InputObjectType):
    """A step of the payment plan."""

    milestone = graphene.String(required=True, description="What has to be there.")
    percent = Decimal(required=True, description="Its share; all come to 100.")
    due = graphene.String(description="When it is due.")


class ContractSignerInput(graphene.InputObjectType):
    """Who signs for a side."""

    side = graphene.Argument(enum_of(ContractSide), required=True, description="For which side.")
    user = graphene.ID(description="The person; anybody who may sign for it unless told.")
    name = graphene.String(description="The name on the document.")
    capacity = graphene.String(description="In which capacity.")


class ContractValueInput(graphene.InputObjectType):
    """What is filled in for a variable."""

    name = graphene.String(required=True, description="The variable.")
    value = graphene.String(description="Its value.")


class ContractInput(graphene.InputObjectType):
    """A contract, whole."""

    type = graphene.ID(required=True, description="The contract type it starts from.")
    partnership = graphene.ID(required=True, description="The other side.")
    title = graphene.String(required=True, description="What it is about.")
    effective_on = Date(required=True, description="Its first day.")
    ends_on = Date(description="Its last day; none: it does not end by itself.")
    language = graphene.String(description="One of zh-hans and en.")
    payment_terms = graphene.String(description="When to pay.")
    delivery_terms = graphene.String(description="How goods come.")
    warranty = graphene.String(description="What is warranted.")
    limit_amount = Decimal(description="Net, for all lines together.")
    allowance = Decimal(description="Percent that may be called off beyond it.")
    pricing_date = graphene.Argument(enum_of(PricingDate), description="ORDER unless told.")
    renewal = graphene.Argument(enum_of(Renewal), description="NONE unless told.")
    renewal_times = graphene.Int(description="How often.")
    renewal_months = graphene.Int(description="For how many months each time.")
    notice_days = graphene.Int(description="Until how many days before the end one may object.")
    sign_by = Date(description="The last day to sign.")
    parent = graphene.ID(description="The framework contract it is under.")
    variables = graphene.List(graphene.NonNull(ContractValueInput), description="What is filled in for variables.")
    clauses = graphene.List(
        graphene.NonNull(ContractClauseChoiceInput), description="Its clauses; else the template's."
    )
    payments = graphene.List(graphene.NonNull(ContractPaymentInput), description="Its payment plan.")
    signers = graphene.List(
        graphene.NonNull(ContractSignerInput), description="Who signs; one of each side unless told."
    )

    def to_draft(self, lines: Iterable[Any] | None) -> ContractDraft:
        """As the domain takes it; NOT_FOUND for an id that is none."""
        names = (
            "ends_on", "language", "payment_terms", "delivery_terms", "warranty", "limit_amount", "allowance",
            "renewal_times", "renewal_months", "notice_days", "sign_by",
        )  # fmt: skip
        given = plain(self, *names)
        kinds = (("pricing_date", PricingDate), ("renewal", Renewal))
        given |= {name: kind(self[name]) for name, kind in kinds if self.get(name)}
        clauses = self.get("clauses")
        if clauses is not None:
            given["clauses"] = [
                ClauseDraft(
                    from_global_id(one.clause, "ContractClause", "clauses"),
                    one.get("text") or None,
                    one.get("reason") or "",
                )
                for one in clauses
            ]
        return ContractDraft(
            from_global_id(self.type, "ContractType", "type"),
            from_global_id(self.partnership, "Partnership", "partnership"),
            self.title,
            self.effective_on,
            parent_id=key_of(self.get("parent"), "Contract", "parent"),
            variables={one.name: one.get("value") or "" for one in self.get("variables") or ()},
            lines=[line_of(one) for one in lines or ()],
            payments=[
                PaymentDraft(one.milestone, one.percent, one.get("due") or "") for one in self.get("payments") or ()
            ],
            signers=[_signer(one) for one in self.get("signers") or ()],
            **given,
        )


def _signer(one: Any) -> SignerDraft:
    user = key_of(one.get("user"), "User", "signers")
    return SignerDraft(ContractSide(one.side), user, (one.get("name") or "")[:255], (one.get("capacity") or "")[:255])


class ContractLineChangeInput(graphene.InputObjectType):
    """What a line will be."""

    line = graphene.ID(required=True, description="The line.")
    price = Decimal(description="Its new unit price.")
    tiers = graphene.List(graphene.NonNull(ContractTierInput), description="Or its new prices by quantity.")
    quantity = Quantity(description="Its new quantity.")
    amount = Decimal(description="Its new amount.")


class ContractChangeInput(graphene.InputObjectType):
    """A change on the version you saw."""

    contract = graphene.ID(required=True, description="The contract.")
    base_version = graphene.Int(required=True, description="Its version as you saw it.")
    kind = graphene.Argument(enum_of(ContractChangeKind), required=True, description="What it changes.")
    reason = graphene.String(required=True, description="Why; the other side reads it.")
    effective_from = Date(required=True, description="From which day on; today at the earliest.")
    ends_on = Date(description="Of TERM and END: the last day.")

    def to_draft(self, given: Iterable[Any] | None) -> ChangeDraft:
        """As the domain takes it."""
        lines = [
            LineChange(
                from_global_id(one.line, "ContractLine", "lines"),
                tiers=tiers_of(one),
                **plain(one, "price", "quantity", "amount"),
            )
            for one in given or ()
        ]
        kind = ContractChangeKind(self.kind)
        return ChangeDraft(self.base_version, kind, self.reason, self.effective_from, lines, self.get("ends_on"))


class SourceListInput(graphene.InputObjectType):
    """A source of goods."""

    seller = graphene.ID(required=True, description="Who supplies.")
    variant = graphene.ID(description="The goods.")
    category = graphene.ID(description="Or all goods of a category.")
    plant = graphene.ID(description="For which plant; for all unless told.")
    use = graphene.Argument(enum_of(SourceUse), required=True, description="How it may be used.")
    valid_from = Date(required=True, description="From this day.")
    valid_to = Date(description="Until this day.")
    contract_line = graphene.ID(description="Under which contract line.")
    note = graphene.String(description="A remark.")

    def to_draft(self) -> SourceDraft:
        """As the domain takes it."""
        return SourceDraft(
            from_global_id(self.seller, "Organization", "seller"),
            self.valid_from,
            SourceUse(self.use),
            key_of(self.get("variant"), "Variant", "variant"),
            key_of(self.get("category"), "Category", "category"),
            key_of(self.get("plant"), "Unit", "plant"),
            self.get("valid_to"),
            key_of(self.get("contract_line"), "ContractLine", "contract_line"),
            self.get("note") or "",
        )


class SourceQuotaInput(graphene.InputObjectType):
    """A quota of goods."""

    variant = graphene.ID(required=True, description="The goods.")
    uom = graphene.ID(required=True, description="The unit it counts in.")
    plant = graphene.ID(description="For which plant; for all unless told.")
    valid_from = Date(required=True, description="From this day; allocated quantities begin at 0.")
    valid_to = Date(description="Until this day.")
    split_from = Quantity(description="A requirement from this on is split; never unless told.")
    pack = Quantity(description="What it comes in; 1 unless told.")

    def to_draft(self) -> QuotaDraft:
        """As the domain takes it."""
        return QuotaDraft(
            from_global_id(self.variant, "Variant", "variant"),
            from_global_id(self.uom, "UnitOfMeasure", "uom"),
            self.valid_from,
            plant_id=key_of(self.get("plant"), "Unit", "plant"),
            **plain(self, "valid_to", "split_from", "pack"),
        )


class QuotaMemberInput(graphene.InputObjectType):
    """A source in a quota."""

    quota = graphene.ID(required=True, description="The quota.")
    seller = graphene.ID(required=True, description="Who supplies.")
    share = Quantity(required=True, description="Its quota, greater than 0.")
    base = Quantity(description="What it starts from; unless told, what lets it join level.")
    priority = graphene.Int(description="Its place when a requirement is split.")
    max_per_order = Quantity(description="The most of one requirement.")
    capacity = Quantity(description="The most in a month.")
    contract_line = graphene.ID(description="Under which contract line.")

    def to_draft(self) -> MemberDraft:
        """As the domain takes it."""
        return MemberDraft(
            from_global_id(self.seller, "Organization", "seller"),
            contract_line_id=key_of(self.get("contract_line"), "ContractLine", "contract_line"),
            **plain(self, "share", "base", "priority", "max_per_order", "capacity"),
        )
