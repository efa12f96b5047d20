"""Who hears of fund accounts: those of the buyer who may see them, before a balance ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.core.money import round_money
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.models import FundAccount

VIEW = "funds.view"


def of_endings(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The buyer whose balance ends; one statement."""
    rows = FundAccount.objects.select_related("organization", "partner")
    accounts = rows.in_bulk({event.aggregate_id for event in events})
    for event in events:
        account = accounts.get(event.aggregate_id)
        if account is None or account.partner is None:
            continue
        end = datetime.fromisoformat(event.payload["ends_at"])
        data = {
            "seller": account.organization.name,
            "kind": event.payload["kind"],
            "amount": event.payload["amount"],
            "currency": event.payload["currency"],
            "day": end.astimezone(ZoneInfo(account.partner.time_zone)).date().isoformat(),
        }
        yield Hearing(event, account.partner.pk, VIEW, (), "FundAccount", account.pk, data)


def text(data: Mapping[str, Any]) -> Text:
    """How much, of what, and until when."""
    amount = round_money(Decimal(data["amount"]), data["currency"])
    facts = {
        "seller": data["seller"],
        "fund": FundKind(data["kind"]).label,
        "amount": f"{data['currency']} {amount:,}",
        "day": date_format(datetime.fromisoformat(data["day"]), "DATE_FORMAT"),
    }
    return Text(
        _("%(amount)s of your %(fund)s at %(seller)s can be used until %(day)s") % facts,
        _("What is not used by then ends. Pay an order from it at checkout."),
    )


register(
    NotificationRule(
        "fund.ending",
        gettext_lazy("A balance of yours ends soon"),
        gettext_lazy("Finance"),
        ("fund.ending",),
        (VIEW,),
        of_endings,
        text,
    )
)
