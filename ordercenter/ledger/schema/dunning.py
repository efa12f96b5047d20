"""Dunning in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    Date,
    DateTime,
    Decimal,
    Deferred,
    Field,
    FilterInput,
    IdFilter,
    ModelType,
    Money,
    Related,
    Sort,
    SortKey,
    grouped,
    ids_of,
    to_global_id,
)
from ordercenter.ledger import dunning
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.models import DunningLetter, DunningLevel, DunningLine, DunningRun
from ordercenter.ledger.schema.common import ORGANIZATION, VIEW, listed, money_field, text
from ordercenter.ledger.schema.items import OpenItemType
from ordercenter.ledger.schema.statement import PartnerOf

DUN = "ledger.dun"


class LinesOfLetter(BatchLoader):
    """The items of letters, the oldest due first."""

    def batch(self, keys: list[int]) -> list[list[DunningLine]]:
        rows = DunningLine.objects.visible_to(self.actor).filter(letter__in=keys).select_related("level", "letter")
        return grouped(rows.order_by("letter", "-days", "pk"), by="letter_id", keys=keys)


class DunningLevelType(ModelType, model=DunningLevel, name="DunningLevel"):
    """From so many days overdue on: what a letter says and asks for."""

    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    days = Field(graphene.Int, required=True, description="Days overdue from which it holds.")
    text = text("What the letter says, in the reader's language.")
    text_zh = Field(graphene.String, required=True, description="The same in Chinese.")
    text_en = Field(graphene.String, required=True, description="The same in English.")
    fee = Field(Decimal, required=True, description="What the letter costs, in the seller's currency.")
    stop_orders = Field(graphene.Boolean, required=True, description="Orders stop until what is late is paid.")
    charges = Field(
        graphene.Boolean,
        required=True,
        description="Fee and interest of its letters are posted as owed, not only claimed.",
    )


class DunningLineType(ModelType, model=DunningLine, name="DunningLine", permission=VIEW, canonical=False):
    """An open item in a letter, as it was on its day."""

    open_item = Related(OpenItemType, "open_item", fresh=True, required=True, description="What is owed.")
    level = Related(DunningLevelType, "level", required=True, description="The level of this item.")
    days = Field(graphene.Int, required=True, description="Days overdue.")
    open = Field(Money, required=True, description="What was open.")
    interest = Field(Money, required=True, description="The interest claimed.")
    is_new = Field(graphene.Boolean, required=True, description="Told at this level for the first time.")

    def resolve_open(root: Any, _info: Any) -> money.Money:
        return money.Money(root.open, root.letter.currency)

    def resolve_interest(root: Any, _info: Any) -> money.Money:
        return money.Money(root.interest, root.letter.currency)


class DunningLetterType(ModelType, model=DunningLetter, name="DunningLetter", permission=VIEW):
    """One partner's letter in one currency."""

    number = text("The seller's number.")
    seller = Related(ORGANIZATION, "seller", required=True, description="Who wrote it.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Who owes.")
    partnership_id = Field(graphene.ID, required=True, description="The trade.")
    level = Related(DunningLevelType, "level", required=True, description="The highest level of its items.")
    written_on = Field(Date, required=True, description="Its day.")
    days = Field(graphene.Int, required=True, description="Days the latest item was overdue.")
    amount = money_field("amount", "What is overdue.")
    interest = money_field("interest", "The interest claimed.")
    fee = money_field("fee", "The fee claimed.")
    total = money_field("total", "All that the letter asks for.")
    stop_orders = Field(graphene.Boolean, required=True, description="Orders stop until it is paid.")
    is_charged = Field(
        graphene.Boolean, required=True, description="Fee and interest are posted, and owed under its number."
    )
    lines = listed(DunningLineType, "Its items, the oldest first.", size=10)

    def resolve_partnership_id(root: Any, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership_id)

    def resolve_lines(root: Any, info: Any) -> Deferred:
        return LinesOfLetter.of(info).load(root.pk)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return DunningLetter.objects.visible_to(actor).select_related("seller", "buyer", "level", "run")


class DunningRunType(ModelType, model=DunningRun, name="DunningRun", permission=DUN):
    """The letters of one run."""

    number = text("Its number.")
    run_on = Field(Date, required=True, description="Its day.")
    letters_made = Field(graphene.Int, required=True, description="How many letters.")
    made_at = Field(DateTime, required=True, description="When it ran.")
    made_by = text("Who ran it.")

    def resolve_made_by(root: Any, _info: Any) -> str:
        return root.made_by.name if root.made_by else _("System")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return DunningRun.objects.visible_to(actor).select_related("made_by")


class LateItemType(graphene.ObjectType):
    """An overdue item as a letter of today would list it."""

    class Meta:
        name = "DunningPreviewItem"

    open_item_id = Field(graphene.ID, required=True, description="The open item.")
    number = text("Its number.")
    due_on = Field(Date, required=True, description="The due date.")
    days = Field(graphene.Int, required=True, description="Days overdue.")
    level = Field(DunningLevelType, required=True, description="Its level.")
    is_new = Field(graphene.Boolean, required=True, description="The partner has not been told at this level.")
    open = Field(Money, required=True, description="What is open.")
    interest = Field(Money, required=True, description="The interest.")


class LetterDraftType(graphene.ObjectType):
    """A letter that a run would write today."""

    class Meta:
        name = "DunningPreview"

    partnership_id = Field(graphene.ID, required=True, description="The trade, as `dunningRun` takes it.")
    partner = Field(ORGANIZATION, required=True, description="Who would get it.")
    level = Field(DunningLevelType, required=True, description="The highest level of its items.")
    days = Field(graphene.Int, required=True, description="Days the latest item is overdue.")
    amount = money_field("amount", "What is overdue.")
    interest = money_field("interest", "The interest.")
    fee = money_field("fee", "The fee.")
    total = money_field("total", "All that the letter would ask for.")
    items = listed(LateItemType, "Its items, the oldest first.", size=10)

    def resolve_partnership_id(root: dunning.LetterDraft, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership_id)

    def resolve_partner(root: dunning.LetterDraft, info: Any) -> Deferred:
        return PartnerOf.of(info).load(root.partnership_id).then(lambda found: found.downstream)

    def resolve_items(root: dunning.LetterDraft, _info: Any) -> list[dict[str, Any]]:
        return [
            {
                "open_item_id": to_global_id("OpenItem", item.open_item_id),
                "number": item.number,
                "due_on": item.due_on,
                "days": item.days,
                "level": item.level,
                "is_new": item.is_new,
                "open": money.Money(item.open, root.currency),
                "interest": money.Money(item.interest, root.currency),
            }
            for item in root.items
        ]


class DunningLetterFilter(FilterInput):
    """Narrows letters."""

    run = IdFilter("DunningRun", lookup="run", description="Of these runs.")
    partnership = IdFilter("Partnership", lookup="partnership", description="To these partners.")


class DunningLetterSort(Sort, default="-WRITTEN_ON"):
    """Keys that letters are sorted by."""

    WRITTEN_ON = SortKey.of(description="When they were written.")
    PARTNER = SortKey.of("buyer__name", description="The partner's name.")
    AMOUNT = SortKey.of("amount", description="What is overdue.")


class DunningRunSort(Sort, default="-RUN_ON"):
    """Keys that runs are sorted by."""

    RUN_ON = SortKey.of(description="When they ran.")


class DunningQueries:
    """What can be read of dunning."""

    dunning_levels = listed(DunningLevelType, "Your levels, by days.", permission=DUN, size=5)
    dunning_daily_interest = Field(Decimal, permission=DUN, description="Percent a day that letters claim.")
    dunning_preview = listed(LetterDraftType, "The letters a run would write today.", permission=DUN, size=20)
    dunning_runs = ConnectionField(DunningRunType, sort=DunningRunSort, permission=DUN, description="Runs so far.")
    dunning_letter = Field(
        DunningLetterType, id=graphene.ID(required=True, description="Its id."), description="One letter."
    )
    dunning_letters = ConnectionField(
        DunningLetterType,
        filter=DunningLetterFilter,
        sort=DunningLetterSort,
        permission=VIEW,
        description="Letters you wrote or were written.",
    )

    def resolve_dunning_levels(root: Any, info: Any) -> Any:
        return list(DunningLevel.objects.visible_to(info.context.actor).order_by("days"))

    def resolve_dunning_daily_interest(root: Any, info: Any) -> Any:
        return dunning.interest_rate(info.context.actor.own_id)

    def resolve_dunning_preview(root: Any, info: Any) -> list[dunning.LetterDraft]:
        return dunning.preview(info.context.actor)

    def resolve_dunning_letter(root: Any, info: Any, id: str) -> Any:
        return DunningLetterType.by_id(info, id)


class DunningLevelInput(graphene.InputObjectType):
    """A level: from so many days overdue on."""

    days = graphene.Int(required=True, description="Days overdue from which it holds; 1 is the day after the due date.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English; one of the two is needed.")
    text_zh = graphene.String(description="What the letter says, in Chinese.")
    text_en = graphene.String(description="The same in English.")
    fee = Decimal(description="What the letter costs, in your currency.")
    stop_orders = graphene.Boolean(description="Orders stop until what is late is paid.")
    charges = graphene.Boolean(
        description="Post fee and interest of its letters as owed; they are only claimed otherwise."
    )

    def to_draft(self) -> dunning.LevelDraft:
        texts = {name: self.get(name) or "" for name in ("name_zh", "name_en", "text_zh", "text_en")}
        return dunning.LevelDraft(
            self["days"],
            fee=self.get("fee") or dunning.ZERO,
            stop_orders=bool(self.get("stop_orders")),
            charges=bool(self.get("charges")),
            **texts,
        )


class DunningLevelsWrite(BaseMutation, permission=DUN, codes=LedgerErrorCode, atomic=False):
    """Set all levels, and the interest. A level that letters were written at cannot be taken away."""

    class Arguments:
        levels = graphene.List(
            graphene.NonNull(DunningLevelInput), required=True, description="All levels there shall be."
        )
        daily_interest = Decimal(description="Percent a day of what is open; 0 unless told.")

    levels = Field(graphene.List(graphene.NonNull(DunningLevelType)), description="The levels, by days.")

    @classmethod
    def perform(cls, actor: Actor, levels: list[Any], daily_interest: Any = None) -> Self:
        drafts = [level.to_draft() for level in levels]
        return cls(levels=dunning.write_levels(actor, drafts, daily_interest or dunning.ZERO))


class DunningRunMake(BaseMutation, permission=DUN, codes=LedgerErrorCode, atomic=False):
    """Write a letter to every partner who is late and has something new to be told, or to those of them named."""

    class Arguments:
        partnerships = graphene.List(graphene.NonNull(graphene.ID), description="Only these partners; all unless told.")

    dunning_run = Field(DunningRunType, description="The run; null where there was nothing new to tell anybody.")
    letters = Field(graphene.Int, description="How many letters were written.")

    @classmethod
    def perform(cls, actor: Actor, partnerships: list[str] | None = None) -> Self:
        wanted = None if partnerships is None else ids_of(partnerships, "Partnership", "partnerships")
        made = dunning.run(actor, wanted)
        return cls(dunning_run=made, letters=made.letters_made if made else 0)


class DunningMutations:
    """What can be done about who is late."""

    dunning_run = DunningRunMake.Field()
    dunning_levels_write = DunningLevelsWrite.Field()
