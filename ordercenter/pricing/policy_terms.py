"""The lines of a policy that change or bound prices: as entered, checked, written, and what stands against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from ordercenter.pricing.drafts import LARGEST_PRICE, TermDraft, priority_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PolicyLineKind, PricePolicy, PricePolicyLine
from ordercenter.pricing.models.policies import FLOORS, PERCENT_RANGE, STEP_RANGE, STEPS

MOST_TERMS = 2000


def term_problems(actor: Actor, terms: Sequence[TermDraft]) -> Iterator[DomainError]:
    """What is wrong with each line: SCOPE_INVALID, NOT_FOUND (goods), INVALID (kind, step, priority), and its number.

    NUMBER_INVALID, PRICE_NEGATIVE (a floor), PRICE_PRECISION. Four statements at most for any number of lines.
    """
    if len(terms) > MOST_TERMS:
        text = _("A price policy has at most %(limit)s lines.") % {"limit": MOST_TERMS}
        yield DomainError(CoreErrorCode.INVALID, text, "terms")
        return
    known = _known_goods(actor, terms)
    for index, term in enumerate(terms):
        yield from _value_problems(term, index)
        yield from priority_problems(term.priority, "terms.priority", index)
        yield from _step_problems(term, index)
        chosen = [(name, key) for name, key in term.scope.columns().items() if key is not None]
        if len(chosen) > 1:
            yield _problem(PricingErrorCode.SCOPE_INVALID, "terms.scope", index)
        for name, key in chosen:
            if key not in known[name]:
                yield not_found(f"terms.{name.removesuffix('_id')}", index)


def write_terms(policy: PricePolicy, terms: Sequence[TermDraft], carried: dict[str, Any]) -> int:
    """Let a policy have exactly these lines beside its lists; how many came or went.

    One that is there already as it is keeps its id, by which orders remember it. Three statements.
    """
    held: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for line in PricePolicyLine.objects.filter(policy=policy).exclude(kind=PolicyLineKind.LIST).order_by("-pk"):
        held[_same(line)].append(line.pk)
    new = []
    for term in terms:
        line = PricePolicyLine(policy=policy, **term.columns(), **carried)
        if held[_same(line)]:
            held[_same(line)].pop()
        else:
            new.append(line)
    gone = [key for keys in held.values() for key in keys]
    if gone:
        PricePolicyLine.objects.filter(pk__in=gone).delete()
    PricePolicyLine.objects.bulk_create(new)
    return len(gone) + len(new)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two lines for the same goods, audience and step at the same time, of which one applies: `wins` is the other's."""

    line_id: int
    other_id: int
    other_policy_id: int
    wins: bool


# Of equal audience and goods the lower priority applies, of equal ones the older line: nobody may have meant it so.
OVERLAPS = """
SELECT mine.id, other.id, other.policy_id, (other.priority, other.id) < (mine.priority, mine.id)
FROM pricing_pricepolicyline AS mine
JOIN pricing_pricepolicyline AS other ON other.organization_id = mine.organization_id
    AND other.product_key = mine.product_key AND other.audience_key = mine.audience_key AND other.id <> mine.id
    AND other.kind <> 'list' AND other.step IS NOT DISTINCT FROM mine.step
    AND other.valid_from < mine.valid_to AND other.valid_to > mine.valid_from AND other.valid_to > now()
JOIN pricing_pricepolicy AS policy ON policy.id = other.policy_id
    AND (policy.status = 'effective' OR policy.id = mine.policy_id)
WHERE mine.policy_id = ANY (%(policies)s::bigint[]) AND mine.kind <> 'list'
ORDER BY mine.id, other.priority, other.id
"""


def overlaps_of(policy_ids: Iterable[int]) -> dict[int, list[Overlap]]:
    """By policy the lines that share goods, audience, step and time with a line of one in effect. Two statements.

    The caller has seen to it that the policies may be read; the others are of the same owner.
    """
    keys = list(policy_ids)
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, {"policies": keys})
        found = [Overlap(*row) for row in cursor.fetchall()]
    owners = dict(PricePolicyLine.objects.filter(pk__in={one.line_id for one in found}).values_list("pk", "policy_id"))
    told: dict[int, list[Overlap]] = {key: [] for key in keys}
    for one in found:
        told[owners[one.line_id]].append(one)
    return told


def _same(line: PricePolicyLine) -> tuple[Any, ...]:
    return (
        *(line.kind, line.value, line.step, line.priority),
        *(line.variant_id, line.product_id, line.category_id, line.brand_id),
    )


def _known_goods(actor: Actor, terms: Sequence[TermDraft]) -> dict[str, set[int]]:
    """Of the goods that are named those the actor sees, by column."""
    models: dict[str, type[Model]] = {
        "variant_id": Variant, "product_id": Product, "category_id": Category, "brand_id": Brand,
    }  # fmt: skip
    known: dict[str, set[int]] = {}
    for name, model in models.items():
        keys = {key for term in terms if (key := getattr(term.scope, name)) is not None}
        rows = model.objects.visible_to(actor).filter(pk__in=keys)  # type: ignore[attr-defined]
        known[name] = set(rows.values_list("pk", flat=True)) if keys else set()
    return known


def _value_problems(term: TermDraft, index: int) -> Iterator[DomainError]:
    value, low, high = term.value, *PERCENT_RANGE
    if not value.is_finite() or abs(value) >= LARGEST_PRICE:
        yield _problem(PricingErrorCode.NUMBER_INVALID, "terms.value", index)
        return
    if value != round(value, 4):
        yield _problem(PricingErrorCode.PRICE_PRECISION, "terms.value", index)
    if term.kind == PolicyLineKind.PERCENT and not low <= value <= high:
        text = _("A percentage is a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        yield DomainError(PricingErrorCode.NUMBER_INVALID, text, "terms.value", index)
    if term.kind in FLOORS and value < 0:
        yield _problem(PricingErrorCode.PRICE_NEGATIVE, "terms.value", index)


def _step_problems(term: TermDraft, index: int) -> Iterator[DomainError]:
    first, last = STEP_RANGE
    if term.kind not in (*STEPS, *FLOORS):
        yield DomainError(CoreErrorCode.INVALID, _("This is not a change of price."), "terms.kind", index)
    elif term.kind in STEPS and not (term.step is not None and first <= term.step <= last):
        text = _("A step is a number from %(first)s to %(last)s.") % {"first": first, "last": last}
        yield DomainError(CoreErrorCode.INVALID, text, "terms.step", index)
    elif term.kind in FLOORS and term.step is not None:
        yield DomainError(CoreErrorCode.INVALID, _("A floor price has no step: it comes last."), "terms.step", index)


def _problem(code: PricingErrorCode, field: str, index: int) -> DomainError:
    return DomainError(code, code.label, field, index)
