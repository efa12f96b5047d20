"""Every move of a contract and of a change: one table of verbs each (contracts §3)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.states import Transition, TransitionTable
from ordercenter.contracts.enums import ContractChangeStatus as ChangeStatus
from ordercenter.contracts.enums import ContractStatus as Status
from ordercenter.contracts.models import Contract, ContractChange

CONTRACT = TransitionTable(
    (
        Transition("submit", Status.DRAFT, Status.PENDING_APPROVAL),
        Transition("submit", Status.REJECTED, Status.PENDING_APPROVAL),
        Transition("approve", Status.PENDING_APPROVAL, Status.PENDING_SIGNATURE),
        Transition("reject", Status.PENDING_APPROVAL, Status.REJECTED),
        Transition("decline", Status.PENDING_SIGNATURE, Status.DRAFT),
        Transition("sign", Status.PENDING_SIGNATURE, Status.PENDING_SIGNATURE),
        Transition("effect", Status.PENDING_SIGNATURE, Status.EFFECTIVE),
        *(
            Transition("void", source, Status.VOIDED)
            for source in (Status.DRAFT, Status.PENDING_APPROVAL, Status.REJECTED, Status.PENDING_SIGNATURE)
        ),
        Transition("pause", Status.EFFECTIVE, Status.PAUSED),
        Transition("resume", Status.PAUSED, Status.EFFECTIVE),
        *(Transition("expire", source, Status.EXPIRED) for source in (Status.EFFECTIVE, Status.PAUSED)),
        *(Transition("terminate", source, Status.TERMINATED) for source in (Status.EFFECTIVE, Status.PAUSED)),
        *(
            Transition("close", source, Status.CLOSED)
            for source in (Status.EFFECTIVE, Status.PAUSED, Status.EXPIRED, Status.TERMINATED)
        ),
        *(Transition("change", source, source) for source in (Status.EFFECTIVE, Status.PAUSED)),
    )
)
CHANGE = TransitionTable(
    (
        Transition("submit", ChangeStatus.DRAFT, ChangeStatus.PENDING_APPROVAL),
        Transition("approve", ChangeStatus.PENDING_APPROVAL, ChangeStatus.PENDING_SIGNATURE),
        Transition("reject", ChangeStatus.PENDING_APPROVAL, ChangeStatus.REJECTED),
        Transition("sign", ChangeStatus.PENDING_SIGNATURE, ChangeStatus.PENDING_SIGNATURE),
        Transition("effect", ChangeStatus.PENDING_SIGNATURE, ChangeStatus.EFFECTIVE),
        *(
            Transition("void", source, ChangeStatus.VOIDED)
            for source in (
                ChangeStatus.DRAFT,
                ChangeStatus.PENDING_APPROVAL,
                ChangeStatus.REJECTED,
                ChangeStatus.PENDING_SIGNATURE,
            )
        ),
    )
)


def move(row: Contract | ContractChange, verb: str) -> None:
    """Give the row the status a verb leads to; INVALID_TRANSITION in its own words."""
    table = CONTRACT if isinstance(row, Contract) else CHANGE
    if not table.allows(verb, row.status):
        label = (Status if isinstance(row, Contract) else ChangeStatus)(row.status).label
        text = _("It is %(status)s: this is not possible now.") % {"status": label}
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")
    row.status = table.target(verb, row.status).value
