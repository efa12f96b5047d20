"""The library an organization makes contracts from: clauses, templates, types. What is published never changes (§2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from ordercenter.contracts.enums import (
    ClauseClass,
    ClauseStanding,
    ContractKind,
    LimitBasis,
    SignatureRule,
    VariableKind,
)
from ordercenter.contracts.events import own_event
from ordercenter.contracts.models import ContractClause, ContractTemplate, ContractType

CODE = re.compile(r"[\w.-]{1,64}")
NAME = re.compile(r"[A-Za-z][\w.]{0,63}")
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause to publish; of a code that is there it becomes the next version."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    clause_class: ClauseClass = ClauseClass.GENERAL
    standing: ClauseStanding = ClauseStanding.STANDARD
    stands_for: str = ""
    risk: int = 0
    may_edit: bool = False
    may_omit: bool = True


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template to publish. `variables`: (name, type, Chinese label, English label)."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    clauses: Sequence[str] = ()
    variables: Sequence[tuple[str, VariableKind, str, str]] = ()


@dataclass(frozen=True, slots=True)
class TypeDraft:
    """A contract type, whole."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    kind: ContractKind = ContractKind.FRAMEWORK
    limit_basis: LimitBasis = LimitBasis.QUANTITY
    template: str = ""
    mandatory: Sequence[str] = field(default_factory=tuple)
    signature_rule: SignatureRule = SignatureRule.PARALLEL
    number_prefix: str = "CT"
    is_active: bool = True


def latest(
    model: type[ContractClause] | type[ContractTemplate], organization_id: int, codes: Iterable[str]
) -> dict[str, Any]:
    """The version in use of each code: the last one published; one statement."""
    rows = model.objects.filter(organization=organization_id, code__in=list(codes)).order_by("code", "-version")
    return {row.code: row for row in rows.distinct("code")}


def publish_clause(actor: Actor, text: ClauseText) -> ContractClause:
    """Publish a clause, or the next version of one; contracts that use an older one keep it.

    Raises REQUIRED, INVALID, NOT_FOUND for a standard clause that is not there.
    """
    actor.require("contracts.manage")
    raise_all([*_text_problems(text), *_clause_problems(actor, text)])
    fields = {name: getattr(text, name) for name in ClauseText.__slots__}
    return _publish(actor, ContractClause, "clause_published", "contract_clause", fields)


def publish_template(actor: Actor, text: TemplateText) -> ContractTemplate:
    """Publish a template, or the next version of one. Raises REQUIRED, INVALID, NOT_FOUND for a clause by its index."""
    actor.require("contracts.manage")
    known = latest(ContractClause, actor.own_id, text.clauses)
    problems = [not_found("clauses", index) for index, code in enumerate(text.clauses) if code not in known]
    for index, (name, _kind, _zh, _en) in enumerate(text.variables):
        if not NAME.fullmatch(name):
            problems.append(DomainError(CoreErrorCode.INVALID, _("Letters, digits and dots."), "variables", index))
    raise_all([*_text_problems(text), *problems])
    fields = {name: getattr(text, name) for name in TemplateText.__slots__}
    fields["clauses"] = list(text.clauses)
    fields["variables"] = [
        {"name": name, "type": VariableKind(kind).value, "label_zh": zh, "label_en": en}
        for name, kind, zh, en in text.variables
    ]
    return _publish(actor, ContractTemplate, "template_published", "contract_template", fields)


def write_type(actor: Actor, draft: TypeDraft, type_id: int | None = None) -> ContractType:
    """Make a contract type, or change one; contracts made from it stay as they are. Raises NOT_FOUND, DUPLICATE."""
    actor.require("contracts.manage")
    problems = [*_named_problems(draft)]
    if draft.template and draft.template not in latest(ContractTemplate, actor.own_id, [draft.template]):
        problems.append(not_found("template"))
    known = latest(ContractClause, actor.own_id, draft.mandatory)
    problems += [not_found("mandatory", index) for index, code in enumerate(draft.mandatory) if code not in known]
    if not re.fullmatch(r"[A-Z0-9]{1,8}", draft.number_prefix):
        problems.append(DomainError(CoreErrorCode.INVALID, _("Up to 8 capitals or digits."), "number_prefix"))
    own = ContractType.objects.visible_to(actor).filter(organization=actor.organization_id)
    if own.filter(code=draft.code).exclude(pk=type_id or 0).exists():
        text = _("%(code)s is there already.") % {"code": draft.code}
        problems.append(DomainError(CoreErrorCode.DUPLICATE, text, "code"))
    raise_all(problems)
    with transaction.atomic():
        row = (
            own.filter(pk=type_id).select_for_update().first()
            if type_id
            else ContractType(organization_id=actor.own_id)
        )
        if row is None:
            raise not_found("id")
        before = facts(row) if row.pk else {}
        for name in TypeDraft.__slots__:
            setattr(row, name, getattr(draft, name))
        row.mandatory = list(draft.mandatory)
        row.save()
        record(actor, own_event("type_written", "contract_type", row, difference(before, facts(row))))
    return row


def _publish(actor: Actor, model: Any, verb: str, aggregate: str, fields: dict[str, Any]) -> Any:
    with transaction.atomic():
        rows = model.objects.filter(organization=actor.own_id, code=fields["code"])
        version = (rows.aggregate(last=Max("version"))["last"] or 0) + 1
        row = model.objects.create(organization_id=actor.own_id, version=version, published_by=actor.user, **fields)
        record(actor, own_event(verb, aggregate, row, created(row)))
    row.refresh_from_db()
    return row


def _named_problems(text: Any) -> Iterator[DomainError]:
    if not CODE.fullmatch(text.code):
        yield DomainError(CoreErrorCode.INVALID, _("Letters, digits, dots and dashes."), "code")
    if not (text.name_zh.strip() or text.name_en.strip()):
        yield DomainError(CoreErrorCode.REQUIRED, _("Give it a name."), "name_en")
    for name in ("name_zh", "name_en"):
        if len(getattr(text, name)) > 255:
            yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 255}, name)


def _text_problems(text: ClauseText | TemplateText) -> Iterator[DomainError]:
    yield from _named_problems(text)
    if not (text.text_zh.strip() or text.text_en.strip()):
        yield DomainError(CoreErrorCode.REQUIRED, _("Write the text."), "text_en")
    for name in ("text_zh", "text_en"):
        if len(getattr(text, name)) > LONGEST:
            yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": LONGEST}, name)


def _clause_problems(actor: Actor, text: ClauseText) -> Iterator[DomainError]:
    if not 0 <= text.risk <= 100:
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 100."), "risk")
    fallback = text.standing == ClauseStanding.FALLBACK
    if fallback and text.stands_for not in latest(ContractClause, actor.own_id, [text.stands_for]):
        yield not_found("stands_for")
    if not fallback and text.stands_for:
        yield DomainError(CoreErrorCode.INVALID, _("Only a fallback stands for another clause."), "stands_for")
