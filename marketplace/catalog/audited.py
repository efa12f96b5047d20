"""What the audit log calls goods and what they are sorted by, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

GOODS = {
    "sku": _("SKU"),
    "slug": _("Address of the page"),
    "brand_id": _("Brand"),
    "category_id": _("Category"),
    "attributes": _("Attributes"),
    "axes": _("Axes of variants"),
    "tax_rate": _("Tax rate"),
    "tax_code": _("Tax code"),
    "tax_category_id": _("Tax category"),
    "variants": _("Variants"),
    "packs": _("Packs"),
    "barcode": _("Barcode"),
    "weight": _("Weight"),
    "listed": _("Listed"),
    "window": _("Window"),
    "product_id": _("Product"),
    "picture": _("Picture"),
    "pictures": _("Order of the pictures"),
}

audited("Product", "catalog.Product", _("Product"), GOODS, part="catalog.Variant")
audited("Variant", "catalog.Variant", _("Variant"), GOODS)
audited("Brand", "catalog.Brand", _("Brand"))
audited("TaxCategory", "catalog.TaxCategory", _("Tax category"), {"rate": _("Tax rate"), "is_default": _("Default")})
audited("Category", "catalog.Category", _("Category"), {"attributes": _("Attributes")})
audited(
    "Attribute",
    "catalog.Attribute",
    _("Attribute"),
    {
        "choices": _("Choices"),
        "uom_id": _("Unit of measure"),
        "of_variant": _("Of variants"),
        "is_facet": _("In the filter"),
    },
)
audited(
    "Assortment",
    "catalog.Assortment",
    _("Assortment"),
    {
        "lines": _("Lines"),
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
    },
)
