"""The two ends of time, as Python sees PostgreSQL's -infinity and infinity."""

from datetime import UTC, datetime

BEGINNING = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
