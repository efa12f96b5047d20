"""Order under a contract: the lines of the contract become those of an order of kind CALL_OFF (contracts §4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found, raise_all
from ordercenter.contracts.call_offs import out_of_scope
from ordercenter.contracts.models import Contract, ContractLine
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order
from ordercenter.orders.place import place


def call_off(
    actor: Actor,
    contract_id: int,
    wanted: Sequence[tuple[int, int | None, Decimal]],
    address_id: int | None = None,
    requested_on: date | None = None,
    buyer_reference: str = "",
    note: str = "",
) -> Order:
    """Place an order of (contract line, goods of a category line, quantity), as its buyer; lines of 0 are left out.

    Raises NOT_FOUND, and what placing raises: CONTRACT_EXHAUSTED, CONTRACT_NOT_IN_FORCE, CALL_MINIMUM, CALL_PACK.
    """
    contract = Contract.objects.visible_to(actor).filter(pk=contract_id, buyer=actor.organization_id).first()
    if contract is None or actor.on_behalf_of is not None:
        raise not_found("contract")
    given = [one for one in wanted if one[2]]
    known = ContractLine.objects.visible_to(actor).filter(contract=contract).in_bulk([one[0] for one in given])
    problems: list[DomainError] = []
    lines: list[DraftLine] = []
    for index, (line_id, variant_id, quantity) in enumerate(given):
        line = known.get(line_id)
        variant = variant_id or (line.variant_id if line else None)
        if line is None or variant is None or line.uom_id is None:
            problems.append(out_of_scope(index))
            continue
        lines.append(DraftLine(variant, line.uom_id, quantity, contract_line_id=line_id))
    if not given:
        problems.append(DomainError(OrderErrorCode.ORDER_EMPTY, _("Say how much of what."), "lines"))
    raise_all(problems)
    draft = OrderDraft(
        contract.seller_id,
        contract.buyer_id,
        lines,
        address_id=address_id,
        requested_on=requested_on,
        buyer_reference=buyer_reference or "",
        note=note or "",
    )
    return place(actor, draft)
