"""A seller's books with one dealer: postings by a word, balances by a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count

from marketplace.core.actor import Actor
from marketplace.core.verify import Difference, run_checks
from marketplace.parties.models import Organization, Partnership
from ordercenter.ledger.accounts import AccountKey, balances_of, lock_accounts
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import Clearing, LedgerAccount, LedgerPosting, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from tests.factories import make_actor, make_organization, make_partnership

_ids = count(1)


@dataclass
class Books:
    """`seller` acts; amounts are in the partnership's currency."""

    organization: Organization
    partnership: Partnership
    seller: Actor
    numbers: Iterable[int] = field(default_factory=lambda: count(1))

    @property
    def currency(self) -> str:
        return self.partnership.currency

    def key(self, kind: AccountKind, partnership: Partnership | None = None) -> AccountKey:
        """The account of this kind; with the dealer where it is one of a partnership."""
        with_partner = kind in (AccountKind.CASH, AccountKind.RECEIVABLE, AccountKind.REBATE)
        partner = (partnership or self.partnership).pk if with_partner else None
        return AccountKey(self.organization.pk, kind, self.currency, partner)

    def draft(
        self,
        amount: str | int | Decimal,
        debit: AccountKind,
        credit: AccountKind,
        due: date | None = None,
        **fields: object,
    ) -> PostingDraft:
        """Dr `debit`, Cr `credit`, of a document of its own unless `source_id` says which."""
        kind = LedgerEntryKind.INVOICE if due else LedgerEntryKind.PAYMENT
        entries = (
            EntryDraft(self.key(debit), Decimal(amount), kind, due),
            EntryDraft(self.key(credit), -Decimal(amount), kind),
        )
        known: dict = {"source_id": next(_ids), "purpose": "issue", "source_kind": "invoice", "number": "INV-1"}
        return PostingDraft(self.organization.pk, entries=entries, **(known | fields))

    def post(self, *args: object, **fields: object) -> LedgerPosting:
        return post_all(self.seller, [self.draft(*args, **fields)])[0]  # type: ignore[arg-type]

    def invoice(self, amount: str | int | Decimal, due: date = date(2026, 6, 1), **fields: object) -> OpenItem:
        """What the dealer owes."""
        posting = self.post(amount, AccountKind.RECEIVABLE, AccountKind.REVENUE, due, **fields)
        return OpenItem.objects.get(entry__posting=posting)

    def paid(self, amount: str | int | Decimal) -> int:
        """A payment into CASH; the key of its entry there."""
        return self.post(amount, AccountKind.BANK, AccountKind.CASH, source_kind="payment").entry_ids[1]

    def clear(
        self, item: OpenItem, amount: str | int | Decimal, payment: int | None = None, **fields: object
    ) -> Clearing:
        return clear_all(self.seller, [ClearingDraft(item.pk, Decimal(amount), payment, **fields)])[0]  # type: ignore[arg-type]

    def balance(self, kind: AccountKind) -> Decimal:
        """Debit +, credit −."""
        account = LedgerAccount.objects.filter(
            organization=self.organization, kind=kind, partnership=self.key(kind).partnership_id
        ).first()
        return balances_of([account.pk])[account.pk] if account else Decimal(0)

    def lock(self, *kinds: AccountKind) -> dict[AccountKey, LedgerAccount]:
        return lock_accounts(self.key(kind) for kind in kinds)


def make_books(currency: str = "CNY") -> Books:
    """A seller with one dealer."""
    seller = make_organization("Xinghe Home", "seller", currency=currency)
    partnership = make_partnership(seller)
    return Books(seller, partnership, make_actor(seller))


def differences() -> list[Difference]:
    """What the checks of this room find; grants of funds are another's, and these tests post past them."""
    return [one for one in run_checks() if one.check.startswith("ledger:")]
