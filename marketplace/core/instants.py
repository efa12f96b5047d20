"""Validity windows [from, to): an open end is an infinity in the database and BEGINNING or FOREVER in Python."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER


class InstantField(models.DateTimeField):
    """An instant that may be open: BEGINNING is stored as -infinity, FOREVER as infinity."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value == BEGINNING:
            return "-infinity"
        if value == FOREVER:
            return "infinity"
        value = super().get_db_prep_value(value, connection, prepared)
        # As text like the infinities: many rows are written as one array a column, and an array has one type.
        return value.isoformat() if isinstance(value, datetime) else value


class WindowRow(models.Model):
    """A row that holds from an instant (included) to another (excluded)."""

    valid_from = InstantField(default=BEGINNING)
    valid_to = InstantField(default=FOREVER)

    class Meta:
        abstract = True


class InstantRange(Func):
    """[valid_from, valid_to) as PostgreSQL compares windows: for constraints that no two overlap."""

    function = "tstzrange"
    output_field: Any = DateTimeRangeField()


def window_check(name: str) -> models.CheckConstraint:
    """The constraint that a window is not empty."""
    return models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name=name)


def in_force(at: datetime, prefix: str = "") -> Q:
    """The condition that a window holds an instant."""
    return Q(**{f"{prefix}valid_from__lte": at, f"{prefix}valid_to__gt": at})


def or_none(instant: datetime) -> datetime | None:
    """An instant for people: None where the window is open."""
    return None if instant in (BEGINNING, FOREVER) else instant
