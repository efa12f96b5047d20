"""Lists of goods that a buyer keeps for the next time, for oneself or shared (orders §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.parties.models import Membership, Unit
from ordercenter.orders.cart_access import own_cart
from ordercenter.orders.drafts import LARGEST_QUANTITY, LINE_LIMIT, too_much
from ordercenter.orders.entries import Wish, check_lines
from ordercenter.orders.enums import ListAccess, OrderLineKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import CartLine, Order, OrderLine, SavedList, SavedListLine, SavedListShare
from ordercenter.orders.models.entry import shared_with
from ordercenter.orders.reorder import GONE
from ordercenter.orders.terms import buying_terms


@dataclass(frozen=True, slots=True)
class SavedListDraft:
    """A list to make, or to change where `list_id` names it; None leaves name or lines alone.

    Lines come from `wishes`, or are copied from a cart or an order; `added` come below the lines that stay.
    """

    list_id: int | None = None
    seller_id: int | None = None
    name: str | None = None
    wishes: Sequence[Wish] | None = None
    added: Sequence[Wish] = ()
    cart_id: int | None = None
    order_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShareDraft:
    """With whom a list is shared: a member's user, a unit, or neither for everybody in the organization."""

    user_id: int | None = None
    unit_id: int | None = None
    access: ListAccess = ListAccess.READ


def write_saved_list(actor: Actor, draft: SavedListDraft) -> SavedList:
    """Make or change a list. Its owner may, and those it is shared with for writing.

    Raises REQUIRED, DUPLICATE for a name the owner has given to another list of the seller, NOT_FOUND, and the problems
    of lines with their index: UNKNOWN_VARIANT, UNKNOWN_UOM, NOT_IN_ASSORTMENT, QUANTITY_INVALID, QUANTITY_PRECISION.
    """
    _may_write(actor)
    wanted, seller_id = _wanted(actor, draft)
    row = _writable(actor, draft.list_id) if draft.list_id else _new(actor)
    if row.pk is None:
        row.seller_id = seller_id or draft.seller_id or 0
    if seller_id not in (None, row.seller_id):
        raise not_found("seller")
    if draft.name is not None or row.pk is None:
        row.name = (draft.name or "").strip()
    raise_all(_problems(actor, row))
    if row.pk is None and wanted is None:
        # Lines ask for themselves. Without any, too: which organizations there are is nobody's business.
        buying_terms(actor, row.seller_id)
    lines = None if wanted is None else _lines(actor, row, wanted, copied=draft.wishes is None)
    added = _lines(actor, row, draft.added, copied=False) if draft.added else []
    with transaction.atomic():
        _save(row)
        if lines is not None:
            SavedListLine.objects.filter(saved_list=row).delete()
            for line in lines:
                line.saved_list = row
            SavedListLine.objects.bulk_create(lines)
        if added:
            _add(row, added)
    return row


def delete_saved_list(actor: Actor, list_id: int) -> SavedList:
    """Delete a list; its owner may."""
    _may_write(actor)
    row = _own(actor, list_id)
    with transaction.atomic():
        SavedListLine.objects.filter(saved_list=row).delete()
        SavedListShare.objects.filter(saved_list=row).delete()
        SavedList.objects.filter(pk=row.pk).delete()
    return row


def share_saved_list(actor: Actor, list_id: int, shares: Sequence[ShareDraft]) -> SavedList:
    """Say with whom a list is shared, in place of what was said before; its owner may."""
    _may_write(actor)
    row = _own(actor, list_id)
    raise_all(_share_problems(actor, shares))
    with transaction.atomic():
        SavedListShare.objects.filter(saved_list=row).delete()
        SavedListShare.objects.bulk_create(
            SavedListShare(
                organization_id=row.organization_id,
                saved_list=row,
                user_id=share.user_id,
                unit_id=share.unit_id,
                access=share.access,
            )
            for share in shares
        )
    return row


def _may_write(actor: Actor) -> None:
    if actor.on_behalf_of is not None or not actor.may("orders.place"):
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("You may not place orders."))


def _new(actor: Actor) -> SavedList:
    return SavedList(organization=actor.organization, owner=actor.user)


def _writable(actor: Actor, list_id: int) -> SavedList:
    mine = Q(owner=actor.user_id) | shared_with(actor, ListAccess.WRITE)
    row = SavedList.objects.visible_to(actor).filter(mine, pk=list_id).first()
    if row is None:
        raise not_found("id")
    return row


def _own(actor: Actor, list_id: int) -> SavedList:
    row = SavedList.objects.visible_to(actor).filter(owner=actor.user_id, pk=list_id).first()
    if row is None:
        raise not_found("id")
    return row


def _wanted(actor: Actor, draft: SavedListDraft) -> tuple[list[Wish] | None, int | None]:
    """The lines asked for and the seller they belong to."""
    if draft.cart_id is not None:
        cart = own_cart(actor, draft.cart_id)
        rows = CartLine.objects.filter(cart=cart).order_by("position")
        return [Wish(row.variant_id, row.quantity, row.uom_id) for row in rows], cart.seller_id
    if draft.order_id is not None:
        order = Order.objects.visible_to(actor).filter(pk=draft.order_id, buyer=actor.organization_id).first()
        if order is None:
            raise not_found("order")
        lines = OrderLine.objects.filter(order=order, kind=OrderLineKind.GOODS).order_by("position")
        return [Wish(line.variant_id or 0, line.quantity, line.uom_id) for line in lines], order.seller_id
    return (None if draft.wishes is None else list(draft.wishes)), draft.seller_id


def _problems(actor: Actor, row: SavedList) -> list[DomainError]:
    problems = []
    if not row.seller_id:
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Choose a seller."), "seller"))
    if not row.name:
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Give the list a name."), "name"))
    elif len(row.name) > 128:
        problems.append(DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 128}, "name"))
    return problems


def _lines(actor: Actor, row: SavedList, wishes: Sequence[Wish], copied: bool) -> list[SavedListLine]:
    """Lines to keep; equal (variant, uom) are added up. What a copied order or cart has and is gone is left out."""
    if len(wishes) > LINE_LIMIT:
        text = _("At most %(limit)s lines.") % {"limit": LINE_LIMIT}
        raise DomainError(OrderErrorCode.ORDER_TOO_LARGE, text, "lines")
    checked = check_lines(actor, buying_terms(actor, row.seller_id), wishes).lines
    refused = ("QUANTITY_INVALID", "QUANTITY_PRECISION", *GONE)
    raise_all(
        DomainError(OrderErrorCode[line.code], line.message or "", "lines", index)
        for index, line in enumerate(checked)
        if not copied and line.code is not None and line.code in refused
    )
    quantities: dict[tuple[int, int], Decimal] = {}
    for index, line in enumerate(checked):
        if line.goods is not None and line.code not in refused:
            key = (line.goods.variant_id, line.goods.uom_id)
            quantities[key] = quantities.get(key, Decimal(0)) + (line.wish.quantity or Decimal(0))
            if quantities[key] >= LARGEST_QUANTITY:
                raise too_much("lines", index)
    return [
        SavedListLine(
            organization_id=row.organization_id, position=place, variant_id=variant, uom_id=uom, quantity=quantity
        )
        for place, ((variant, uom), quantity) in enumerate(quantities.items(), 1)
    ]


def _add(row: SavedList, lines: Sequence[SavedListLine]) -> None:
    """Put lines below those of a list that is locked; equal (variant, uom) are added up. Three statements."""
    there = {(line.variant_id, line.uom_id): line for line in SavedListLine.objects.filter(saved_list=row)}
    last = max((line.position for line in there.values()), default=0)
    fresh = [line for line in lines if (line.variant_id, line.uom_id) not in there]
    if len(there) + len(fresh) > LINE_LIMIT:
        text = _("At most %(limit)s lines.") % {"limit": LINE_LIMIT}
        raise DomainError(OrderErrorCode.ORDER_TOO_LARGE, text, "added")
    for place, line in enumerate(fresh, last + 1):
        line.saved_list, line.position = row, place
    grown = []
    for index, line in enumerate(lines):
        if known := there.get((line.variant_id, line.uom_id)):
            known.quantity += line.quantity
            grown.append(known)
            if known.quantity >= LARGEST_QUANTITY:
                raise too_much("added", index)
    SavedListLine.objects.bulk_update(grown, ["quantity"])
    SavedListLine.objects.bulk_create(fresh)


def _save(row: SavedList) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "saved_list_name_once" not in str(error):
            raise
        text = _("You have a list %(name)s for this seller already.") % {"name": row.name}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "name") from error


def _share_problems(actor: Actor, shares: Sequence[ShareDraft]) -> list[DomainError]:
    users = {share.user_id for share in shares if share.user_id}
    units = {share.unit_id for share in shares if share.unit_id}
    members = Membership.objects.filter(organization=actor.organization_id, user__in=users, is_active=True)
    known_users = set(members.values_list("user", flat=True))
    own_units = Unit.objects.filter(organization=actor.organization_id, pk__in=units)
    known_units = set(own_units.values_list("pk", flat=True))
    problems: list[DomainError] = []
    seen: set[tuple[int | None, int | None]] = set()
    for index, share in enumerate(shares):
        key = (share.user_id, share.unit_id)
        if share.user_id and share.user_id not in known_users:
            problems.append(not_found("user", index))
        if share.unit_id and share.unit_id not in known_units:
            problems.append(not_found("unit", index))
        if share.user_id and share.unit_id:
            text = _("Choose a person or a unit, not both.")
            problems.append(DomainError(CoreErrorCode.INVALID, text, "unit", index))
        if key in seen:
            problems.append(DomainError(CoreErrorCode.DUPLICATE, _("Named twice."), "user", index))
        seen.add(key)
    return problems
