"""What people call the documents behind grants and uses, and the goods of a rule."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordercenter.ledger.documents import source
from ordercenter.ledger.funds.kinds import FundCause
from ordercenter.ledger.funds.models import FundUseRuleScope


def source_words(kind: str) -> str:
    """The name of a kind of document: what its room calls it, else what this one does."""
    return str(FundCause(kind).label) if kind in FundCause.values else str(source(kind).label)


def goods_words(row: FundUseRuleScope) -> str:
    """One row of a rule's goods by name: an SKU with its name, a product, a category, a brand, or all goods."""
    if row.variant is not None:
        return " ".join(filter(None, (row.variant.sku, row.variant.product.name, row.variant.name)))
    named = row.product or row.category or row.brand
    return named.name if named is not None else _("All goods")
