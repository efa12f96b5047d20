"""Order quantity rules: who may order how much of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import tell
from marketplace.catalog.models import OrderQuantityRule, Pack, Variant
from marketplace.catalog.units import units_by_code
from marketplace.catalog.values import AudienceDraft, audience_problems, check
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes
from marketplace.core.errors import DomainError, not_found

_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """Quantities of a variant in a uom (by code): multiples of `step` from `min` to `max` (None: open)."""

    variant_id: int
    uom: str
    min: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    max: Decimal | None = None
    audience: AudienceDraft = field(default_factory=AudienceDraft)
    remove: bool = False


def quantity_rules_write(actor: Actor, drafts: Sequence[RuleDraft]) -> list[OrderQuantityRule]:
    """Write rules, one for each (variant, uom, audience): new, changed, or removed. A constant number of statements.

    The rules are the actor's own as a seller, over variants it may sell. Raises NOT_FOUND, UNKNOWN_UOM,
    AUDIENCE_INVALID, INVALID and RULE_EMPTY (no multiple of the step lies between min and max), each with its index.
    """
    actor.require("catalog.manage")
    with transaction.atomic():
        units = units_by_code([draft.uom for draft in drafts])
        check(
            audience_problems(actor, [draft.audience for draft in drafts]),
            _goods_problems(actor, drafts),
            (problem for index, draft in enumerate(drafts) for problem in rule_problems(draft, index)),
        )
        rows = {
            (row.variant_id, row.uom_id, row.partnership_id, row.group_id, row.grade_id): row
            for row in (
                OrderQuantityRule(
                    organization=actor.organization,
                    variant_id=draft.variant_id,
                    uom=units[draft.uom.strip().upper()],
                    min=draft.min,
                    step=draft.step,
                    max=draft.max,
                    **draft.audience.columns(),
                )
                for draft in drafts
                if not draft.remove
            )
        }
        _remove(actor, [draft for draft in drafts if draft.remove], {code: unit.pk for code, unit in units.items()})
        kept = OrderQuantityRule.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["variant", "organization", "uom", "partnership", "group", "grade"],
            update_fields=["min", "step", "max"],
        )
        variants = sorted({draft.variant_id for draft in drafts})
        told: dict[int, Changes] = {variant: {} for variant in variants}
        for draft in drafts:
            told[draft.variant_id][f"rule {draft.uom}"] = [None, None if draft.remove else _line(draft)]
        tell(actor, "catalog.quantity_rule_changed", "Variant", variants, actor.organization_id or 0, changes=told)
    return kept


def _line(draft: RuleDraft) -> str:
    """A rule as numbers: least, step, most."""
    return " / ".join("-" if number is None else format(number, "f") for number in (draft.min, draft.step, draft.max))


def rule_problems(draft: RuleDraft, index: int | None = None) -> Iterator[DomainError]:
    """What is wrong with the numbers of a rule."""
    numbers = [("min", draft.min), ("step", draft.step), *([("max", draft.max)] if draft.max is not None else [])]
    wrong = [name for name, number in numbers if not number.is_finite() or not 0 <= number < _LARGEST]
    if draft.step.is_finite() and draft.step == 0:
        wrong.append("step")
    for name in wrong:
        yield DomainError(Code.INVALID, _("This is not a quantity."), name, index)
    fine = [name for name, number in numbers if name not in wrong and number != round(number, 6)]
    for name in fine:
        yield DomainError(Code.INVALID, _("A quantity here has 6 decimals at most."), name, index)
    if fine or wrong or draft.max is None:
        return
    least = max(draft.min, draft.step)
    if draft.max // draft.step * draft.step < least:
        text = _("No multiple of the step lies between the minimum and the maximum.")
        yield DomainError(Code.RULE_EMPTY, text, "max", index)


def _goods_problems(actor: Actor, drafts: Sequence[RuleDraft]) -> Iterator[DomainError]:
    ids = {draft.variant_id for draft in drafts}
    mine = Variant.objects.visible_to(actor).filter(pk__in=ids)
    packs = Pack.objects.filter(variant__in=mine).values_list("variant_id", "uom__code")
    known: dict[int, set[str]] = {}
    for variant_id, code in packs:
        known.setdefault(variant_id, set()).add(code)
    for index, draft in enumerate(drafts):
        if draft.variant_id not in known:
            yield not_found("variant", index)
        elif draft.uom.strip().upper() not in known[draft.variant_id]:
            text = _("The variant has no pack in %(uom)s.") % {"uom": draft.uom}
            yield DomainError(Code.UNKNOWN_UOM, text, "uom", index)


def _remove(actor: Actor, drafts: Sequence[RuleDraft], units: dict[str, int]) -> None:
    if not drafts:
        return
    which = Q(pk__in=[])
    for draft in drafts:
        which |= Q(variant=draft.variant_id, uom=units[draft.uom.strip().upper()], **draft.audience.columns())
    OrderQuantityRule.objects.filter(which, organization=actor.organization_id).delete()
