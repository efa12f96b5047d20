"""Permission codes: each room declares its own on its AppConfig, with the role presets that carry them."""

from dataclasses import dataclass

from django.apps import apps
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Permission:
    """A code such as `orders.place`, what it lets a person do, and the role presets that grant it."""

    code: str
    label: str | Promise
    presets: tuple[str, ...] = ()


def declared_permissions() -> dict[str, Permission]:
    """All codes of all rooms, by code."""
    found: dict[str, Permission] = {}
    for config in apps.get_app_configs():
        for permission in getattr(config, "permissions", ()):
            found[permission.code] = permission
    return dict(sorted(found.items()))


def preset_permissions(preset: str) -> list[str]:
    """Codes that a role made from this preset grants."""
    return [code for code, permission in declared_permissions().items() if preset in permission.presets]
