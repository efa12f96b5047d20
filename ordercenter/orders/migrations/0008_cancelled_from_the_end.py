"""What is cancelled of a line is cut from its end, so that with what was shipped from its start it makes the whole.

The two cuts differ by one minor unit where half a unit fell on the cut; sums of such orders are written anew.
"""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from marketplace.core.money import EXPONENTS

PLACES = (
    "CASE stored.currency "
    + " ".join(f"WHEN '{currency}' THEN {places}" for currency, places in sorted(EXPONENTS.items()))
    + " ELSE 2 END"
)
CUT = """
WITH cut AS (
    SELECT stored.id, sum({tax}) AS tax, sum({gross}) AS gross
      FROM orders_order AS stored JOIN orders_orderline AS line ON line.order_id = stored.id
     WHERE stored.cancelled_gross <> 0 OR stored.cancelled_tax <> 0
     GROUP BY stored.id
)
UPDATE orders_order AS stored SET cancelled_tax = cut.tax, cancelled_gross = cut.gross
  FROM cut WHERE cut.id = stored.id AND (stored.cancelled_tax, stored.cancelled_gross) <> (cut.tax, cut.gross)
"""


def _statement(amount: str) -> str:
    return CUT.format(tax=amount.format("line.tax"), gross=amount.format("line.gross"))


FROM_THE_END = _statement("{0} - round({0} * (line.quantity - line.cancelled) / line.quantity, " + PLACES + ")")
FROM_THE_START = _statement("round({0} * line.cancelled / line.quantity, " + PLACES + ")")


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_money_and_holds")]

    operations = [
        migrations.RunSQL(FROM_THE_END, FROM_THE_START),
        ValidateConstraint(model_name="order", name="order_funded_value"),
        ValidateConstraint(model_name="orderline", name="order_line_benefits"),
    ]
