"""Where a document stands: the address of its page, by its type and global id."""

from urllib.parse import quote

ADDRESSES = {
    "Order": "/orders/%s/",
    "OpenItem": "/finance/items/%s/",
    "DunningLetter": "/finance/letters/%s/",
    "FundAccount": "/finance/funds/",
    "Budget": "/office/finance/budgets/%s/",
    "Invoice": "/invoices/%s/",
    "CreditNote": "/credit-notes/%s/",
    "RebateSettlement": "/rebates/settlements/%s/",
    "SourcingEvent": "/sourcing/%s/",
    "Contract": "/contracts/%s/",
    "Cart": "/carts/?cart=%s",
    "Product": "/office/products/%s/",
    "PriceList": "/office/prices/%s/",
    "Partnership": "/office/partners/%s/",
    "CreditAccount": "/office/credit/%s/",
    "CreditRequest": "/credit/",
    "CreditMember": "/credit/",
    "Bulletin": "/bulletins/%s/",
    "Role": "/company/roles/%s/",
    "Member": "/company/users/%s/",
    "Unit": "/company/departments/",
    "Address": "/company/addresses/",
    "ApiKey": "/company/keys/",
    "OrderSettings": "/company/rules/",
}


def address_of_document(kind: str, gid: str | None) -> str:
    """The address, or nothing where a document has no page of its own."""
    address = ADDRESSES.get(kind, "")
    return address % quote(gid, safe="") if "%s" in address and gid else address
