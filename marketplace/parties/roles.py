"""Roles: permission codes under a name. Presets come with an organization, by what it does: sell, buy or both."""

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
    DEALER_BUYER = "dealer_buyer", _("Buyer")
    DEALER_FINANCE = "dealer_finance", _("Finance (purchasing)")


OWNERS = (RolePreset.SELLER_OWNER.value, RolePreset.DEALER_OWNER.value)


def presets_of(kind: str) -> list[RolePreset]:
    """The presets of a kind of organization: "seller" or "dealer"."""
    return [preset for preset in RolePreset if preset.value.startswith(f"{kind}_")]


def create_preset_roles(organization: Organization, kinds: Iterable[str]) -> dict[str, Role]:
    """Give an organization the preset roles it lacks, with the codes declared now; roles by preset."""
    wanted = [preset for kind in kinds for preset in presets_of(kind)]
    Role.objects.bulk_create((_preset_role(organization, preset) for preset in wanted), ignore_conflicts=True)
    return {role.preset: role for role in Role.objects.filter(organization=organization).exclude(preset="")}


def refresh_preset_roles() -> int:
    """Bring every preset role up to the codes the rooms declare now (after an upgrade); how many were changed."""
    changed = 0
    for preset in RolePreset:
        codes = preset_permissions(preset.value)
        changed += Role.objects.filter(preset=preset.value).exclude(permissions=codes).update(permissions=codes)
    return changed


def _preset_role(organization: Organization, preset: RolePreset) -> Role:
    names = _names(preset)
    return Role(
        organization=organization,
        code=preset.value,
        preset=preset.value,
        permissions=preset_permissions(preset.value),
        **names,
    )


def _names(preset: RolePreset) -> Mapping[str, str]:
    names = {}
    for field, language in (("name_zh", "zh-hans"), ("name_en", "en")):
        with override(language):
            names[field] = str(preset.label)
    return names
