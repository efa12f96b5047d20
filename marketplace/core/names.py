"""Names in both languages, and trees that know their ancestors."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language


class NamedRow(models.Model):
    """A row people read by name, in Chinese and English; one of the two is enough."""

    name_zh = models.CharField(max_length=255, blank=True, default="")
    name_en = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the active language, else in the other."""
        return localized(self.name_zh, self.name_en)

    def __str__(self) -> str:
        return self.name


def localized(chinese: str, english: str) -> str:
    """The text in the active language, else the other one."""
    if (get_language() or "en").startswith("zh"):
        return chinese or english
    return english or chinese


class TreeRow(models.Model):
    """A node with the ids of its ancestors and itself, root first: `x is below y` is an array test, no recursion."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    ancestors = ArrayField(models.BigIntegerField(), default=list)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
