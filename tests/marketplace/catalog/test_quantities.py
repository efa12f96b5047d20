"""Which quantities may be ordered: the rule of pricing §10.7 and its properties."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis.strategies import composite, decimals, integers, none, one_of

from marketplace.catalog.quantities import QuantityRule, snap

D = Decimal


def rule(**fields):
    return QuantityRule(**({"factor": D(1), "exponent": 0} | fields))


@composite
def rules(draw):
    exponent = draw(integers(0, 3))
    factor = D(draw(integers(1, 200))).scaleb(-draw(integers(0, 2)))
    step = draw(one_of(none(), integers(1, 60).map(D)))
    least = D(draw(integers(0, 200)))
    most = draw(one_of(none(), integers(1, 2000).map(D)))
    return QuantityRule(factor, exponent, least, step, most)


@composite
def quantities(draw):
    return draw(decimals(D("0.001"), D(500), places=3, allow_nan=False, allow_infinity=False))


def test_the_worked_example():
    given_rule = rule(min=D(20), step=D(12), max=D(70))
    assert [snap(D(q), given_rule) for q in (1, 24, 25, 60)] == [24, 24, 36, 60]
    assert given_rule.problem(D(61)) == "QUANTITY_MAXIMUM"
    assert [q for q in range(1, 100) if given_rule.problem(D(q)) is None] == [24, 36, 48, 60]


def test_what_is_wrong_has_its_code():
    given_rule = rule(min=D(20), step=D(12), max=D(70))
    assert given_rule.problem(D(19)) == "QUANTITY_MINIMUM"
    assert given_rule.problem(D(25)) == "QUANTITY_STEP"
    assert given_rule.problem(D(72)) == "QUANTITY_MAXIMUM"
    assert given_rule.problem(D("24.5")) == "QUANTITY_PRECISION"
    for bad in (D(0), D(-12), D("NaN"), D("Infinity"), D(10) ** 13):
        assert given_rule.problem(bad) == "QUANTITY_INVALID"


def test_a_rule_in_pieces_counts_the_pieces_in_boxes():
    in_boxes = rule(factor=D(12), min=D(20), step=D(12), max=D(70))
    assert in_boxes.least == 2
    assert [q for q in range(1, 9) if in_boxes.problem(D(q)) is None] == [2, 3, 4, 5]
    odd = rule(factor=D(12), step=D(10))
    assert odd.least == 5  # 60 pieces are the first boxes that are tens of pieces


def test_without_a_rule_the_unit_says_how_fine():
    assert rule().problem(D(1)) is None
    kilos = rule(exponent=3)
    assert kilos.problem(D("0.125")) is None
    assert kilos.problem(D("0.1255")) == "QUANTITY_PRECISION"
    assert kilos.least == D("0.001")


@given(rules(), quantities())
def test_what_is_snapped_is_allowed_and_the_least_not_below(given_rule, quantity):
    snapped = given_rule.snap(quantity)
    if snapped is None:
        assert given_rule.max is not None
        return
    assert snapped >= quantity
    assert given_rule.problem(snapped) is None
    assert given_rule.snap(snapped) == snapped
    below = snapped - given_rule.stride
    assert below < quantity or below <= 0 or given_rule.problem(below) is not None


@given(rules(), quantities())
def test_allowed_is_what_the_words_of_the_rule_say(given_rule, quantity):
    base = Fraction(quantity) * Fraction(given_rule.factor)
    finest = Fraction(given_rule.factor) / 10**given_rule.exponent
    fits = base % finest == 0
    steps = given_rule.step is None or base % Fraction(given_rule.step) == 0
    within = base >= given_rule.min and (given_rule.max is None or base <= given_rule.max)
    assert (given_rule.problem(quantity) is None) == (fits and steps and within)


@given(rules())
def test_least_and_most_are_allowed(given_rule):
    if given_rule.snap(D("0.001")) is not None:
        assert given_rule.problem(given_rule.least) is None
        if given_rule.most is not None:
            assert given_rule.problem(given_rule.most) is None
