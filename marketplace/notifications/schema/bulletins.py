"""Bulletins: dealers read them, their seller writes them."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import Count

from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Related,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
)
from marketplace.notifications.bulletins import (
    delete_bulletin,
    mark_bulletins_read,
    publish_bulletin,
    withdraw_bulletin,
    write_bulletin,
)
from marketplace.notifications.errors import NotificationsErrorCode
from marketplace.notifications.models import Bulletin, BulletinRead, BulletinStatus
from marketplace.parties.audience import AudienceLevel

MANAGE = "bulletins.manage"
PARTIES = "marketplace.parties.schema"
OWN = " Only its seller sees it."


class MyReading(BatchLoader):
    """When the actor read bulletins."""

    def batch(self, keys: list[Any]) -> list[Any]:
        rows = BulletinRead.objects.visible_to(self.actor).filter(bulletin__in=keys)
        found = dict(rows.values_list("bulletin", "read_at"))
        return [found.get(key) for key in keys]


class ReaderCount(BatchLoader):
    """How many people have read the seller's own bulletins."""

    def batch(self, keys: list[Any]) -> list[int]:
        own = Bulletin.objects.filter(organization=self.actor.organization_id, pk__in=keys)
        found = dict(own.values_list("pk").annotate(n=Count("reads")))
        return [found.get(key, 0) for key in keys]


def of_seller(root: Bulletin, info: Any) -> bool:
    """The reader is of the seller's own people and writes bulletins."""
    actor = info.context.actor
    return actor.on_behalf_of is None and root.organization_id == actor.organization_id and actor.may(MANAGE)


class BulletinType(ModelType, model=Bulletin, name="Bulletin"):
    """A seller's news to its dealers, for an audience and a time."""

    seller = Related(f"{PARTIES}.OrganizationType", "organization", required=True, description="Whose news it is.")
    title = Field(graphene.String, required=True, description="In the reader's language, else in the other.")
    body = Field(graphene.String, required=True, description="Plain text with line breaks, in the reader's language.")
    title_zh = Field(graphene.String, required=True, description="The title in Chinese.")
    title_en = Field(graphene.String, required=True, description="The title in English.")
    body_zh = Field(graphene.String, required=True, description="The text in Chinese.")
    body_en = Field(graphene.String, required=True, description="The text in English.")
    status = Field(enum_of(BulletinStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    is_pinned = Field(graphene.Boolean, required=True, description="It stays above the others.")
    valid_from = Field(DateTime, required=True, description="From when it shows.")
    valid_to = Field(DateTime, description="Until when it shows; for good without.")
    published_at = Field(DateTime, description="When it was published.")
    created_at = Field(DateTime, required=True, description="When it was written.")
    audience_level = Field(enum_of(AudienceLevel), description=f"For whom it is.{OWN}")
    audience_level_label = Field(graphene.String, description=f"The label of `audienceLevel`.{OWN}")
    partnership = Field(f"{PARTIES}.PartnershipType", description=f"The one partner it is for.{OWN}")
    group = Field(f"{PARTIES}.PartnerGroupType", description=f"The partner group it is for, with all below.{OWN}")
    grade = Field(f"{PARTIES}.PartnerGradeType", description=f"The partner grade it is for.{OWN}")
    is_read = Field(graphene.Boolean, required=True, description="You have read it.")
    reader_count = Field(graphene.Int, description=f"How many people have read it.{OWN}")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Bulletin.objects.visible_to(actor).select_related("organization")

    def resolve_audience_level(root: Any, info: Any) -> Any:
        return root.level if of_seller(root, info) else None

    def resolve_audience_level_label(root: Any, info: Any) -> str | None:
        return str(root.level.label) if of_seller(root, info) else None

    def resolve_partnership(root: Any, info: Any) -> Any:
        from marketplace.parties.schema import PartnershipType

        return PartnershipType.load(info, root.partnership_id) if of_seller(root, info) else None

    def resolve_group(root: Any, info: Any) -> Any:
        from marketplace.parties.schema import PartnerGroupType

        return PartnerGroupType.load(info, root.group_id) if of_seller(root, info) else None

    def resolve_grade(root: Any, info: Any) -> Any:
        from marketplace.parties.schema import PartnerGradeType

        return PartnerGradeType.load(info, root.grade_id) if of_seller(root, info) else None

    def resolve_is_read(root: Any, info: Any) -> Any:
        return MyReading.of(info).load(root.pk).then(lambda read_at: read_at is not None)

    def resolve_reader_count(root: Any, info: Any) -> Any:
        return ReaderCount.of(info).load(root.pk) if of_seller(root, info) else None


class BulletinFilter(FilterInput):
    """Narrows bulletins."""

    status = ListFilter(enum_of(BulletinStatus), lookup="status", description="In any of these states.")
    seller = IdFilter("Organization", lookup="organization", description="Of these sellers.")
    search = TextFilter(
        lookups=("title_zh", "title_en", "body_zh", "body_en"), description="Words of the title or the text."
    )
    own = Filter(graphene.Boolean, description="Your own organization's (true), or what others tell you (false).")
    is_read = Filter(graphene.Boolean, description="Those you have read, or have not.")

    @staticmethod
    def filter_own(queryset: Any, value: bool, info: Any) -> Any:
        # In a partner's view the seller's bulletins are what others tell the partner.
        own = {"organization": info.context.actor.buyer}
        return queryset.filter(**own) if value else queryset.exclude(**own)

    @staticmethod
    def filter_is_read(queryset: Any, value: bool, info: Any) -> Any:
        seen = BulletinRead.objects.visible_to(info.context.actor).values("bulletin")
        return queryset.filter(pk__in=seen) if value else queryset.exclude(pk__in=seen)


class BulletinSort(Sort, default="-PINNED"):
    """Keys that bulletins are sorted by."""

    PINNED = SortKey.of("is_pinned", "valid_from", description="Pinned ones, then by when they show.")
    VALID_FROM = SortKey.of("valid_from", description="From when they show.")
    CREATED_AT = SortKey.of("created_at", description="When they were written.")


class BulletinInput(graphene.InputObjectType):
    """A bulletin; what is left out of an old one stays. At most one of partnership, group and grade; none: everyone."""

    id = graphene.ID(description="The bulletin to change; a new draft without.")
    title_zh = graphene.String(description="Title in Chinese.")
    title_en = graphene.String(description="Title in English; one of the two is needed.")
    body_zh = graphene.String(description="Text in Chinese.")
    body_en = graphene.String(description="Text in English.")
    is_pinned = graphene.Boolean(description="Keep it above the others.")
    valid_from = DateTime(description="From when it shows; now unless told.")
    valid_to = DateTime(description="Until when it shows; null for good.")
    partnership = graphene.ID(description="For this partner alone; null for no such limit.")
    group = graphene.ID(description="For this partner group with all below it; null for no such limit.")
    grade = graphene.ID(description="For this partner grade; null for no such limit.")


AIMED = {"partnership": "Partnership", "group": "PartnerGroup", "grade": "PartnerGrade"}


def values_of(input: Any) -> dict[str, Any]:
    """The fields that were sent, with keys for ids; null clears an end or an audience and is left out elsewhere."""
    texts = ("title_zh", "title_en", "body_zh", "body_en", "is_pinned", "valid_from")
    values = {name: input[name] for name in texts if input.get(name) is not None}
    if "valid_to" in input:
        values["valid_to"] = input["valid_to"]
    for name, type_name in AIMED.items():
        if name in input:
            gid = input[name]
            values[f"{name}_id"] = None if gid is None else from_global_id(gid, type_name, name)
    return values


class BulletinWrite(BaseMutation, codes=NotificationsErrorCode, permission=MANAGE, atomic=False):
    """Write a new draft, or change a bulletin."""

    class Arguments:
        input = BulletinInput(required=True, description="The bulletin.")

    bulletin = Field(BulletinType, description="The bulletin.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        gid = input.get("id")
        pk = None if gid is None else from_global_id(gid, "Bulletin")
        return cls(bulletin=write_bulletin(actor, values_of(input), pk))


class BulletinPublish(BaseMutation, codes=NotificationsErrorCode, permission=MANAGE, atomic=False):
    """Let the audience read it, from the beginning of its window on."""

    class Arguments:
        id = graphene.ID(required=True, description="The bulletin.")

    bulletin = Field(BulletinType, description="The bulletin.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(bulletin=publish_bulletin(actor, from_global_id(id, "Bulletin")))


class BulletinWithdraw(BaseMutation, codes=NotificationsErrorCode, permission=MANAGE, atomic=False):
    """Take it away from its readers; it can be published again."""

    class Arguments:
        id = graphene.ID(required=True, description="The bulletin.")

    bulletin = Field(BulletinType, description="The bulletin.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(bulletin=withdraw_bulletin(actor, from_global_id(id, "Bulletin")))


class BulletinDelete(BaseMutation, codes=NotificationsErrorCode, permission=MANAGE, atomic=False):
    """Delete a draft. What was published once is withdrawn instead."""

    class Arguments:
        id = graphene.ID(required=True, description="The bulletin.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_bulletin(actor, from_global_id(id, "Bulletin"))
        return cls()


class BulletinsRead(BaseMutation, codes=NotificationsErrorCode):
    """Note that you have read bulletins."""

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), required=True, description="Which.")

    count = Field(graphene.Int, description="How many of them you may see.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        return cls(count=mark_bulletins_read(actor, ids_of(ids, "Bulletin", "ids")))


class BulletinQueries:
    """Mounted by the package."""

    bulletin = Field(
        BulletinType, id=graphene.ID(required=True, description="Its id."), description="One bulletin you may read."
    )
    bulletins = ConnectionField(
        BulletinType,
        filter=BulletinFilter,
        sort=BulletinSort,
        own=graphene.Boolean(description="Only your own organization's (true), or only what others tell you (false)."),
        description="What your sellers tell you now, and your own organization's bulletins.",
    )

    def resolve_bulletins(root: Any, info: Any, own: bool | None = None) -> Any:
        rows = BulletinType.visible(info.context.actor)
        return rows if own is None else BulletinFilter.filter_own(rows, own, info)

    def resolve_bulletin(root: Any, info: Any, id: str) -> Any:
        return BulletinType.by_id(info, id)


class BulletinMutations:
    """Mounted by the package."""

    bulletin_write = BulletinWrite.Field()
    bulletin_publish = BulletinPublish.Field()
    bulletin_withdraw = BulletinWithdraw.Field()
    bulletin_delete = BulletinDelete.Field()
    bulletins_read = BulletinsRead.Field()
