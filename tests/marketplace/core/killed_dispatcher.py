"""A dispatcher to be killed: hands events on until it is. Tells of each in a Redis list, and counts it in the database.

python -m tests.marketplace.core.killed_dispatcher <redis list>
"""

import random
import sys
import time

import django


def main(heard_in: str) -> None:
    django.setup()
    from django.db import connection

    from marketplace.core import events, outbox, wake

    def tell(event) -> None:
        wake.client().rpush(heard_in, f"{event.aggregate_id}:{event.pk}")
        time.sleep(random.random() / 500)

    def count(event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_numberseries SET last = last + 1 WHERE kind = %s", [f"n{event.aggregate_id}"])
        time.sleep(random.random() / 500)

    events.subscribe("unit.changed", "count")(count)
    events.subscribe("*", "tell", writes=False)(tell)
    while True:
        if not outbox.dispatch_once(5):
            time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1])
