"""How people like to look at the lists of their pages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.rows import OwnedQuerySet, OwnedRow


class SavedViewQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those that colleagues share."""
        own = super().visible_filter(actor)
        return own if actor.is_system else own & (Q(user=actor.user_id) | Q(shared=True))


class SavedView(OwnedRow):
    """A list as somebody wants to find it again: `query` is what the page's address holds, its filters, sort, columns.

    `page` names the list, such as `office/inbox`; who asks for it decides what the words of a query mean.
    """

    user = models.ForeignKey("parties.User", models.CASCADE, related_name="+")
    page = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    query = models.TextField(blank=True, default="")
    shared = models.BooleanField(default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(page=""), name="saved_view_named"),
        ]
