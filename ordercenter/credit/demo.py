"""Credit of the demo enterprise: control on, limits that leave room, and one dealer near its limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.models import ControlMode
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.credit.accounts import AccountDraft, write_account
from ordercenter.credit.enums import Checkpoint, CreditLimitKind, CreditMode, CreditRuleKind
from ordercenter.credit.keeping import write_settings
from ordercenter.credit.models import CreditAccount, CreditRequest, CreditSettings
from ordercenter.credit.requests import RequestDraft, create_request
from ordercenter.credit.rules import RuleDraft, write_rule

#: What Jinli may still order, about.
LITTLE = Decimal(800)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A dealer's limit; None: only a little more than it owes."""

    code: str
    name: str
    limit: Decimal | None
    reason: str


AGREED = (
    Agreed("yunqi", "云栖 Yunqi", Decimal(600_000), "年度授信 Annual limit"),
    Agreed("jinli", "锦里 Jinli", None, "年度授信 Annual limit"),
    Agreed("harbour", "Harbour", Decimal(400_000), "Annual limit, guaranteed by a bank"),
)


@demo_step(80, _("Credit"))
def credit(size: Size) -> Iterator[tuple[int, int]]:
    """Switch control on and agree limits; what is there already is left alone."""
    seller = demo_actor("xinghe", "finance")
    if CreditSettings.objects.filter(organization=seller.organization, controls=True).exists():
        return
    write_settings(seller, controls=True)
    for done, agreed in enumerate(AGREED):
        yield done, len(AGREED)
        _agree(seller, agreed)
    _rules(seller)
    _ask()
    yield len(AGREED), len(AGREED)


def _agree(seller: Actor, agreed: Agreed) -> None:
    buyer = demo_organization(agreed.code)
    partnership = Partnership.objects.get(upstream=seller.organization, downstream=buyer)
    known = CreditAccount.objects.filter(members__partnership=partnership).first()
    draft = AccountDraft((partnership.pk,), agreed.name, mode=CreditMode.LIMITED, payment_days=60)
    account = write_account(seller, draft, known.pk if known else None)
    limit = agreed.limit
    if limit is None:
        limit = (account.exposure + LITTLE) // HUNDRED * HUNDRED
    create_request(seller, RequestDraft(partnership.pk, limit, reason=agreed.reason), submit=True)
    if agreed.code == "yunqi":
        season = RequestDraft(
            partnership.pk,
            Decimal(100_000),
            CreditLimitKind.TEMPORARY,
            valid_to=timezone.now() + timedelta(days=45),
            reason="春节备货 Spring Festival stock",
        )
        create_request(seller, season, submit=True)


def _rules(seller: Actor) -> None:
    """Beside those that a seller starts with: large orders are marked, nothing more."""
    write_rule(
        seller,
        RuleDraft(
            CreditRuleKind.ORDER_AMOUNT,
            ControlMode.WARN,
            (Checkpoint.PLACE,),
            threshold=Decimal(100_000),
            currency="CNY",
        ),
    )


def _ask() -> None:
    """Jinli asks for more; its seller has not answered yet."""
    buyer = demo_actor("jinli")
    partnership = Partnership.objects.get(upstream=demo_organization("xinghe"), downstream=buyer.organization)
    if not CreditRequest.objects.filter(partnership=partnership, asked_by_buyer=True).exists():
        reason = "新开两家门店，备货增加。 Two more shops to fill."
        create_request(buyer, RequestDraft(partnership.pk, Decimal(80_000), reason=reason), submit=True)
