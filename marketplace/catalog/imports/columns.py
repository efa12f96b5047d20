"""The columns of a product sheet: what people write above them, and what a cell says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.catalog.models import Attribute, ProductStatus

# Our name of a column, and what people write above it; the first is written in English, the second in Chinese.
HEADINGS: dict[str, tuple[str, ...]] = {
    "sku": ("SKU", "商品编码", "编码", "货号", "规格编码", "code", "item code", "item"),
    "product": ("Product", "商品", "商品标识", "product code"),
    "name_zh": ("Name (Chinese)", "中文名称", "商品名称", "名称", "name zh"),
    "name_en": ("Name (English)", "英文名称", "name", "product name", "name en"),
    "variant_zh": ("Variant (Chinese)", "规格中文名称", "规格", "规格名称", "variant zh"),
    "variant_en": ("Variant (English)", "规格英文名称", "variant", "variant name", "variant en"),
    "brand": ("Brand", "品牌"),
    "category": ("Category", "商品类别", "类别"),
    "status": ("Status", "状态"),
    "listed": ("Listed", "已上架", "上架"),
    "uom": ("Base unit", "基本单位", "计量单位", "单位", "unit", "uom"),
    "order_uom": ("Order unit", "订货单位"),
    "packs": ("Packs", "包装规格", "包装"),
    "barcode": ("Barcode", "条码", "国际条码"),
    "tax_rate": ("Tax rate", "税率", "tax"),
    "description_zh": ("Description (Chinese)", "中文描述", "描述", "商品描述"),
    "description_en": ("Description (English)", "英文描述", "description"),
}
REQUIRED = ("sku",)
YES = frozenset(["yes", "y", "true", "1", "是", "已上架", "上架"])
NO = frozenset(["no", "n", "false", "0", "否", "已下架", "下架"])
STATUSES = {
    "active": ProductStatus.ACTIVE,
    "正常": ProductStatus.ACTIVE,
    "draft": ProductStatus.DRAFT,
    "草稿": ProductStatus.DRAFT,
    "retired": ProductStatus.RETIRED,
    "已停用": ProductStatus.RETIRED,
}


def tidy(text: str) -> str:
    """A text with full-width characters made narrow and outer blanks cut."""
    return normalize("NFKC", text).strip()


def columns_of(headings: Sequence[str], attributes: Sequence[Attribute]) -> dict[str, str]:
    """The heading of each column that was recognised; attributes stand as `@code`. Others are passed over."""
    found: dict[str, str] = {}
    known = {word.casefold(): name for name, words in HEADINGS.items() for word in (*words, name.replace("_", " "))}
    for attribute in attributes:
        for word in (attribute.code, attribute.name_zh, attribute.name_en):
            if word:
                known.setdefault(word.casefold(), f"@{attribute.code}")
    for heading in headings:
        name = known.get(tidy(heading).casefold().replace("_", " ")) or known.get(tidy(heading).casefold())
        if name and name not in found:
            found[name] = heading
    return found


def missing_columns(columns: Mapping[str, str]) -> list[str]:
    """Headings of the columns that a sheet has to have and has not."""
    return [heading_of(name) for name in REQUIRED if name not in columns]


def heading_of(name: str) -> str:
    """What an export writes above a column, in the reader's language."""
    return HEADINGS[name][1 if (get_language() or "en").startswith("zh") else 0]


def read_status(text: str) -> ProductStatus:
    """A status by its word or label; raises ValueError with a sentence."""
    found = STATUSES.get(tidy(text).casefold())
    if found is None:
        raise ValueError(_("Active, draft or retired is expected."))
    return found


def read_listed(text: str) -> bool:
    """Yes or no; raises ValueError with a sentence."""
    folded = tidy(text).casefold()
    if folded not in YES and folded not in NO:
        raise ValueError(_("Yes or no is expected."))
    return folded in YES


def read_tax_rate(text: str) -> Decimal:
    """A tax rate as a fraction, from `13%`, `13` or `0.13`; raises ValueError with a sentence."""
    text = tidy(text)
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite() and (text.endswith("%") or number >= 1):
        number /= 100
    if not number.is_finite() or not 0 <= number < 1:
        raise ValueError(_("A tax rate lies between 0 and 100 percent."))
    return number.quantize(Decimal("0.0001"))


def read_packs(text: str) -> dict[str, Decimal]:
    """Contents by unit, from `BOX=12; CTN=144`; raises ValueError with a sentence."""
    found: dict[str, Decimal] = {}
    for part in tidy(text).split(";"):
        if not part.strip():
            continue
        code, _sign, number = part.partition("=")
        try:
            factor = Decimal(number.strip())
        except InvalidOperation:
            factor = Decimal("NaN")
        fits = factor.is_finite() and 0 < factor < 10**9 and factor == factor.quantize(Decimal("0.000001"))
        if not code.strip() or not fits or code.strip().upper() in found:
            raise ValueError(_("Packs are written as BOX=12; CTN=144."))
        found[code.strip().upper()] = factor
    return found


def category_path(text: str) -> list[str]:
    """The names of a path from the root down: `Kitchen > Cups`, or with slashes where there is no `>`."""
    marked = text.replace("＞", ">").replace("›", ">")
    parts = marked.split(">") if ">" in marked else marked.replace("／", "/").split("/")
    return [part.strip() for part in parts if part.strip()]
