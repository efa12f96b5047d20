"""Who acts: a user for one organization, and on whose behalf if for a partner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import CoreErrorCode, DomainError

if TYPE_CHECKING:
    from marketplace.parties.models import Membership, Organization, User


@dataclass(frozen=True, slots=True)
class Actor:
    """A user acting for one organization. Every request, task and command acts as exactly one.

    `on_behalf_of` is a downstream partner whose view is shown: such an actor reads what the partner would read of its
    trade with the actor's own organization, and nothing the partner does with others.
    """

    user: User | None = None
    organization: Organization | None = None
    membership: Membership | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    on_behalf_of: Organization | None = None
    is_system: bool = False

    @classmethod
    def system(cls, organization: Organization | None = None) -> Actor:
        """The program itself, for one organization or for none: may do everything there, signs as nobody."""
        return cls(organization=organization, is_system=True)

    @classmethod
    def anonymous(cls) -> Actor:
        """Nobody: sees what is public, which is nothing of a trade."""
        return cls()

    @property
    def is_authenticated(self) -> bool:
        """True for a person and for the program itself."""
        return self.is_system or self.user is not None

    @property
    def is_read_only(self) -> bool:
        """True in a partner's view: whatever the function, such an actor changes nothing."""
        return self.on_behalf_of is not None

    @property
    def buyer(self) -> Organization | None:
        """For whom the actor looks at goods and prices: the partner it stands for, else its own organization."""
        return self.on_behalf_of or self.organization

    @property
    def organization_id(self) -> int | None:
        """The key of the organization the actor acts for."""
        return self.organization.pk if self.organization else None

    @property
    def own_id(self) -> int:
        """The key of the organization the actor writes for; raises PERMISSION_DENIED where there is none."""
        if self.organization is None:
            raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("You act for no organization."))
        return self.organization.pk

    @property
    def user_id(self) -> int | None:
        """The key of the person; None for the program itself."""
        return self.user.pk if self.user else None

    def may(self, permission: str) -> bool:
        """True when a role of the actor's membership grants the code."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise PERMISSION_DENIED unless the actor may."""
        if not self.may(permission):
            text = _("You need the permission %(permission)s.") % {"permission": permission}
            raise DomainError(CoreErrorCode.PERMISSION_DENIED, text)
