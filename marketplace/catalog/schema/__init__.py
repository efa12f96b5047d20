"""The catalogue in the schema."""

from marketplace.catalog.schema.goods_mutations import GoodsMutations
from marketplace.catalog.schema.imports import ImportMutations, ImportQueries
from marketplace.catalog.schema.keeping import KeepingQueries
from marketplace.catalog.schema.keeping_mutations import KeepingMutations
from marketplace.catalog.schema.offer_mutations import OfferMutations
from marketplace.catalog.schema.partners import PartnershipGoods
from marketplace.catalog.schema.queries import Queries as GoodsQueries
from marketplace.catalog.schema.tax import TaxCategoryType, TaxMutations, TaxQueries, TaxRateType
from marketplace.catalog.schema.types import (
    BrandType,
    CategoryType,
    PackType,
    ProductType,
    UnitOfMeasureType,
    VariantType,
)


class Queries(GoodsQueries, KeepingQueries, ImportQueries, TaxQueries):
    """What can be asked about the catalogue."""


class Mutations(GoodsMutations, KeepingMutations, OfferMutations, ImportMutations, TaxMutations):
    """What can be done with the catalogue."""


__all__ = [
    "BrandType",
    "CategoryType",
    "Mutations",
    "PackType",
    "PartnershipGoods",
    "ProductType",
    "Queries",
    "TaxCategoryType",
    "TaxRateType",
    "UnitOfMeasureType",
    "VariantType",
]
