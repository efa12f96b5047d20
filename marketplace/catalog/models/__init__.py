"""What is traded, in which packs and quantities, and who may see it."""

from marketplace.catalog.models.goods import (
    Attribute,
    AttributeKind,
    Brand,
    Category,
    Pack,
    Product,
    ProductStatus,
    Variant,
)
from marketplace.catalog.models.imports import ProductImport, ProductImportFile, ProductImportRow
from marketplace.catalog.models.media import DocumentKind, ProductDocument, ProductImage
from marketplace.catalog.models.offers import (
    Assortment,
    AssortmentLine,
    Listing,
    ListingStatus,
    OrderQuantityRule,
    PartnerItemCode,
)
from marketplace.catalog.models.tax import TaxCategory, TaxCategoryKind, TaxRate
from marketplace.catalog.models.units import UnitOfMeasure

__all__ = [
    "Assortment",
    "AssortmentLine",
    "Attribute",
    "AttributeKind",
    "Brand",
    "Category",
    "DocumentKind",
    "Listing",
    "ListingStatus",
    "OrderQuantityRule",
    "Pack",
    "PartnerItemCode",
    "Product",
    "ProductDocument",
    "ProductImage",
    "ProductImport",
    "ProductImportFile",
    "ProductImportRow",
    "ProductStatus",
    "TaxCategory",
    "TaxCategoryKind",
    "TaxRate",
    "UnitOfMeasure",
    "Variant",
]
