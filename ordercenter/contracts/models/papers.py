"""What is signed: documents as they were rendered, signatures, changes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.rows import TradeRow
from ordercenter.contracts.enums import (
    ContractChangeKind,
    ContractChangeStatus,
    ContractSide,
    ContractSignatureStatus,
)
from ordercenter.contracts.models.contract import Contract, PartQuerySet


class ChangeQuerySet(PartQuerySet):
    """Changes, or parts of them: `change` is the way from the row to its change, with a dot behind it."""

    change = ""

    def visible_filter(self, actor: Actor) -> Q:
        """The side that does not keep the contract sees a change once it is for it to sign."""
        shown = Q(
            **{f"{self.change}status__in": (ContractChangeStatus.PENDING_SIGNATURE, ContractChangeStatus.EFFECTIVE)}
        )
        if self.change:
            shown |= Q(change=None)
        return super().visible_filter(actor) & (Q(contract__owner=actor.organization_id) | shown)


class PartOfChangeQuerySet(ChangeQuerySet):
    """What a contract or one of its changes is made of."""

    change = "change__"


class ContractChange(TradeRow):
    """Amends a contract on a base version, from a day on.

    `diff` by kind: PRICE [{line, price, tiers}], QUANTITY [{line, quantity or amount}], TERM and END {ends_on}.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=ContractChangeKind)
    diff = models.JSONField()
    reason = models.CharField(max_length=500)
    effective_from = models.DateField()
    status = models.CharField(max_length=20, choices=ContractChangeStatus, default=ContractChangeStatus.DRAFT)
    text_hash = models.CharField(max_length=64, blank=True, default="")
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    made_for = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    effective_at = models.DateTimeField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "seq"], name="contract_change_seq_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="contract_change_reason"),
        ]


class ContractText(TradeRow):
    """A document as it was rendered for signing, once: PDF/A bytes and what they say. Append-only.

    `body`: [{title, text}], the same words for the reader of a page. `sha256` is of the bytes.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="texts")
    change = models.ForeignKey(ContractChange, models.PROTECT, null=True, related_name="texts")
    version = models.PositiveIntegerField()
    body = models.JSONField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField(db_default=Now())

    objects = PartOfChangeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "sha256"], name="contract_text_once")]


class ContractSignature(TradeRow):
    """One party's signature under a contract or a change. `user`: who is asked; none: anybody who may sign for it.

    `evidence`: identity and how it was proved, time of the database, address, browser, hash, and the statement.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="signatures")
    change = models.ForeignKey(ContractChange, models.PROTECT, null=True, blank=True, related_name="signatures")
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=ContractSide)
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    user = models.ForeignKey("parties.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=255, blank=True, default="")
    capacity = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(
        max_length=20, choices=ContractSignatureStatus, default=ContractSignatureStatus.PENDING_SIGNATURE
    )
    text_hash = models.CharField(max_length=64, blank=True, default="")
    evidence = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    asked_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    reminded = models.PositiveSmallIntegerField(default=0)

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ContractSignatureStatus.SIGNED) | Q(text_hash__regex="^[0-9a-f]{64}$"),
                name="contract_signature_hash",
            ),
        ]
        indexes = [models.Index(fields=["contract", "change", "position"], name="contract_signature_order")]
