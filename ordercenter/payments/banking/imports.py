"""Take a bank's file in: every booking once, whatever files it stands in (docs/concepts/payments.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.events import record_all
from ordercenter.payments.banking.camt import is_camt, read_camt
from ordercenter.payments.banking.mt940 import is_mt940, read_mt940
from ordercenter.payments.banking.table import RowsInvalid, read_table
from ordercenter.payments.banking.told import ToldStatement, keys_of
from ordercenter.payments.enums import BankFormat
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.events import bank_event
from ordercenter.payments.models import BankLine, BankStatement

LARGEST_FILE = 20 * 1024 * 1024
LIMITS = {"payer": 255, "payer_account": 64, "text": 1000, "bank_reference": 255}


@dataclass(frozen=True, slots=True)
class BankFile:
    """An uploaded file. `account` and `currency` are taken where the file does not tell them."""

    name: str
    content: bytes
    account: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: its statements, how many bookings are new, and how many were there already."""

    statements: list[BankStatement]
    new: int
    known: int


def bank_statement_import(actor: Actor, file: BankFile) -> Imported:
    """Keep what a CSV, XLSX, camt.053 or MT940 file tells; the same again, or a file that overlaps, adds nothing twice.

    All or nothing. Raises FILE_INVALID; ROW_INVALID for each row of a sheet that cannot be read, with its number.
    """
    actor.require("payments.bank")
    form, told = _read(actor, file)
    with transaction.atomic():
        statements, rows = [], []
        for one in told:
            statement = _statement(actor, file, form, one)
            found = _lines(statement, one)
            known = set(
                BankLine.objects.filter(
                    organization=statement.organization_id,
                    account=statement.account,
                    key__in=[row.key for row in found],
                ).values_list("key", flat=True)
            )
            fresh = [row for row in found if row.key not in known]
            if not fresh and found:
                continue
            statement.save()
            statements.append(statement)
            rows += fresh
        # Two imports of one file at once: the second finds the rows of the first when it has waited for them.
        made = BankLine.objects.bulk_create(rows, ignore_conflicts=True)
        record_all(actor, [bank_event("bank_statement.imported", one, file=file.name) for one in statements])
    total = sum(len(one.lines) for one in told)
    return Imported(statements, len(made), total - len(made))


def _read(actor: Actor, file: BankFile) -> tuple[BankFormat, list[ToldStatement]]:
    if not file.content or len(file.content) > LARGEST_FILE:
        raise DomainError(PaymentErrorCode.FILE_INVALID, _("The file is empty or larger than 20 MB."), "file")
    currency = file.currency or (actor.organization.currency if actor.organization else "")
    try:
        if is_camt(file.content):
            form, told = BankFormat.CAMT, read_camt(file.content)
        elif is_mt940(file.content):
            form, told = BankFormat.MT940, read_mt940(file.content)
        else:
            form, told = BankFormat.CSV, read_table(file.content, file.name, currency)
    except RowsInvalid as error:
        raise DomainErrors(
            DomainError(
                PaymentErrorCode.ROW_INVALID, _("Row %(number)s: %(what)s") % {"number": n, "what": what}, "file", n
            )
            for n, what in error.rows[:100]
        ) from error
    except ValueError as error:
        text = _("This file cannot be read as a bank statement: %(why)s") % {"why": str(error)[:200]}
        raise DomainError(PaymentErrorCode.FILE_INVALID, text, "file") from error
    if not any(one.lines for one in told):
        raise DomainError(PaymentErrorCode.FILE_INVALID, _("There is no booking in this file."), "file")
    return form, told


def _statement(actor: Actor, file: BankFile, form: BankFormat, told: ToldStatement) -> BankStatement:
    days = [line.booked_on for line in told.lines]
    return BankStatement(
        organization=actor.organization,
        account=(told.account or file.account).replace(" ", "")[:64],
        currency=told.currency or file.currency,
        since=min(days, default=None),
        until=max(days, default=None),
        opening=told.opening,
        closing=told.closing,
        format=form,
        file_name=file.name[:255],
        digest=sha256(file.content).hexdigest(),
        imported_by_id=actor.user_id,
    )


def _lines(statement: BankStatement, told: ToldStatement) -> Sequence[BankLine]:
    return [
        BankLine(
            organization_id=statement.organization_id,
            statement=statement,
            account=statement.account,
            key=key,
            booked_on=line.booked_on,
            currency=line.currency,
            amount=line.amount,
            **{name: getattr(line, name)[:limit] for name, limit in LIMITS.items()},
        )
        for line, key in zip(told.lines, keys_of(told.lines), strict=True)
    ]
