"""The document of a contract or a change: rendered once to PDF/A when it is submitted, never again (contracts §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from PIL import ImageFile

from marketplace.core.errors import raise_all
from marketplace.core.money import round_money
from ordercenter.contracts.enums import ContractChangeKind, ContractSide, LimitBasis
from ordercenter.contracts.models import Contract, ContractChange, ContractLine, ContractPrice, ContractText
from ordercenter.contracts.prices import prices_of, tiers_of
from ordercenter.contracts.variables import fill, missing_problems, names_in, values_for

Body = list[dict[str, str]]

#: PDF/A-3u: fonts inside, text that can be searched and copied, colours that stay.
VARIANT = "pdf/a-3u"


def body_of(contract: Contract, strict: bool = True) -> Body:
    """What the document says, in the contract's language; three statements.

    Raises VARIABLE_MISSING for every variable without a value, unless not `strict` (a draft to look at).
    """
    with translation.override(contract.language):
        clauses = list(contract.clauses.select_related("clause").order_by("position"))
        template = contract.template
        opening = ""
        if template is not None:
            opening = template.text_zh if contract.language.startswith("zh") else template.text_en
            opening = opening or template.text_en or template.text_zh
        values = values_for(contract)
        if strict:
            names = names_in([opening, *(one.text for one in clauses)])
            raise_all(missing_problems(names, values))
        sections = [*_opening(contract, fill(opening, values)), *_goods(contract), *_terms(contract)]
        for number, one in enumerate(clauses, 1):
            title = one.clause.name_zh if contract.language.startswith("zh") else one.clause.name_en
            sections.append({"title": f"{number}. {title or one.clause.name}", "text": fill(one.text, values)})
        return [*sections, *_plan(contract), *_signers(contract)]


def body_of_change(change: ContractChange) -> Body:
    """What the document of a change says, in the contract's language."""
    contract = change.contract
    with translation.override(contract.language):
        head = _("Change %(seq)s of contract %(number)s between %(seller)s and %(buyer)s, from %(day)s on.") % {
            "seq": change.seq,
            "number": contract.number,
            "seller": contract.seller.name,
            "buyer": contract.buyer.name,
            "day": _day(change.effective_from),
        }
        return [
            {"title": "", "text": head},
            {"title": str(ContractChangeKind(change.kind).label), "text": "\n".join(differences(change))},
            {"title": _("Reason"), "text": change.reason},
            *_signers(contract),
        ]


def differences(change: ContractChange) -> list[str]:
    """What a change changes, a sentence each."""
    contract = change.contract
    if change.kind in (ContractChangeKind.TERM, ContractChangeKind.END):
        return [_("The last day is %(day)s.") % {"day": _day(date.fromisoformat(change.diff["ends_on"]))}]
    lines = ContractLine.objects.select_related("variant__product", "category", "uom").in_bulk(
        [int(one["line"]) for one in change.diff["lines"]]
    )
    found: list[str] = []
    for one in change.diff["lines"]:
        line = lines[int(one["line"])]
        name = f"{line.seq}. {name_of(line)}"
        if change.kind == ContractChangeKind.PRICE:
            price = f"{contract.currency} {Decimal(one['price']).normalize():f}"
            found.append(_("%(name)s: the price is %(price)s.") % {"name": name, "price": price})
        elif one.get("quantity") is not None:
            quantity = f"{_plain(Decimal(one['quantity']))} {line.uom.code if line.uom else ''}".strip()
            found.append(_("%(name)s: the quantity is %(quantity)s.") % {"name": name, "quantity": quantity})
        else:
            amount = f"{contract.currency} {one['amount']}"
            found.append(_("%(name)s: the amount is %(amount)s.") % {"name": name, "amount": amount})
    return found


def keep_text(contract: Contract, body: Body, change: ContractChange | None = None) -> ContractText:
    """Render, hash and keep the document; its hash is what is signed."""
    pdf = pdf_of(contract, body, change)
    digest = hashlib.sha256(pdf).hexdigest()
    # What was declined and is handed in again in the same words is the same document.
    known = ContractText.objects.filter(contract=contract, sha256=digest).first()
    return known or ContractText.objects.create(
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        contract=contract,
        change=change,
        version=contract.version,
        body=body,
        pdf=pdf,
        sha256=digest,
    )


def pdf_of(contract: Contract, body: Body, change: ContractChange | None = None) -> bytes:
    """PDF/A bytes of a body."""
    # Pango takes a while to load, and most processes never render.
    from weasyprint import HTML

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint lets Pillow forgive cut-off uploads, too
    number = contract.number if change is None else f"{contract.number}-{change.seq}"
    values = {"body": body, "title": contract.title, "number": number, "language": contract.language}
    html = render_to_string("contracts/document.html", values)
    return HTML(string=html).write_pdf(pdf_variant=VARIANT)


def name_of(line: ContractLine) -> str:
    """The goods of a line as people read them."""
    if line.variant is not None:
        return f"{line.variant.sku} {line.variant.product.name}"
    return line.category.name if line.category is not None else line.text


def _opening(contract: Contract, opening: str) -> Iterator[dict[str, str]]:
    parties = _("Seller: %(seller)s\nBuyer: %(buyer)s") % {
        "seller": contract.seller.name,
        "buyer": contract.buyer.name,
    }
    yield {"title": _("Seller and buyer"), "text": parties}
    if opening:
        yield {"title": "", "text": opening}


def _goods(contract: Contract) -> Iterator[dict[str, str]]:
    lines = list(contract.lines.select_related("variant__product", "category", "uom").order_by("seq"))
    prices = prices_of([line.pk for line in lines])
    rows = [_line(contract, line, prices.get(line.pk, [])) for line in lines]
    if contract.limit_amount is not None:
        amount = f"{contract.currency} {round_money(contract.limit_amount, contract.currency):,}"
        rows.append(_("All together up to %(amount)s net.") % {"amount": amount})
    if rows:
        yield {"title": _("Goods and prices"), "text": "\n".join(rows)}


def _line(contract: Contract, line: ContractLine, rows: Sequence[ContractPrice]) -> str:
    parts = [f"{line.seq}. {name_of(line)}"]
    uom = line.uom.code if line.uom else ""
    if line.basis == LimitBasis.QUANTITY and line.quantity is not None:
        parts.append(f"{_plain(line.quantity)} {uom}")
    elif line.basis == LimitBasis.AMOUNT and line.amount is not None:
        parts.append(f"{contract.currency} {round_money(line.amount, contract.currency):,}")
    if line.allowance:
        parts.append(f"+ {_plain(line.allowance)} %")
    for row in rows[:1]:
        parts += _price(contract, row, uom)
    return " · ".join(parts)


def _price(contract: Contract, row: ContractPrice, uom: str) -> list[str]:
    tiers = tiers_of(row)
    if not tiers:
        per = f" / {uom}" if uom else ""
        return [f"{contract.currency} {row.price.normalize():f}{per}"]
    return [
        f"≤ {_plain(one.up_to)} {uom}: {_plain(one.price)}" if one.up_to is not None else f"> : {_plain(one.price)}"
        for one in tiers
    ]


def _terms(contract: Contract) -> Iterator[dict[str, str]]:
    until = _day(contract.ends_on) if contract.ends_on else _("until it is terminated")
    text = _("From %(begin)s, last day: %(end)s.") % {"begin": _day(contract.effective_on), "end": until}
    yield {"title": _("Duration"), "text": text}
    for title, value in (
        (_("Payment terms"), contract.payment_terms),
        (_("Delivery terms"), contract.delivery_terms),
        (_("Warranty"), contract.warranty),
    ):
        if value:
            yield {"title": title, "text": value}


def _plan(contract: Contract) -> Iterator[dict[str, str]]:
    rows = list(contract.payments.order_by("position"))
    if rows:
        text = "\n".join(
            " · ".join(
                part
                for part in (
                    one.milestone,
                    f"{_plain(one.percent)} %",
                    "" if one.amount is None else f"{contract.currency} {round_money(one.amount, contract.currency):,}",
                    one.due,
                )
                if part
            )
            for one in rows
        )
        yield {"title": _("Payment plan"), "text": text}


def _signers(contract: Contract) -> Iterator[dict[str, str]]:
    names = {ContractSide.SELLER.value: contract.seller.name, ContractSide.BUYER.value: contract.buyer.name}
    rows = [
        " · ".join(part for part in (names[one["side"]], one["name"], one["capacity"]) if part)
        for one in contract.signers
    ]
    yield {"title": _("Signed by"), "text": "\n".join(rows)}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
