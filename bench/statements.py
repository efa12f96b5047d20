"""How many SQL statements one request costs, counted in process at the database connection."""

from typing import Any

from bench.cases import Case
from bench.dataset import Dataset


def statements_of(case: Case, data: Dataset) -> int:
    """Statements of one warm request through the HTTP view, transaction control left out."""
    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {data.token}"})
    counted = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    for number in (1, 2):
        counted = 0
        with connection.execute_wrapper(count):
            answer = client.post("/graphql/", case.body(data, number), content_type="application/json")
        if answer.status_code != 200 or b'"errors":[{' in answer.content:
            raise SystemExit(f"{case.name} fails: {answer.content[:400]!r}")
    return counted
