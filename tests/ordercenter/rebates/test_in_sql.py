"""The database gives what the functions give: target values, bands, and the volume part of a change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ordercenter.rebates.compute.in_sql import Columns, band_sql, value_at_band_sql, value_sql
from ordercenter.rebates.compute.tiers import Figures, reached_band, target_value, value_at_band
from ordercenter.rebates.enums import RebateMeasure, RebateNewcomer, RebateQualifier, RebateReward, TierMethod
from tests.ordercenter.rebates.terms import terms
from tests.ordercenter.rebates.test_properties import amounts, bases, ladders, lines

COLUMNS = Columns("f.amount", "f.quantity", "f.baseline", "f.target")


@some.composite
def in_units(draw):
    """Tables that pay by the piece, or a fixed amount, by quantity or amount."""
    reward = draw(some.sampled_from((RebateReward.PER_UOM, RebateReward.FIXED)))
    method = draw(some.sampled_from((TierMethod.INCREMENTAL, TierMethod.RETROSPECTIVE)))
    qualifier = RebateQualifier.QUANTITY
    if method == TierMethod.RETROSPECTIVE:
        qualifier = draw(some.sampled_from((RebateQualifier.QUANTITY, RebateQualifier.AMOUNT, RebateQualifier.GROWTH)))
    fields = {"measure": RebateMeasure.QUANTITY, "newcomer": draw(some.sampled_from(RebateNewcomer))}
    return terms(*draw(ladders()), reward=reward, method=method, qualifier=qualifier, **fields)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.one_of(lines(), in_units()), some.lists(some.tuples(amounts, amounts), min_size=4, max_size=9), some.data())
def test_the_database_computes_what_the_functions_compute(line, pairs, data):
    measures = some.one_of(some.none(), some.just(Decimal(0)), bases)
    figures = [Figures(amount, quantity, data.draw(measures), data.draw(measures)) for amount, quantity in pairs]
    figures += [Figures(band.lower, band.lower, Decimal(100), Decimal(100)) for band in line.bands]
    old = data.draw(some.integers(-1, len(line.bands) - 1))
    text = f"""
        SELECT t, {value_sql(line, COLUMNS, "t", "2")}, {value_at_band_sql(line, COLUMNS, str(old), "2")}
          FROM (SELECT f.*, {band_sql(line, COLUMNS)} AS t
                  FROM unnest(%s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
                       WITH ORDINALITY AS f(amount, quantity, baseline, target, n)) AS f ORDER BY f.n"""
    columns = [[getattr(one, name) for one in figures] for name in ("amount", "quantity", "baseline", "target")]
    with connection.cursor() as cursor:
        cursor.execute(text, columns)
        found = cursor.fetchall()
    band = None if old < 0 else old
    for (reached, value, at_old), one in zip(found, figures, strict=True):
        assert (None if reached < 0 else reached) == reached_band(line, one)
        assert (value, at_old) == (target_value(line, one), value_at_band(line, one, band))
