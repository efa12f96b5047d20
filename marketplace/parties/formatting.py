"""Addresses as people of their country write them."""

from collections.abc import Mapping

# Written from the largest part to the smallest, without commas.
LARGEST_FIRST = frozenset({"CN", "TW", "HK", "MO", "JP", "KR"})


def format_address(parts: Mapping[str, str]) -> str:
    """One line: 浙江省杭州市西湖区文三路1号 310012, or 1 Quay Street, Bristol, Avon BS1 4DJ, GB.

    Takes the fields of `Address` or of a document's snapshot of one.
    """
    city, region = parts.get("city", ""), parts.get("region", "")
    if parts.get("country") in LARGEST_FIRST and _is_wide(parts.get("street", "") + city):
        whole = region + ("" if city == region else city) + parts.get("district", "") + parts.get("street", "")
        return " ".join(part for part in (whole, parts.get("postal_code", "")) if part)
    place = " ".join(part for part in (region, parts.get("postal_code", "")) if part)
    lines = (parts.get("street", ""), parts.get("district", ""), city, place, parts.get("country", ""))
    return ", ".join(part for part in lines if part)


def _is_wide(text: str) -> bool:
    return any("\u2e80" <= character <= "\uffef" for character in text)
