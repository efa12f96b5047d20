"""Permission codes: each room declares its own on its AppConfig, with the role presets that carry them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Permission:
    """A code such as `orders.place`, what it lets a person do, and the role presets that grant it.

    `reads` marks a code that changes nothing: all that is left in a partner's view and to a suspended organization.
    """

    code: str
    label: str | Promise
    presets: tuple[str, ...] = ()
    reads: bool = False


@lru_cache(maxsize=1)
def declared_permissions() -> dict[str, Permission]:
    """All codes of all rooms, by code."""
    found: dict[str, Permission] = {}
    for config in apps.get_app_configs():
        for permission in getattr(config, "permissions", ()):
            found[permission.code] = permission
    return dict(sorted(found.items()))


def preset_permissions(preset: str) -> list[str]:
    """Codes that a role made from this preset grants, in alphabetical order."""
    return [code for code, permission in declared_permissions().items() if preset in permission.presets]


def reading(codes: Iterable[str]) -> frozenset[str]:
    """Those of the codes that only read; a code that no room declares any more is dropped."""
    declared = declared_permissions()
    return frozenset(code for code in codes if code in declared and declared[code].reads)
