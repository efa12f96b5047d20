"""What lies where, whose it is, and what of it is promised (stock §2). All quantities are in base uoms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.fields import QuantityField
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check


def owner(**options: Any) -> models.ForeignKey:
    """The owner's column of a table that grows with every order line, without an index that another one covers.

    `db_constraint=False` where the statement that inserts a row copies its owner from the balance, and owners are never
    deleted: to look it up once more for every move and allocation costs as much as to write it.
    """
    return models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", **options)


class WarehouseKind(models.TextChoices):
    """A place of its own, the goods on their way to a buyer, or a place on paper."""

    PHYSICAL = "physical", _("Physical")
    TRANSIT = "transit", _("In transit")
    VIRTUAL = "virtual", _("Virtual")


class StockCondition(models.TextChoices):
    """Only sellable goods are allocated."""

    SELLABLE = "sellable", _("Sellable")
    QUARANTINE = "quarantine", _("Quarantine")
    DEFECTIVE = "defective", _("Defective")


class StockMoveKind(models.TextChoices):
    RECEIPT = "receipt", _("Receipt in")
    SHIPMENT = "shipment", _("Shipment out")
    RETURN = "return", _("Return in")
    TRANSFER_OUT = "transfer_out", _("Transfer out")
    TRANSFER_IN = "transfer_in", _("Transfer in")
    COUNT = "count", _("Count difference")
    ADJUSTMENT = "adjustment", _("Stock adjustment")
    CONDITION = "condition", _("Condition change")
    REVERSAL = "reversal", _("Stock reversal")
    SELL_THROUGH = "sell_through", _("Sold through")


class StockEntryKind(models.TextChoices):
    """What a person posts by hand, or a program on its behalf."""

    RECEIPT = "receipt", _("Goods in")
    ADJUSTMENT = "adjustment", _("Stock adjustment")
    COUNT = "count", _("Stock count")
    CONDITION = "condition", _("Condition change")
    TRANSFER = "transfer", _("Stock transfer")


class AllocationStatus(models.TextChoices):
    """Derived from an allocation's quantities."""

    ALLOCATED = "allocated", _("Allocated")
    PICKED = "picked", _("Picked")
    SHIPPED = "shipped", _("Shipped")
    FREED = "freed", _("Freed")


class ReservationStatus(models.TextChoices):
    """A reservation that is there is reserved or expired; one that was used or given back is there no more."""

    RESERVED = "reserved", _("Reserved")
    EXPIRED = "expired", _("Expired")


class StockShow(models.TextChoices):
    """How exactly somebody sees a figure, least first."""

    NONE = "none", _("Hidden")
    YES_NO = "yes_no", _("In stock or out of stock")
    BAND = "band", _("Bands")
    ROUNDED = "rounded", _("Rounded")
    EXACT = "exact", _("Exact figure")


_NOTHING = Value(Decimal(0), output_field=QuantityField())


def _or_nothing(figures: models.QuerySet) -> Coalesce:
    """The figure of a sub-query, 0 where it has no row."""
    return Coalesce(Subquery(figures), _NOTHING, output_field=QuantityField())


def looks_as_partner(actor: Actor) -> bool:
    """True while the actor sees with a partner's eyes: a partner sees nobody's books of stock but its own."""
    return actor.on_behalf_of is not None and actor.on_behalf_of.pk != actor.organization_id


class StockQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The owner's alone."""
        return Q(pk__in=[]) if looks_as_partner(actor) else super().visible_filter(actor)


class ReservationQuerySet(StockQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The owner of the goods and the buyer for whose cart they are kept."""
        if looks_as_partner(actor):
            return Q(pk__in=[])
        return super().visible_filter(actor) | Q(cart__organization=actor.organization_id)


class Warehouse(OwnedRow, NamedRow):
    """A place with stock; `organization` is its keeper. Every keeper has one of kind TRANSIT for goods on their way."""

    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=WarehouseKind, default=WarehouseKind.PHYSICAL)
    address = models.ForeignKey("parties.Address", models.PROTECT, null=True, blank=True, related_name="+")
    allocates = models.BooleanField(default=True)
    priority = models.PositiveIntegerField(default=100)

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="warehouse_code_once"),
            models.UniqueConstraint(fields=["organization"], condition=Q(kind="transit"), name="warehouse_one_transit"),
            models.CheckConstraint(condition=~Q(kind="transit", allocates=True), name="warehouse_transit_idle"),
        ]


class StockBalanceQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The owner of the goods and the keeper of the place; nobody through a partner's eyes."""
        if looks_as_partner(actor):
            return Q(pk__in=[])
        own = actor.organization_id
        return Q(organization=own) | Q(warehouse__organization=own)

    def with_figures(self) -> Self:
        """Each row with `kept` (reserved and not expired), `safety_stock` of its place, and `available` (stock §1).

        Safety stock is withheld from a place's last balances first; elsewhere than in sellable stock of a place that
        allocates nothing is available.
        """
        expired = Reservation.objects.filter(balance=OuterRef("pk"), expires_at__lte=Now()).order_by().values("balance")
        safety = SafetyStock.objects.filter(
            organization=OuterRef("organization"), warehouse=OuterRef("warehouse"), variant=OuterRef("variant")
        )
        later = StockBalance.objects.filter(
            organization=OuterRef("organization"),
            warehouse=OuterRef("warehouse"),
            variant=OuterRef("variant"),
            condition=StockCondition.SELLABLE,
            pk__gt=OuterRef("pk"),
        )
        behind = later.order_by().values("variant").annotate(s=Sum(F("on_hand") - F("allocated") - F("reserved")))
        rows = self.annotate(
            kept=F("reserved") - _or_nothing(expired.annotate(s=Sum("quantity")).values("s")),
            safety_stock=_or_nothing(safety.values("quantity")[:1]),
        )
        free = F("on_hand") - F("allocated") - F("kept")
        left = Least(free, free + _or_nothing(behind.values("s")) - F("safety_stock"))
        sells = Q(condition=StockCondition.SELLABLE, warehouse__allocates=True)
        return rows.annotate(
            available=Case(When(sells, then=Greatest(left, _NOTHING)), default=_NOTHING, output_field=QuantityField())
        )


class StockBalance(OwnedRow):
    """The locked running sums of one (warehouse, owner, variant, batch, condition); `organization` owns the goods."""

    organization = owner(db_index=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="balances")
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="stock_balances", db_index=False)
    batch = models.CharField(max_length=64, blank=True, default="")
    condition = models.CharField(max_length=16, choices=StockCondition, default=StockCondition.SELLABLE)
    on_hand = QuantityField(default=0)
    allocated = QuantityField(default=0)
    reserved = QuantityField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    objects = StockBalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "organization", "warehouse", "batch", "condition"], name="stock_balance_once"
            ),
            models.CheckConstraint(condition=Q(allocated__gte=0, reserved__gte=0), name="stock_promised_positive"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("allocated") + F("reserved")), name="stock_promised_is_there"
            ),
        ]
        indexes = [models.Index(fields=["organization", "warehouse"], name="stock_balance_owner")]


class StockMove(OwnedRow):
    """A change of a balance's on_hand, never changed itself. `line` and `seq` tell the parts of one document apart."""

    organization = owner(db_index=False, db_constraint=False)
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="moves", db_index=False)
    quantity = QuantityField()
    kind = models.CharField(max_length=16, choices=StockMoveKind)
    document_kind = models.CharField(max_length=32)
    document_id = models.BigIntegerField()
    document_number = models.CharField(max_length=64, blank=True, default="")
    line = models.BigIntegerField(default=0)
    seq = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=255, blank=True, default="")
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField(db_default=Now())
    posted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "document_id", "line", "seq", "balance"], name="stock_move_once"
            ),
            models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_moves"),
        ]
        indexes = [
            models.Index(fields=["balance", "id"], name="stock_move_balance"),
            models.Index(fields=["organization", "posted_at", "id"], name="stock_move_newest"),
        ]


class StockEntry(OwnedRow):
    """A document of the stock room itself; its moves are its lines. `external_number` is another system's, once."""

    kind = models.CharField(max_length=16, choices=StockEntryKind)
    number = models.CharField(max_length=64)
    reference = models.CharField(max_length=128, blank=True, default="")
    external_number = models.CharField(max_length=128, blank=True, default="")
    reason = models.CharField(max_length=255, blank=True, default="")
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField(db_default=Now())
    posted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock entries"
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="stock_entry_number_once"),
            models.UniqueConstraint(
                fields=["organization", "kind", "external_number"],
                condition=~Q(external_number=""),
                name="stock_entry_external_once",
            ),
        ]


class StockCountLine(OwnedRow):
    """What the books said and what was counted, at the instant a count was posted."""

    entry = models.ForeignKey(StockEntry, models.PROTECT, related_name="count_lines")
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="+")
    booked = QuantityField()
    counted = QuantityField()

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "balance"], name="stock_count_line_once"),
            models.CheckConstraint(condition=Q(counted__gte=0), name="stock_count_not_negative"),
        ]


class Allocation(OwnedRow):
    """Stock for a line of a released order; open is quantity − shipped − freed. `organization` owns the goods."""

    organization = owner(db_index=False, db_constraint=False)
    order_line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="+", db_index=False)
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="allocations")
    quantity = QuantityField()
    shipped = QuantityField(default=0)
    freed = QuantityField(default=0)
    placed_at = models.DateTimeField(db_default=Now())

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_line", "balance"], name="allocation_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, shipped__gte=0, freed__gte=0), name="allocation_positive"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=F("shipped") + F("freed")), name="allocation_within"),
        ]

    @property
    def open(self) -> Decimal:
        """Promised, and neither gone nor given back."""
        return self.quantity - self.shipped - self.freed

    @property
    def status(self) -> AllocationStatus:
        if self.open:
            return AllocationStatus.ALLOCATED
        return AllocationStatus.SHIPPED if self.shipped else AllocationStatus.FREED


class Reservation(OwnedRow):
    """Stock kept for a cart until an instant, from which on it counts for nobody. `organization` owns the goods."""

    cart = models.ForeignKey("orders.Cart", models.PROTECT, related_name="+", db_index=False)
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="reservations")
    quantity = QuantityField()
    expires_at = models.DateTimeField()

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "balance"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="reservation_expiry")]

    @property
    def status(self) -> ReservationStatus:
        return ReservationStatus.EXPIRED if self.expires_at <= timezone.now() else ReservationStatus.RESERVED


class StockSettings(OwnedRow):
    """How an organization keeps stock. Without a default warehouse, what it receives is not tracked."""

    default_warehouse = models.ForeignKey(Warehouse, models.PROTECT, null=True, blank=True, related_name="+")
    reservation_minutes = models.PositiveSmallIntegerField(default=10)
    look_ahead_days = models.PositiveSmallIntegerField(default=90, db_default=90)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock settings"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="stock_settings_once"),
            models.CheckConstraint(
                condition=Q(reservation_minutes__gte=1, reservation_minutes__lte=1440), name="stock_settings_minutes"
            ),
            models.CheckConstraint(
                condition=Q(look_ahead_days__gte=1, look_ahead_days__lte=366), name="stock_settings_look_ahead"
            ),
        ]


class SafetyStock(OwnedRow):
    """What of a variant is never promised out of a warehouse; withheld from its last balances first."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="safety_stocks")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="safety_stocks")
    quantity = QuantityField()

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "safety stocks"
        constraints = [
            models.UniqueConstraint(fields=["organization", "variant", "warehouse"], name="safety_stock_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="safety_stock_positive"),
        ]


class SupplyPlan(OwnedRow):
    """So much of a variant, in its base uom, is expected in a warehouse on a day; `source` names the paper it is from.

    A day that has passed without the goods promises nothing until it gets a new date.
    """

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="+")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    quantity = QuantityField()
    source = models.CharField(max_length=64, blank=True, default="")

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "variant", "warehouse", "day", "source"], name="supply_plan_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="supply_plan_positive"),
        ]


class StockVisibility(OwnedRow, AudienceRow):
    """How exactly an audience sees an owner's stock: of a variant, a product, a category with all below, or anything.

    `warehouses`: ids, none for all. The narrowest audience decides, then the narrowest goods, then the newest rule.
    """

    variant = models.ForeignKey("catalog.Variant", models.CASCADE, null=True, blank=True, related_name="+")
    product = models.ForeignKey("catalog.Product", models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalog.Category", models.CASCADE, null=True, blank=True, related_name="+")
    warehouses = ArrayField(models.BigIntegerField(), default=list, blank=True)
    show = models.CharField(max_length=8, choices=StockShow)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock visibilities"
        constraints = [
            audience_check("stock_visibility_audience"),
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "partnership",
                    "group",
                    "grade",
                    "variant",
                    "product",
                    "category",
                    "warehouses",
                ],
                nulls_distinct=False,
                name="stock_visibility_once",
            ),
        ]
