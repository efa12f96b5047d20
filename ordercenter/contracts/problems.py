"""What is wrong with a draft, all at once, before anything is written (contracts §8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.catalog.models import Category, Pack, UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.parties.models import Membership, Partnership
from ordercenter.contracts.drafts import ContractDraft, ContractLineDraft
from ordercenter.contracts.enums import ContractSide
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.models import ContractTemplate, ContractType, PriceIndex
from ordercenter.contracts.shapes import plan_problems, tier_problems, weight_problems
from ordercenter.contracts.variables import type_problems

LINES = 500
TEXTS = {"title": 255, "payment_terms": 500, "delivery_terms": 500, "warranty": 500}
MOST = Decimal(10) ** 12
FIRST_YEAR, LAST_YEAR = 1990, 2200


def draft_problems(
    draft: ContractDraft, contract_type: ContractType, template: ContractTemplate | None, partnership: Partnership
) -> Iterator[DomainError]:
    """What is wrong with the head, the payment plan, the variables and the signers."""
    if not draft.title.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Give it a title."), "title")
    for name, limit in TEXTS.items():
        if len(getattr(draft, name)) > limit:
            yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": limit}, name)
    yield from _day_problems(draft)
    if draft.language not in ("zh-hans", "en"):
        yield DomainError(CoreErrorCode.INVALID, _("Chinese or English."), "language")
    yield from _positive(draft.limit_amount, "limit_amount")
    if not 0 <= draft.allowance < 1000:
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 1000 percent."), "allowance")
    if not (1 <= draft.renewal_months <= 120 and 0 <= draft.notice_days <= 365 and 0 <= draft.renewal_times <= 50):
        yield DomainError(CoreErrorCode.INVALID, _("Not a renewal that can be kept."), "renewal_months")
    yield from _plan_problems(draft)
    yield from type_problems(template.variables if template else (), draft.variables)
    yield from _signer_problems(draft, partnership)


def _day_problems(draft: ContractDraft) -> Iterator[DomainError]:
    if draft.ends_on is not None and draft.ends_on < draft.effective_on:
        text = _("The contract would end before it begins.")
        yield DomainError(ContractErrorCode.WINDOW_EMPTY, text, "ends_on")
    for name in ("effective_on", "ends_on", "sign_by"):
        day = getattr(draft, name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield DomainError(CoreErrorCode.INVALID, _("Not a day a contract can have."), name)


def _plan_problems(draft: ContractDraft) -> Iterator[DomainError]:
    yield from plan_problems([one.percent for one in draft.payments])
    for index, one in enumerate(draft.payments):
        if len(one.milestone) > 255 or len(one.due) > 255:
            yield DomainError(
                CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 255}, "payments", index
            )


def goods_problems(
    actor: Actor, draft: ContractDraft, partnership: Partnership
) -> tuple[dict[int, int], list[DomainError]]:
    """Decimals of the uoms of the lines, and what is wrong with lines; five statements for any number of them."""
    problems: list[DomainError] = []
    if len(draft.lines) > LINES:
        text = _("A contract has at most %(limit)s lines.") % {"limit": LINES}
        return {}, [DomainError(CoreErrorCode.INVALID, text, "lines")]
    wanted = {line.variant_id for line in draft.lines if line.variant_id}
    seller = partnership.upstream_id
    variants = set(Variant.objects.filter(pk__in=wanted, organization=seller).values_list("pk", flat=True))
    uoms = UnitOfMeasure.objects.in_bulk({line.uom_id for line in draft.lines if line.uom_id})
    packs = set(Pack.objects.filter(variant__in=variants).values_list("variant", "uom"))
    asked = {line.category_id for line in draft.lines if line.category_id}
    categories = set(Category.objects.filter(pk__in=asked, organization=seller).values_list("pk", flat=True))
    indexes = {index for line in draft.lines if line.formula for index, _w, _s in line.formula.terms}
    own = PriceIndex.objects.visible_to(actor).filter(pk__in=indexes)
    known = set(own.values_list("pk", flat=True)) if indexes else set()
    for index, line in enumerate(draft.lines):
        problems += _goods_of(line, index, variants, categories, packs, uoms)
        problems += _line_problems(line, index, known)
    return {pk: uom.exponent for pk, uom in uoms.items()}, problems


def _goods_of(
    line: ContractLineDraft,
    index: int,
    variants: set[int],
    categories: set[int],
    packs: set[tuple[int, int]],
    uoms: Mapping[int, UnitOfMeasure],
) -> Iterator[DomainError]:
    """What is wrong with what a line names."""
    if line.variant_id is not None and line.variant_id not in variants:
        yield not_found("variant", index)
    elif line.variant_id is not None and (line.variant_id, line.uom_id) not in packs:
        yield not_found("uom", index)
    if line.category_id is not None and line.category_id not in categories:
        yield not_found("category", index)
    elif line.category_id is not None and line.uom_id not in uoms:
        yield not_found("uom", index)
    if line.variant_id is None and line.category_id is None and not line.text.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Choose goods, or write what is meant."), "text", index)
    if line.variant_id is not None and line.category_id is not None:
        yield DomainError(CoreErrorCode.INVALID, _("Goods or a category, not both."), "category", index)
    uom = uoms.get(line.uom_id or 0)
    for name in ("quantity", "minimum", "pack", "guaranteed_min"):
        value = getattr(line, name)
        if uom is not None and value is not None and value.is_finite() and value != round(value, uom.exponent):
            text = _("%(uom)s has %(decimals)s decimals at most.") % {"uom": uom.code, "decimals": uom.exponent}
            yield DomainError(CoreErrorCode.INVALID, text, name, index)


def _line_problems(line: ContractLineDraft, index: int, indexes: set[int]) -> Iterator[DomainError]:
    for name in ("quantity", "amount", "minimum", "pack", "guaranteed_min"):
        yield from _positive(getattr(line, name), name, index)
    if line.lead_days is not None and not 0 <= line.lead_days <= 3650:
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 3650 days."), "lead_days", index)
    if len(line.text) > 500:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 500}, "text", index)
    if not 0 <= line.allowance < 1000:
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 1000 percent."), "allowance", index)
    if line.price is not None and not (line.price.is_finite() and 0 <= line.price < MOST):
        yield DomainError(CoreErrorCode.INVALID, _("A price cannot be negative."), "price", index)
    elif line.price is not None and line.price != round(line.price, 4):
        yield DomainError(CoreErrorCode.INVALID, _("A price has at most 4 decimals."), "price", index)
    yield from tier_problems(line.tiers, index)
    yield from _formula_problems(line, index, indexes)


def _formula_problems(line: ContractLineDraft, index: int, indexes: set[int]) -> Iterator[DomainError]:
    if line.formula is None:
        return
    yield from weight_problems(line.formula.fixed_share, [weight for _i, weight, _s in line.formula.terms], index)
    percents = [one for one in (line.formula.threshold, line.formula.cap) if one is not None]
    if not all(0 <= one < 1000 for one in percents):
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 1000 percent."), "formula", index)
    if line.price is None or line.tiers:
        text = _("A formula starts from one price, without tiers.")
        yield DomainError(CoreErrorCode.INVALID, text, "formula", index)
    for key, _weight, start in line.formula.terms:
        if key not in indexes:
            yield not_found("formula", index)
        elif start <= 0:
            yield DomainError(CoreErrorCode.INVALID, _("An index starts above 0."), "formula", index)


def _positive(value: Decimal | None, name: str, index: int | None = None) -> Iterator[DomainError]:
    if value is not None and not (value.is_finite() and 0 < value < MOST and value == round(value, 6)):
        yield DomainError(CoreErrorCode.INVALID, _("It must be greater than 0."), name, index)


def _signer_problems(draft: ContractDraft, partnership: Partnership) -> Iterator[DomainError]:
    """Each side signs; a person who is named has a seat there."""
    sides = {one.side for one in draft.signers}
    if draft.signers and sides != set(ContractSide):
        yield DomainError(CoreErrorCode.REQUIRED, _("Both sides sign."), "signers")
    seats = _seats([one.user_id for one in draft.signers if one.user_id])
    for index, one in enumerate(draft.signers):
        home = partnership.upstream_id if one.side == ContractSide.SELLER else partnership.downstream_id
        if one.user_id is not None and (one.user_id, home) not in seats:
            yield not_found("signers", index)


def _seats(users: Sequence[int]) -> set[tuple[int, int]]:
    rows = Membership.objects.filter(user__in=users, is_active=True) if users else Membership.objects.none()
    return set(rows.values_list("user_id", "organization_id"))
