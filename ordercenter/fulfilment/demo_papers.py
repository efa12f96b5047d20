"""What people of the demo enterprise say and send about orders: talk, files, and a buyer that wants out."""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw

from marketplace.attachments.add import attachment_add
from marketplace.attachments.models import Attachment
from marketplace.conversations.models import Conversation
from marketplace.conversations.send import message_send
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.runtime.demo import Size, demo_step
from ordercenter.fulfilment.models import Receipt
from ordercenter.orders.cancel_request import request_cancel
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.models import Order, OrderCancelRequest

#: By order: who says it (organization, sign-in), what, and whether to the own side alone.
TALK = {
    "YQ-2026-109": (
        ("yunqi", "buyer", "请问这批货哪天能到？仓库周六不收货。", False),
        ("xinghe", "sales", "仓库昨天已发出，预计周四送达。", False),
        ("xinghe", "sales", "云栖本月已两次要求改期，下次先确认收货时间。", True),
        ("yunqi", "buyer", "好的，周四安排人收货，谢谢。", False),
    ),
    "HW/4460": (
        ("harbour", "buyer", "We only need what you have shipped so far.", False),
        ("xinghe", "sales", "Thank you, we will look at your request today.", False),
    ),
}
WANTS_OUT = ("HW/4460", "The season is over; please cancel the rest.")


@demo_step(57, _("Messages and files"))
def papers(_size: Size) -> Iterator[tuple[int, int]]:
    """Say and send what is missing."""
    seller = demo_organization("xinghe")
    known = {order.buyer_reference: order for order in Order.objects.filter(seller=seller)}
    for done, (reference, talk) in enumerate(TALK.items()):
        yield done, len(TALK) + 1
        order = known.get(reference)
        if order and not Conversation.objects.filter(document_kind="order", document_id=order.pk).exists():
            for code, member, text, internal in talk:
                message_send(demo_actor(code, member), "order", order.pk, text, internal=internal)
    yield len(TALK), len(TALK) + 1
    _send_files(known)
    _want_out(known.get(WANTS_OUT[0]))
    yield len(TALK) + 1, len(TALK) + 1


def _send_files(orders: dict[str, Order]) -> None:
    stamped = orders.get("YQ-2026-109")
    if stamped and not Attachment.objects.filter(document_kind="order", document_id=stamped.pk).exists():
        attachment_add(
            demo_actor("yunqi", "buyer"), "order", stamped.pk, _sheet("YQ-2026-109.pdf", "PDF", "YQ-2026-109")
        )
    receipt = Receipt.objects.filter(order=orders["JL-0892"]).first() if "JL-0892" in orders else None
    if receipt and not Attachment.objects.filter(document_kind="receipt", document_id=receipt.pk).exists():
        picture = _sheet("外箱破损.jpg", "JPEG", "")
        attachment_add(demo_actor("jinli", "buyer"), "receipt", receipt.pk, picture)


def _want_out(order: Order | None) -> None:
    if order and order.status == OrderStatus.CONFIRMED and not OrderCancelRequest.objects.filter(order=order).exists():
        request_cancel(demo_actor(order.buyer.code, "buyer"), order.pk, WANTS_OUT[1])


def _sheet(name: str, kind: str, text: str) -> ContentFile:
    """A small drawing: a box with its corner torn off, or a sheet with a number on it."""
    drawn = Image.new("RGB", (720, 540), "#f4efe6")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((150, 130, 570, 430), fill="#c89b5c" if not text else "white", outline="#6d4d22", width=4)
    if text:
        pen.text((180, 160), text, fill="#16181d", font_size=36)
        pen.ellipse((430, 300, 550, 420), outline="#b3261e", width=6)
    else:
        pen.polygon(((470, 130), (570, 130), (570, 250), (530, 205), (505, 190)), fill="#f4efe6")
        pen.line(((470, 130), (505, 190), (530, 205), (570, 250)), fill="#6d4d22", width=5)
    out = io.BytesIO()
    drawn.save(out, kind)
    return ContentFile(out.getvalue(), name=name)
