"""For whom a rule is: one partner, a group with all below it, a grade, or everyone; most specific first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import PartnerGrade, PartnerGroup, Partnership


class AudienceLevel(models.TextChoices):
    """How narrow an audience is, narrowest first."""

    PARTNER = "partner", _("One partner")
    GROUP = "group", _("Partner group")
    GRADE = "grade", _("Partner grade")
    EVERYONE = "everyone", _("Everyone")


class AudienceRow(models.Model):
    """A rule with an audience: exactly one of the three is set, none for everyone."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(PartnerGroup, models.PROTECT, null=True, blank=True, related_name="+")
    grade = models.ForeignKey(PartnerGrade, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def level(self) -> AudienceLevel:
        """How narrow the audience is."""
        if self.partnership_id:
            return AudienceLevel.PARTNER
        if self.group_id:
            return AudienceLevel.GROUP
        return AudienceLevel.GRADE if self.grade_id else AudienceLevel.EVERYONE


class NumNonNulls(Func):
    """PostgreSQL's num_nonnulls over columns."""

    function = "num_nonnulls"
    output_field = models.IntegerField()


def audience_check(name: str) -> models.CheckConstraint:
    """The constraint that at most one of the three audience columns is set."""
    return models.CheckConstraint(condition=Q(LessOrEqual(NumNonNulls("partnership", "group", "grade"), 1)), name=name)


class LessOrEqual(Func):
    """A comparison usable as a condition inside a constraint."""

    template = "%(expressions)s"
    arg_joiner = " <= "
    output_field = models.BooleanField()


@dataclass(frozen=True, slots=True)
class Audience:
    """One buyer seen from one seller: the ids a rule's audience is compared with. `groups`: root first."""

    organization_id: int
    partnership_id: int
    groups: tuple[int, ...]
    grade_id: int | None

    def holds(self, prefix: str = "") -> Q:
        """The condition that a rule of this seller is for this buyer."""
        everyone = {f"{prefix}partnership": None, f"{prefix}group": None, f"{prefix}grade": None}
        condition = Q(**everyone) | Q(**{f"{prefix}partnership": self.partnership_id})
        if self.groups:
            condition |= Q(**{f"{prefix}group__in": self.groups})
        if self.grade_id:
            condition |= Q(**{f"{prefix}grade": self.grade_id})
        return condition


def audience_of(partnership: Partnership) -> Audience:
    """The audience a partnership stands for; `group` should be selected along."""
    groups = tuple(partnership.group.ancestors) if partnership.group else ()
    return Audience(partnership.upstream_id, partnership.pk, groups, partnership.grade_id)
