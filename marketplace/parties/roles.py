"""Roles: permission codes under a name. Presets come with an organization, by what it does: sell, buy or both."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from marketplace.core.actor import Actor
from marketplace.core.permissions import preset_permissions
from marketplace.parties.models import Organization, Role


class RolePreset(models.TextChoices):
    """The roles every organization starts with; each room's permissions say which of them carry its codes."""

    SELLER_OWNER = "seller_owner", _("Owner (sales)")
    SELLER_SALES = "seller_sales", _("Sales")
    SELLER_PRICING = "seller_pricing", _("Pricing")
    SELLER_WAREHOUSE = "seller_warehouse", _("Warehouse keeper")
    SELLER_FINANCE = "seller_finance", _("Finance (sales)")
    DEALER_OWNER = "dealer_owner", _("Owner (purchasing)")
    DEALER_BUYER = "dealer_buyer", _("Purchaser")
    DEALER_FINANCE = "dealer_finance", _("Finance (purchasing)")


OWNER_PRESETS = (RolePreset.SELLER_OWNER.value, RolePreset.DEALER_OWNER.value)


def presets_of(kind: str) -> list[RolePreset]:
    """The presets of a kind of organization: "seller" or "dealer"."""
    return [preset for preset in RolePreset if preset.value.startswith(f"{kind}_")]


def create_preset_roles(organization: Organization, kinds: Iterable[str]) -> None:
    """Give an organization the preset roles it lacks, with the codes declared now."""
    create_preset_roles_of([organization], kinds)


def create_preset_roles_of(organizations: Sequence[Organization], kinds: Iterable[str]) -> None:
    """As `create_preset_roles` for many organizations, in one statement."""
    wanted = [
        (preset, _names(preset), preset_permissions(preset.value)) for kind in kinds for preset in presets_of(kind)
    ]
    rows = [
        Role(organization=organization, code=preset, preset=preset, permissions=codes, **names)
        for organization in organizations
        for preset, names, codes in wanted
    ]
    Role.objects.bulk_create(rows, ignore_conflicts=True)


def refresh_preset_roles() -> int:
    """Bring every preset role up to the codes the rooms declare now (after an upgrade); how many were changed."""
    changed = 0
    for preset in RolePreset:
        codes = preset_permissions(preset.value)
        changed += Role.objects.filter(preset=preset.value).exclude(permissions=codes).update(permissions=codes)
    return changed


def _names(preset: RolePreset) -> Mapping[str, str]:
    names = {}
    for field, language in (("name_zh", "zh-hans"), ("name_en", "en")):
        with override(language):
            names[field] = str(preset.label)
    return names


def may_grant(actor: Actor, codes: Iterable[str]) -> bool:
    """Nobody gives away more than they hold; an owner gives what there is."""
    if actor.is_system or set(codes) <= actor.permissions:
        return True
    return actor.membership is not None and actor.membership.roles.filter(preset__in=OWNER_PRESETS).exists()
