"""Amounts in Chinese capital numerals, as papers of money have them so that nobody adds a digit."""

from __future__ import annotations

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LARGEST = Decimal(10) ** 16


def capital(amount: Decimal) -> str:
    """`1005.30` as 壹仟零伍元叁角整, `-0.05` as 负伍分; empty for what is too large or has parts of a fen."""
    if abs(amount) >= LARGEST or amount != round(amount, 2):
        return ""
    fen = int(abs(amount) * 100)
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{DIGITS[fen]}分" if fen else "整"
    return ("负" if amount < 0 else "") + (words if amount else "零元整")


def _whole(number: int) -> str:
    """A whole number above 0, in groups of four digits."""
    words, gap = "", False
    for place in range(len(GROUPS) - 1, -1, -1):
        group = number // 10 ** (4 * place) % 10_000
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group(group) + GROUPS[place]
        gap = False
    return words.replace("万亿", "万") if "万亿" in words and "亿" in words.split("万亿", 1)[1] else words


def _group(number: int) -> str:
    """Four digits; a row of zeros between digits is said once."""
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + PLACES[place]
        gap = not digit
    return words
