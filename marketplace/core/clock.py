"""The database's clock: deadlines and validity compare against it, never against a worker's."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """The instant at which the current transaction began, aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def today_of(organization: Any | None) -> date:
    """The day it is where an organization is; in UTC for none."""
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone if organization else "UTC"))
