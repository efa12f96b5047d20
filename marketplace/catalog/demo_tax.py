"""The tax of the demo enterprise: Chinese VAT, and what invoices of each company say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Product, TaxCategory
from marketplace.catalog.tax import tax_preset_apply
from marketplace.core.actor import Actor
from marketplace.parties.models import InvoiceKind, Organization, Partnership, PartnerTax, TaxProfile, TaxTreatment
from marketplace.parties.tax import partner_tax_write, tax_profile_write
from marketplace.runtime.demo import Size, demo_step

#: By organization: title, tax number, address, telephone, bank, account, which invoices it asks for.
PROFILES = {
    "xinghe": (
        "上海星河家居用品有限公司", "91310115MA1K3XYZ01", "上海市浦东新区世纪大道 88 号", "021-58880001",
        "中国工商银行上海陆家嘴支行", "1001 2345 0900 0012 345", InvoiceKind.VAT_ORDINARY,
    ),
    "yunqi": (
        "杭州云栖百货有限公司", "91330106MA2B8ABC23", "浙江省杭州市西湖区文三路 1 号", "0571-88880002",
        "中国建设银行杭州文三支行", "3305 0161 6235 0000 0088", InvoiceKind.VAT_SPECIAL,
    ),
    "jinli": (
        "成都锦里商贸有限公司", "91510107MA6C4DEF45", "四川省成都市武侯区武侯祠大街 231 号", "028-85550003",
        "中国农业银行成都武侯支行", "2281 1201 0400 1234 5", InvoiceKind.VAT_ORDINARY,
    ),
    "harbour": (
        "Harbour Wholesale Ltd", "HK-52341876", "12 Queen's Road Central, Hong Kong", "+852 2555 0004",
        "HSBC Hong Kong", "004-123456-838", InvoiceKind.COMMERCIAL,
    ),
}  # fmt: skip
NAMES = ("title", "tax_number", "address", "phone", "bank_name", "bank_account", "invoice_kind")


@demo_step(22, _("Tax"))
def tax(_size: Size) -> None:
    """Set up rates and profiles where there are none."""
    seller = Organization.objects.get(code="xinghe")
    actor = Actor.system(seller)
    if not TaxCategory.objects.filter(organization=seller).exists():
        standard = next(row for row in tax_preset_apply(actor) if row.is_default)
        Product.objects.filter(organization=seller, tax_category=None, tax_rate__gt=0).update(tax_category=standard)
    for code, values in PROFILES.items():
        organization = Organization.objects.filter(code=code).first()
        if organization and not TaxProfile.objects.filter(organization=organization).exists():
            tax_profile_write(Actor.system(organization), dict(zip(NAMES, values, strict=True)))
    export = Partnership.objects.filter(upstream=seller, downstream__code="harbour").first()
    if export and not PartnerTax.objects.filter(partnership=export).exists():
        partner_tax_write(actor, export.pk, TaxTreatment.EXEMPT, "出口免税 Export, tax-exempt")
