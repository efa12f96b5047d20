"""The demo enterprise's goods: tree, brands, sixty products in two languages, packs, rules, an assortment, pictures.

Other rooms find goods by SKU, such as `BTL01-WHITE-500`; the codes stand in `demo_goods.py`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import product as every_pair
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.attributes import attribute_create, definitions, read_value
from marketplace.catalog.combinations import matrix_names, sku_parts
from marketplace.catalog.demo_goods import (
    BRANDS,
    CATEGORIES,
    COLOURS,
    MATERIALS,
    RULES,
    DemoProduct,
    demo_products,
    lines,
)
from marketplace.catalog.demo_pictures import picture
from marketplace.catalog.demo_tax import tax as tax  # its step stands between goods and prices
from marketplace.catalog.documents import document_add
from marketplace.catalog.happenings import changes_together
from marketplace.catalog.images import image_add
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import (
    Assortment,
    Attribute,
    Brand,
    Category,
    DocumentKind,
    Pack,
    PartnerItemCode,
    Product,
    Variant,
)
from marketplace.catalog.packs import PackDraft
from marketplace.catalog.products import product_create, products_retire
from marketplace.catalog.ranges import AssortmentDraft, AssortmentLineDraft, assortment_write
from marketplace.catalog.rules import RuleDraft, quantity_rules_write
from marketplace.catalog.taxonomy import brand_create, category_create
from marketplace.catalog.units import common_units
from marketplace.catalog.values import AudienceDraft
from marketplace.catalog.variants import Axis, variant_update, variants_generate
from marketplace.core.actor import Actor
from marketplace.core.instants import BEGINNING
from marketplace.parties.models import Organization, PartnerGroup, Partnership
from marketplace.runtime.demo import Size, demo_step

TAX = Decimal("0.13")
SERIES = 10  # how many times over the goods are made in the large demo


@demo_step(20, _("Products"))
def products(size: Size) -> Iterator[tuple[int, int]]:
    """Make the goods and put them up."""
    actor = Actor.system(Organization.objects.get(code="xinghe"))
    common_units()
    ground = _ground(actor)
    goods = demo_products()
    series = range(1, SERIES + 1 if size == "large" else 2)
    total = len(goods) * len(series)
    known = set(Variant.objects.filter(organization=actor.organization_id).values_list("sku", flat=True))
    made = {sku.split("-")[0] for sku in known}
    for done, (number, one) in enumerate(every_pair(series, goods)):
        yield done, total
        code = one.code if number == 1 else f"{one.code}S{number}"
        if code not in made:
            with changes_together():
                _product(actor, ground, one, code, number, done)
    with changes_together():
        _offer(actor)
    yield total, total


def _ground(actor: Actor) -> dict[str, int]:
    """Categories, brands and attributes, where they are missing; ids of brands by code, of categories by `/code`."""
    own = {"organization": actor.organization_id}
    tree = {row.code: row for row in Category.objects.filter(**own)}
    for position, (code, name_zh, name_en, parent) in enumerate(lines(CATEGORIES)):
        if code not in tree:
            above = tree[parent].pk if parent else None
            named: dict[str, Any] = {"code": code, "name_zh": name_zh, "name_en": name_en, "position": position}
            tree[code] = category_create(actor, named | {"parent_id": above})
    brands = {row.code: row for row in Brand.objects.filter(**own)}
    for code, name_zh, name_en in lines(BRANDS):
        if code not in brands:
            brands[code] = brand_create(actor, {"code": code, "name_zh": name_zh, "name_en": name_en})
    units = common_units()
    kinds: tuple[tuple[str, str, str, bool, dict[str, Any]], ...] = (
        ("material", "材质", "Material", False, {"kind": "choice", "choices": _choices(MATERIALS)}),
        ("colour", "颜色", "Colour", True, {"kind": "choice", "choices": _choices(COLOURS)}),
        ("size", "尺寸", "Size", True, {"kind": "number", "uom": units["CM"]}),
        ("volume", "容量", "Volume", True, {"kind": "number", "uom": units["ML"]}),
    )
    for position, (code, name_zh, name_en, of_variant, fields) in enumerate(kinds):
        if not Attribute.objects.filter(**own, code=code).exists():
            named = {"code": code, "name_zh": name_zh, "name_en": name_en, "position": position}
            attribute_create(actor, named | fields | {"of_variant": of_variant, "is_facet": True})
    return {code: row.pk for code, row in brands.items()} | {f"/{code}": row.pk for code, row in tree.items()}


def _choices(table: str) -> list[dict[str, str]]:
    return [{"value": value, "zh": chinese, "en": english} for value, chinese, english in lines(table)]


def _product(actor: Actor, ground: dict[str, int], one: DemoProduct, code: str, series: int, number: int) -> None:
    """One product with its variants, listed, with its pictures."""
    again = "" if series == 1 else f" {series}"
    made = product_create(
        actor,
        {
            "name_zh": one.name_zh + again,
            "name_en": one.name_en + again,
            "description_zh": one.text_zh,
            "description_en": one.text_en,
            "brand_id": ground[one.brand],
            "category_id": ground[f"/{one.category}"],
            "tax_rate": TAX,
            "attributes": {"material": one.material},
        },
        sku=code,
        packs=[PackDraft(uom, Decimal(factor)) for uom, factor in one.packs],
    )
    if one.axes:
        _variants(actor, made, one, code)
    listing_write(actor, [made.pk], start=BEGINNING)
    if series == 1:
        _pictures(actor, made, one, number)
        if number % 3 == 0:
            _data_sheet(actor, made, one, number)


def _variants(actor: Actor, made: Product, one: DemoProduct, code: str) -> None:
    """The first variant becomes the first of the matrix, the others are generated."""
    first = made.variants.get()
    values = {name: side[0] for name, side in one.axes}
    known = definitions(actor.organization_id, values)
    typed = {name: read_value(known[name], value) for name, value in values.items()}
    fields = matrix_names(known, typed)
    sku = "-".join([code, *sku_parts(known, typed)])
    variant_update(actor, first.pk, fields | {"attributes": values, "sku": sku})
    packs = [PackDraft(uom, Decimal(factor)) for uom, factor in one.packs]
    variants_generate(actor, made.pk, [Axis(name, side) for name, side in one.axes], packs=packs)


def _pictures(actor: Actor, made: Product, one: DemoProduct, number: int) -> None:
    """One of the product, and one of each variant where only the colour tells them apart."""
    image_add(actor, made.pk, _png(one.shape, one.colour, number), one.name_zh, alt_en=one.name_en)
    if [name for name, _values in one.axes] == ["colour"]:
        for variant in made.variants.order_by("position")[1:]:
            content = _png(one.shape, variant.attributes["colour"], number)
            image_add(actor, made.pk, content, one.name_zh, variant.pk, one.name_en)


def _data_sheet(actor: Actor, made: Product, one: DemoProduct, number: int) -> None:
    """A page with the picture of the goods, as PDF."""
    out = io.BytesIO()
    picture(one.shape, one.colour, number).convert("RGB").save(out, "PDF")
    file = ContentFile(out.getvalue(), name=f"{one.code}.pdf")
    document_add(actor, made.pk, file, DocumentKind.DATASHEET, f"{one.name_zh}规格书", f"{one.name_en}: data sheet")


def _png(shape: str, colour: str, number: int) -> bytes:
    out = io.BytesIO()
    picture(shape, colour, number).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _offer(actor: Actor) -> None:
    """Rules, assortments, barcodes, partners' own codes, and goods in every state of trade."""
    if Assortment.objects.filter(organization=actor.organization_id).exists():
        return
    _barcodes(actor)
    _rules(actor)
    partners = {
        one.downstream.code: one
        for one in Partnership.objects.filter(upstream=actor.organization_id).select_related("downstream")
    }
    categories = {row.code: row.pk for row in Category.objects.filter(organization=actor.organization_id)}
    if "jinli" in partners:
        assortment_write(
            actor,
            AssortmentDraft(
                name_zh="锦里：不含小家电",
                name_en="Jinli: without small appliances",
                code="jinli",
                audience=AudienceDraft(partnership_id=partners["jinli"].pk),
                lines=[AssortmentLineDraft(category_id=categories["electric"], excluded=True)],
            ),
        )
    if "harbour" in partners:
        _own_codes(partners["harbour"].downstream, "HW")
    if "yunqi" in partners:
        _sell_on(actor, partners["yunqi"].downstream)
    _states(actor)


def _variants_of(actor: Actor, prefix: str) -> list[Variant]:
    own = Variant.objects.filter(organization=actor.organization_id, sku__startswith=prefix)
    return list(own.order_by("sku"))


def _barcodes(actor: Actor) -> None:
    packs = list(Pack.objects.filter(organization=actor.organization_id, is_base=True, barcode="").order_by("pk"))
    for number, pack in enumerate(packs, 1):
        pack.barcode = _ean(690123400000 + number)
    Pack.objects.bulk_update(packs, ["barcode"])


def _ean(number: int) -> str:
    """Thirteen digits, the last of which checks the others."""
    digits = f"{number:012d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _rules(actor: Actor) -> None:
    groups = {row.code: row.pk for row in PartnerGroup.objects.filter(organization=actor.organization_id)}
    drafts = []
    for prefix, uom, least, step, audience in lines(RULES):
        group_id = groups.get(audience.removeprefix("group:")) if audience else None
        if audience and group_id is None:
            continue
        drafts += [
            RuleDraft(variant.pk, uom, Decimal(least), Decimal(step), audience=AudienceDraft(group_id=group_id))
            for variant in _variants_of(actor, prefix)
        ]
    quantity_rules_write(actor, drafts)


def _own_codes(partner: Organization, prefix: str) -> None:
    goods = Variant.objects.filter(organization__code="xinghe", product__slug__isnull=False).order_by("sku")[:20]
    PartnerItemCode.objects.bulk_create(
        [
            PartnerItemCode(organization=partner, variant=variant, code=f"{prefix}-{1000 + number}")
            for number, variant in enumerate(goods, 1)
        ],
        ignore_conflicts=True,
    )


def _sell_on(actor: Actor, dealer: Organization) -> None:
    """The dealer offers some of the goods to its own dealers."""
    goods = [variant.pk for prefix in ("BTL", "CUP", "LCH", "TWL01") for variant in _variants_of(actor, prefix)]
    listing_write(Actor.system(dealer), variant_ids=goods, start=BEGINNING)


def _states(actor: Actor) -> None:
    """Something that comes next month, something that went, something that is still being written."""
    now = timezone.now()
    coming, gone = _variants_of(actor, "LMP02"), _variants_of(actor, "MOP04")
    listing_write(actor, [coming[0].product_id], start=now + timedelta(days=30))
    listing_write(actor, [gone[0].product_id], listed=False)
    products_retire(actor, [gone[0].product_id])
    if not Variant.objects.filter(organization=actor.organization_id, sku="KTL09").exists():
        fields = {"name_zh": "手冲咖啡壶", "name_en": "Pour-over kettle", "status": "draft", "tax_rate": TAX}
        product_create(actor, fields, sku="KTL09")
