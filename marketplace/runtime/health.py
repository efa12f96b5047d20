"""Whether this process can do its work: the address a load balancer and `entrepot up` ask."""

import logging

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and Redis answer, else 503 with the name of what does not."""
    state = {"database": database_answers(), "redis": redis_answers()}
    return JsonResponse(
        {part: "ok" if well else "down" for part, well in state.items()},
        status=200 if all(state.values()) else 503,
        headers={"Cache-Control": "no-store"},
    )


def database_answers() -> bool:
    """Whether the database runs a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Exception:
        logger.exception("The database does not answer")
        return False


def redis_answers() -> bool:
    """Whether Redis answers."""
    try:
        cache.get("health")
        return True
    except Exception:
        logger.exception("Redis does not answer")
        return False
