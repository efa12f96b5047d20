"""Two bulletins of the demo's seller: one for all its dealers, one for those in the east."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.notifications.bulletins import publish_bulletin, write_bulletin
from marketplace.notifications.models import Bulletin
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import PartnerGroup
from marketplace.runtime.demo import Size, demo_step

NEWS: tuple[dict[str, Any], ...] = (
    {
        "title_zh": "年末订货会：厨具全线阶梯价",
        "title_en": "Year-end order fair: tier prices on all kitchenware",
        "body_zh": "即日起至月底，厨具类商品整箱订购享受阶梯价。\n数量有限，缺货商品按下单先后顺序补发。",
        "body_en": "Until the end of the month, kitchenware ordered by the carton has tier prices.\n"
        "Stock is limited; what is short follows in the order in which orders came in.",
        "is_pinned": True,
    },
    {
        "title_zh": "华东仓盘点，12 日暂停发货",
        "title_en": "Stock count in the east: no shipping on the 12th",
        "body_zh": "上海仓将于 12 日盘点，当日订单次日发出。急单请提前一天确认。",
        "body_en": "Our Shanghai warehouse is counted on the 12th; orders of that day leave on the next one.\n"
        "Please place urgent orders a day ahead.",
        "group": "EAST",
    },
)


@demo_step(15, _("Bulletins"))
def bulletins(size: Size) -> None:
    """Write and publish what is missing."""
    seller = demo_organization("xinghe")
    known = set(Bulletin.objects.filter(organization=seller).values_list("title_en", flat=True))
    groups = dict(PartnerGroup.objects.filter(organization=seller).values_list("code", "pk"))
    for news in NEWS:
        if news["title_en"] in known:
            continue
        values = {name: value for name, value in news.items() if name != "group"}
        window = {"valid_from": timezone.now(), "valid_to": timezone.now() + timedelta(days=45)}
        actor = demo_actor("xinghe", "sales")
        row = write_bulletin(actor, {**values, **window, "group_id": groups.get(news.get("group", ""))})
        publish_bulletin(actor, row.pk)
