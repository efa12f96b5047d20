"""What contracts of an organization are made from: clauses, templates, types."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.names import NamedRow, localized
from marketplace.core.rows import OwnedRow
from ordercenter.contracts.enums import ClauseClass, ClauseStanding, ContractKind, LimitBasis, SignatureRule


class PublishedRow(OwnedRow, NamedRow):
    """A text in both languages with variables `{{party.name}}`. Append-only: another wording is another version."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    published_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        abstract = True

    @property
    def text(self) -> str:
        """The text in the active language, else in the other."""
        return localized(self.text_zh, self.text_en)


class ContractClause(PublishedRow):
    """A clause of the library. A FALLBACK names the standard clause it may stand for; using it is a deviation.

    `risk` 0..100: what a deviation by this clause adds to the risk of a contract.
    """

    clause_class = models.CharField(max_length=16, choices=ClauseClass, default=ClauseClass.GENERAL)
    standing = models.CharField(max_length=16, choices=ClauseStanding, default=ClauseStanding.STANDARD)
    stands_for = models.CharField(max_length=64, blank=True, default="")
    risk = models.PositiveSmallIntegerField(default=0)
    may_edit = models.BooleanField(default=False)
    may_omit = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "version"], name="contract_clause_version_once"),
            models.CheckConstraint(condition=Q(risk__lte=100), name="contract_clause_risk"),
            models.CheckConstraint(
                condition=Q(standing=ClauseStanding.STANDARD, stands_for="")
                | (Q(standing=ClauseStanding.FALLBACK) & ~Q(stands_for="")),
                name="contract_clause_stands_for",
            ),
        ]


class ContractTemplate(PublishedRow):
    """A contract to begin with: an opening text, the clauses in their order, and the variables people fill in.

    `variables`: [{name, type, label_zh, label_en}]; the parties, the number and the days are known without.
    """

    clauses = ArrayField(models.CharField(max_length=64), default=list)
    variables = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "version"], name="contract_template_version_once")
        ]


class ContractType(OwnedRow, NamedRow):
    """What a new contract starts from: its kind, what limits it, its template, and how it is signed."""

    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=ContractKind, default=ContractKind.FRAMEWORK)
    limit_basis = models.CharField(max_length=16, choices=LimitBasis, default=LimitBasis.QUANTITY)
    template = models.CharField(max_length=64, blank=True, default="")
    mandatory = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    signature_rule = models.CharField(max_length=16, choices=SignatureRule, default=SignatureRule.PARALLEL)
    number_prefix = models.CharField(max_length=16, default="CT")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="contract_type_code_once")]
