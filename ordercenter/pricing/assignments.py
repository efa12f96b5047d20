"""The short way to assign a list: one policy of the list's own code with one line, made from the list's own form."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.models import PolicyStatus
from ordercenter.pricing.drafts import AudienceDraft, PriceListDraft
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceList, PricePolicy, PricePolicyLine

ORDER = 100


def assign(found: PriceList, draft: PriceListDraft) -> None:
    """Make the list hold for the draft's audience by the policy that carries the list's code; nothing without one.

    The policy is approved from the start: while the list is a draft, it answers nobody. Raises AUDIENCE_INVALID where
    a policy of that code exists that the list's form did not make.
    """
    if draft.audience is None and draft.priority is None and draft.merge is None:
        return
    line = own_line(found)
    if line is None:
        if draft.audience is None:
            raise _invalid(_("Say first for whom the list is."))
        line = _created(found, draft.audience)
    if draft.audience is not None:
        move_audience(line.policy, draft.audience)
    changes = {name: value for name in ("priority", "merge") if (value := getattr(draft, name)) is not None}
    if changes:
        PricePolicyLine.objects.filter(policy=line.policy, price_list=found).update(**changes)


def rename_policy(found: PriceList, code: str) -> None:
    """Let the policy that the list's own form made go with the list to its new code, else its form would lose it.

    Raises DUPLICATE where another policy has that code.
    """
    line = own_line(found)
    if line is None:
        return
    if PricePolicy.objects.filter(organization=found.organization_id, code=code).exists():
        text = _("There is a price policy %(code)s already.") % {"code": code}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "code")
    PricePolicy.objects.filter(pk=line.policy_id).update(code=code)


def own_line(found: PriceList) -> PricePolicyLine | None:
    """The line that the list's own form made, if it did."""
    lines = PricePolicyLine.objects.filter(price_list=found, policy__code=found.code).select_related("policy")
    return lines.filter(organization=found.organization_id).first()


def move_audience(policy: PricePolicy, audience: AudienceDraft) -> None:
    """Give a policy and its lines another audience."""
    columns = audience.columns()
    PricePolicy.objects.filter(pk=policy.pk).update(**columns)
    PricePolicyLine.objects.filter(policy=policy).update(**columns)


def _created(found: PriceList, audience: AudienceDraft) -> PricePolicyLine:
    if PricePolicy.objects.filter(organization=found.organization_id, code=found.code).exists():
        text = _("The price policy %(code)s exists already: assign the list there.") % {"code": found.code}
        raise _invalid(text)
    columns = audience.columns()
    policy = PricePolicy.objects.create(
        organization_id=found.organization_id,
        code=found.code,
        name_zh=found.name_zh,
        name_en=found.name_en,
        status=PolicyStatus.EFFECTIVE,
        **columns,
    )
    return PricePolicyLine.objects.create(
        organization_id=found.organization_id, policy=policy, price_list=found, priority=ORDER, **columns
    )


def _invalid(text: str) -> DomainError:
    return DomainError(PricingErrorCode.AUDIENCE_INVALID, text, "audience")
