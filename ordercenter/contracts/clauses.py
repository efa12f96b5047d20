"""Which clauses a contract has, and how they deviate from the library (contracts §3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from ordercenter.contracts.drafts import ClauseDraft, ContractDraft
from ordercenter.contracts.enums import ClauseStanding
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.library import latest
from ordercenter.contracts.models import ContractClause, ContractTemplate, ContractType


@dataclass(frozen=True, slots=True)
class ComposedClause:
    """A clause with its text as it will stand in the contract."""

    clause: ContractClause
    text: str
    deviation: bool
    reason: str


def text_of(clause: ContractClause, language: str) -> str:
    """The clause's own text in the language of the contract, else in the other."""
    first, second = clause.text_en, clause.text_zh
    if language.startswith("zh"):
        first, second = second, first
    return first or second


def compose_clauses(
    organization_id: int, draft: ContractDraft, contract_type: ContractType, template: ContractTemplate | None
) -> tuple[list[ComposedClause], list[DomainError]]:
    """The clauses of a draft, or those of its template, and what is wrong with them; two statements."""
    codes = [*(template.clauses if template else ()), *contract_type.mandatory]
    standard: dict[str, ContractClause] = latest(ContractClause, organization_id, codes)
    given = draft.clauses
    if given is None:
        wanted = dict.fromkeys(codes)
        given = [ClauseDraft(standard[code].pk) for code in wanted if code in standard]
    rows = ContractClause.objects.filter(organization=organization_id, pk__in=[one.clause_id for one in given])
    known = {row.pk: row for row in rows}
    composed: list[ComposedClause] = []
    problems: list[DomainError] = []
    for index, one in enumerate(given):
        clause = known.get(one.clause_id)
        if clause is None:
            problems.append(not_found("clauses", index))
            continue
        own = text_of(clause, draft.language)
        text = own if one.text is None else one.text.strip()
        edited = text != own.strip()
        deviation = edited or clause.standing == ClauseStanding.FALLBACK
        problems += _problems(clause, index, edited, deviation, one.reason)
        composed.append(ComposedClause(clause, text, deviation, one.reason.strip() if deviation else ""))
    return composed, [*problems, *_left_out(composed, contract_type, standard)]


def _problems(clause: ContractClause, index: int, edited: bool, deviation: bool, reason: str) -> list[DomainError]:
    found: list[DomainError] = []
    if len(reason) > 500:
        text = _("At most %(limit)s characters.") % {"limit": 500}
        found.append(DomainError(CoreErrorCode.INVALID, text, "clauses", index))
    if edited and not clause.may_edit:
        text = _("The clause “%(name)s” may not be edited.") % {"name": clause.name}
        found.append(DomainError(ContractErrorCode.CLAUSE_LOCKED, text, "clauses", index))
    if deviation and not reason.strip():
        text = _("Say why “%(name)s” differs from the standard.") % {"name": clause.name}
        found.append(DomainError(ContractErrorCode.REASON_REQUIRED, text, "clauses", index))
    return found


def _left_out(
    composed: Sequence[ComposedClause], contract_type: ContractType, standard: dict[str, ContractClause]
) -> list[DomainError]:
    """CLAUSE_REQUIRED for each that has to be there and is not, nor one that stands for it."""
    there = {one.clause.code for one in composed} | {one.clause.stands_for for one in composed}
    needed = {code for code, clause in standard.items() if code in contract_type.mandatory or not clause.may_omit}
    return [
        DomainError(
            ContractErrorCode.CLAUSE_REQUIRED,
            _("The clause “%(name)s” cannot be left out.") % {"name": standard[code].name},
            "clauses",
        )
        for code in sorted(needed - there)
    ]
