"""What the audit log calls contracts, sources and quotas, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "contract",
    "contracts.Contract",
    _("Contract"),
    {
        "contract_type_id": _("Contract type"),
        "template_id": _("Contract template"),
        "effective_on": _("First day"),
        "ends_on": _("Last day"),
        "payment_terms": _("Payment terms"),
        "delivery_terms": _("Delivery terms"),
        "warranty": _("Warranty"),
        "limit_basis": _("Limited"),
        "limit_amount": _("Contract amount"),
        "allowance": _("Allowance in percent"),
        "pricing_date": _("Pricing date"),
        "renewal": _("Renewal"),
        "risk": _("Risk"),
    },
)
audited("contract_type", "contracts.ContractType", _("Contract type"), {"mandatory": _("Mandatory clauses")})
audited("contract_clause", "contracts.ContractClause", _("Clause"), {"risk": _("Risk")})
audited("contract_template", "contracts.ContractTemplate", _("Contract template"), {"clauses": _("Clauses")})
audited("price_index", "contracts.PriceIndex", _("Price index"), {"month": _("Month"), "value": _("Value")})
audited(
    "source_list",
    "contracts.SourceList",
    _("Source list"),
    {"use": _("Use"), "seller_id": _("Supplier"), "plant_id": _("Plant")},
)
audited(
    "source_quota",
    "contracts.SourceQuota",
    _("Source quota"),
    {"split_from": _("Split from"), "pack": _("Pack"), "plant_id": _("Plant")},
)
