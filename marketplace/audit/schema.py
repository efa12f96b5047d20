"""The audit log of one's own organization."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import graphene
from django.apps import apps

from marketplace.audit.models import AuditEntry
from marketplace.audit.reading import VERBS, Change, Reference, changes_of, model_of, name_of
from marketplace.core.actor import Actor
from marketplace.core.changes import audited_aggregates, audited_as
from marketplace.core.errors import DomainError
from marketplace.core.events import declared, label_of
from marketplace.core.names import localized
from marketplace.graphql import (
    BatchLoader,
    ConnectionField,
    DateRange,
    DateTime,
    DateTimeRange,
    Deferred,
    Field,
    Filter,
    FilterInput,
    ListFilter,
    ModelType,
    RangeFilter,
    Sort,
    SortKey,
    from_global_id,
    get_schema,
    to_global_id,
)
from marketplace.graphql.ids import split_global_id
from marketplace.parties.models import Organization, Partnership, User, UserQuerySet

PARTIES = "marketplace.parties.schema"


class NamesOfRows(BatchLoader):
    """What rows that stand in the reader's own log are called; one statement for each model."""

    def batch(self, keys: list[Any]) -> list[str | None]:
        model = apps.get_model(str(self.params[0]))
        rows = model._base_manager.filter(pk__in=keys)
        if model is Partnership:
            rows = rows.select_related("upstream", "downstream")
        if "user" in {one.name for one in model._meta.concrete_fields}:
            rows = rows.select_related("user")
        found = {row.pk: self._name(row) for row in rows}
        return [found.get(key) for key in keys]

    def _name(self, row: Any) -> str:
        if isinstance(row, Partnership):
            mine = row.upstream_id == self.actor.organization_id
            return (row.downstream if mine else row.upstream).name
        return name_of(row.user) if getattr(row, "user", None) is not None else name_of(row)


class DoersByKey(BatchLoader):
    """Names of those who did something: the reader's own people by name, others not at all."""

    def batch(self, keys: list[Any]) -> list[str | None]:
        found = dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))
        return [found.get(key) for key in keys]


class DoingOrganizations(BatchLoader):
    """Organizations that did something the reader may hear of; whoever trades with it knows its name."""

    def batch(self, keys: list[Any]) -> list[str | None]:
        found = dict(Organization.objects.filter(pk__in=keys).values_list("pk", "name"))
        return [found.get(key) for key in keys]


class AuditChangeType(graphene.ObjectType):
    """One field, before and after."""

    class Meta:
        name = "AuditChange"

    field = Field(graphene.String, required=True, description="The field's name in code.")
    label = Field(graphene.String, required=True, description="What it is called, in the reader's language.")
    before = Field(graphene.String, required=True, description="As it was; empty for nothing.")
    after = Field(graphene.String, required=True, description="As it is since; empty for nothing.")


class AuditEntryType(ModelType, model=AuditEntry, name="AuditEntry", permission="audit.view"):
    """Something that was done in your organization, or to what it shares with a partner."""

    at = Field(DateTime, required=True, description="When.")
    kind = Field(graphene.String, required=True, description="What kind of event, such as `partnership.changed`.")
    kind_label = Field(graphene.String, required=True, description="What happened, in the reader's language.")
    verb = Field(
        graphene.String, required=True, description="`created`, `updated`, `moved`, `deleted` ...; may be empty."
    )
    verb_label = Field(graphene.String, required=True, description="The label of `verb`, perhaps empty.")
    actor_name = Field(
        graphene.String,
        description="Who did it, of your own people or API keys. Null for the program itself and for others.",
    )
    actor_organization_name = Field(graphene.String, description="For which organization; null for the program itself.")
    document_kind = Field(graphene.String, required=True, description="The kind of thing, such as `partnership`.")
    document_kind_label = Field(graphene.String, required=True, description="What such a thing is called.")
    document = Field(graphene.ID, description="The global id of the thing, where it has one.")
    document_name = Field(
        graphene.String, required=True, description="What the thing is called, or was; perhaps empty, as of settings."
    )
    changes = Field(
        graphene.List(graphene.NonNull(AuditChangeType)), required=True, size=5, description="What it changed."
    )

    def resolve_kind_label(root: Any, _info: Any) -> str:
        try:
            return str(label_of(root.kind))
        except KeyError:
            return root.kind

    def resolve_verb_label(root: Any, _info: Any) -> str:
        return str(VERBS.get(root.verb, ""))

    def resolve_actor_name(root: Any, info: Any) -> Any:
        if root.actor_user is None or root.actor_organization != root.organization_id:
            return None
        return DoersByKey.of(info).load(root.actor_user)

    def resolve_actor_organization_name(root: Any, info: Any) -> Any:
        return None if root.actor_organization is None else DoingOrganizations.of(info).load(root.actor_organization)

    def resolve_document_kind(root: Any, _info: Any) -> str:
        return root.aggregate

    def resolve_document_kind_label(root: Any, _info: Any) -> str:
        found = audited_as(root.aggregate)
        return str(found.label) if found else root.aggregate.replace("_", " ")

    def resolve_document(root: Any, _info: Any) -> str | None:
        type_ = get_schema().extensions["models"].get(model_of(root.aggregate))
        return to_global_id(type_._meta.name, root.aggregate_id) if type_ else None

    def resolve_document_name(root: Any, info: Any) -> Any:
        model = model_of(root.aggregate)
        if model is None:
            return ""
        found = NamesOfRows.of(info, model._meta.label).load(root.aggregate_id)
        return found.then(lambda name: name_of_gone(root) if name is None else name)

    def resolve_changes(root: Any, info: Any) -> Any:
        changes = list(changes_of(root.aggregate, root.changes))
        values = [value for change in changes for value in (change.before, change.after)]
        return Deferred.all([written(value, info) for value in values]).then(lambda texts: shown(changes, texts))


def written(value: str | Reference, info: Any) -> Deferred:
    """A value as text; the name of a row is fetched."""
    if isinstance(value, str):
        return Deferred.of(value)
    unnamed = f"#{value.pk}"
    return NamesOfRows.of(info, value.model).load(value.pk).then(lambda name: name or unnamed)


def shown(changes: list[Change], texts: list[str]) -> list[AuditChangeType]:
    """Changes with their texts, two for each; what reads the same before and after is left out."""
    pairs = zip(changes, texts[::2], texts[1::2], strict=True)
    return [
        AuditChangeType(field=change.field, label=change.label, before=before, after=after)
        for change, before, after in pairs
        if before != after
    ]


def name_of_gone(entry: AuditEntry) -> str:
    """What a deleted thing was called, as far as the entry tells: in the reader's language, else in the other."""
    told = {name: next((str(one) for one in pair if one), "") for name, pair in entry.changes.items()}
    for chinese, english in (("sku", "sku"), ("name_zh", "name_en"), ("title_zh", "title_en"), ("name", "code")):
        found = localized(told.get(chinese, ""), told.get(english, ""))
        if found:
            return found
    return ""


class AuditEntryFilter(FilterInput):
    """Narrows the audit log."""

    kind = ListFilter(graphene.String, lookup="kind", description="Of any of these kinds of events.")
    document_kind = ListFilter(graphene.String, lookup="aggregate", description="To any of these kinds of things.")
    document = Filter(graphene.ID, description="To this thing.")
    actor = ListFilter(graphene.ID, description="By any of these members of yours.")
    at = RangeFilter(DateTimeRange, lookup="at", description="In this time.")
    days = Filter(DateRange, description="On these days, in your organization's zone.")
    changed = Filter(graphene.Boolean, description="Only what changed a field.")

    @staticmethod
    def filter_document(queryset: Any, value: str, info: Any) -> Any:
        try:
            type_name, pk = split_global_id(value)
        except ValueError:
            return queryset.none().cleared()
        kinds = aggregates_of(type_name)
        if not kinds or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
            return queryset.none().cleared()
        return queryset.filter(aggregate__in=kinds, aggregate_id=int(pk))

    @staticmethod
    def filter_actor(queryset: Any, value: Iterable[str], info: Any) -> Any:
        keys = []
        for gid in value:
            try:
                keys.append(from_global_id(gid, "User"))
            except DomainError:
                continue
        return queryset.filter(actor_user__in=keys, actor_organization=info.context.actor.organization_id)

    @staticmethod
    def filter_days(queryset: Any, value: dict[str, Any], info: Any) -> Any:
        organization = info.context.actor.organization
        zone = ZoneInfo(organization.time_zone if organization else "UTC")
        if value.get("gte"):
            queryset = queryset.filter(at__gte=datetime.combine(value["gte"], time.min, zone))
        if value.get("lte") and value["lte"] < date.max:
            queryset = queryset.filter(at__lt=datetime.combine(value["lte"] + timedelta(days=1), time.min, zone))
        return queryset

    @staticmethod
    def filter_changed(queryset: Any, value: bool, info: Any) -> Any:
        return queryset.exclude(changes={}) if value else queryset.filter(changes={})


def aggregates_of(type_name: str) -> list[str]:
    """The aggregates behind a type of the schema."""
    types = get_schema().extensions["models"]
    return [
        aggregate
        for aggregate in audited_aggregates()
        if (type_ := types.get(model_of(aggregate))) is not None and type_._meta.name == type_name
    ]


class AuditEntrySort(Sort, default="-AT"):
    """Keys that the audit log is sorted by."""

    AT = SortKey.of("at", description="When it was done.")


class AuditKindType(graphene.ObjectType):
    """A kind of event, for a filter to choose from."""

    class Meta:
        name = "AuditKind"

    kind = Field(graphene.String, required=True, description="Such as `partnership.changed`.")
    label = Field(graphene.String, required=True, description="In the reader's language.")


class AuditDocumentKindType(graphene.ObjectType):
    """A kind of thing, for a filter to choose from."""

    class Meta:
        name = "AuditDocumentKind"

    kind = Field(graphene.String, required=True, description="Such as `partnership`.")
    label = Field(graphene.String, required=True, description="In the reader's language.")


class Queries:
    """What the log can be asked."""

    audit_log = ConnectionField(
        AuditEntryType,
        filter=AuditEntryFilter,
        sort=AuditEntrySort,
        permission="audit.view",
        description="What was done in your organization, newest first.",
    )
    audit_kinds = Field(
        graphene.List(graphene.NonNull(AuditKindType)),
        required=True,
        permission="audit.view",
        description="Every kind of event that the log may hold.",
    )
    audit_document_kinds = Field(
        graphene.List(graphene.NonNull(AuditDocumentKindType)),
        required=True,
        permission="audit.view",
        description="Every kind of thing that the log may tell of.",
    )

    audit_actors = Field(
        graphene.List(graphene.NonNull(f"{PARTIES}.UserType")),
        required=True,
        permission="audit.view",
        description="Everybody who has or had a seat in your organization, by name.",
    )

    def resolve_audit_actors(root: Any, info: Any) -> Any:
        actor: Actor = info.context.actor
        return UserQuerySet(User).visible_to(actor).order_by("name", "pk").distinct()

    def resolve_audit_kinds(root: Any, info: Any) -> Any:
        return [AuditKindType(kind=one.code, label=str(one.label)) for one in declared()]

    def resolve_audit_document_kinds(root: Any, info: Any) -> Any:
        known = audited_aggregates().items()
        return [AuditDocumentKindType(kind=aggregate, label=str(found.label)) for aggregate, found in sorted(known)]
