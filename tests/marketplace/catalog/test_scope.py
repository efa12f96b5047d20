"""Product scopes: which goods a rule is about."""

import pytest

from marketplace.catalog.scope import ProductScope, ScopeKeys, ScopeLevel

PAN = ScopeKeys(variant_id=1, product_id=10, category_ids=(100, 101), brand_id=1000)


@pytest.mark.parametrize(
    ("scope", "level", "holds"),
    [
        (ProductScope(variant_id=1), ScopeLevel.VARIANT, True),
        (ProductScope(variant_id=2), ScopeLevel.VARIANT, False),
        (ProductScope(product_id=10), ScopeLevel.PRODUCT, True),
        (ProductScope(product_id=11), ScopeLevel.PRODUCT, False),
        (ProductScope(category_id=101), ScopeLevel.CATEGORY, True),
        (ProductScope(category_id=100), ScopeLevel.CATEGORY, True),
        (ProductScope(category_id=102), ScopeLevel.CATEGORY, False),
        (ProductScope(brand_id=1000), ScopeLevel.BRAND, True),
        (ProductScope(brand_id=1), ScopeLevel.BRAND, False),
        (ProductScope(), ScopeLevel.ALL, True),
    ],
)
def test_a_scope_holds_what_is_within_it(scope, level, holds):
    assert (scope.level, scope.holds(PAN)) == (level, holds)


def test_a_brand_does_not_hold_goods_without_one():
    assert not ProductScope(brand_id=1000).holds(ScopeKeys(variant_id=1, product_id=10))
