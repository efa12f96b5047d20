"""Who trades, who works for them, and on what terms they trade with each other."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.fields import CurrencyField
from marketplace.core.names import NamedRow, TreeRow
from marketplace.core.rows import OwnedQuerySet, OwnedRow, ProtectedQuerySet
from marketplace.parties.tax_models import InvoiceKind, PartnerTax, TaxProfile, TaxTreatment

__all__ = [
    "InvoiceKind",
    "PartnerTax",
    "TaxProfile",
    "TaxTreatment",
]


class OrganizationStatus(models.TextChoices):
    UNCLAIMED = "unclaimed", _("Unclaimed")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class UnitKind(models.TextChoices):
    DEPARTMENT = "department", _("Department")
    COST_CENTRE = "cost_centre", _("Cost centre")
    BRANCH = "branch", _("Branch")
    PLANT = "plant", _("Plant")


class PartnershipStatus(models.TextChoices):
    POTENTIAL = "potential", _("Potential")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    BLOCKLISTED = "blocklisted", _("Blocklisted")
    TERMINATED = "terminated", _("Terminated")


class PartnerRole(models.TextChoices):
    DEALER = "dealer", _("Dealer")
    SUB_DEALER = "sub_dealer", _("Sub-dealer")
    SUPPLIER = "supplier", _("Supplier")
    CARRIER = "carrier", _("Carrier")


class PriceScope(models.TextChoices):
    """Which price lists may answer for a partner: all in its chain, or only those assigned to it alone."""

    ALL = "all", _("All price lists")
    OWN = "own", _("Own price lists only")


class ShortPolicy(models.TextChoices):
    """What happens to an order when stock is short."""

    COMPLETE_ORDER = "complete_order", _("Complete order")
    COMPLETE_LINE = "complete_line", _("Complete lines")
    PARTIAL = "partial", _("Partial allowed")
    PARTIAL_CANCEL = "partial_cancel", _("Cancel the rest")


class PaymentMethod(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    ONLINE = "online", _("Online payment")
    FUND_ACCOUNT = "fund_account", _("Fund account")
    ON_ACCOUNT = "on_account", _("On account")
    ACCEPTANCE_BILL = "acceptance_bill", _("Acceptance bill")
    ON_DELIVERY = "on_delivery", _("On delivery")


class InvitationKind(models.TextChoices):
    """What the invited person is to become."""

    MEMBER = "member", _("Member")
    PARTNER = "partner", _("Partner")


class InvitationStatus(models.TextChoices):
    """Where an invitation stands. EXPIRED is never stored: it is SENT, read after its end."""

    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class OrganizationQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Oneself and one's partners, on either side; in a partner's view, only the two sides of that trade."""
        own = actor.organization_id
        if actor.on_behalf_of:
            return Q(pk__in=[own, actor.on_behalf_of.pk])
        return (
            Q(pk=own)
            | Q(pk__in=Partnership.objects.filter(upstream=own).values("downstream"))
            | Q(pk__in=Partnership.objects.filter(downstream=own).values("upstream"))
        )


class Organization(models.Model):
    """Anyone who trades; the owner of rows, hence the tenant."""

    name = models.CharField(max_length=255)
    name_zh = models.CharField(max_length=255, blank=True, default="", db_default="")
    name_en = models.CharField(max_length=255, blank=True, default="", db_default="")
    tax_number = models.CharField(max_length=64, blank=True, default="", db_default="")
    contact = models.CharField(max_length=128, blank=True, default="", db_default="")
    phone = models.CharField(max_length=32, blank=True, default="", db_default="")
    email = models.EmailField(blank=True, default="", db_default="")
    website = models.CharField(max_length=255, blank=True, default="", db_default="")
    code = models.SlugField(max_length=64, unique=True)
    status = models.CharField(max_length=16, choices=OrganizationStatus, default=OrganizationStatus.ACTIVE)
    country = models.CharField(max_length=2, default="CN")
    currency = CurrencyField(default="CNY")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    language = models.CharField(max_length=16, default="zh-hans")
    sells = models.BooleanField(default=False)
    buys = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    @property
    def shown_name(self) -> str:
        """The name in the active language where it has one, else the one it has."""
        if not (self.name_zh or self.name_en):
            return self.name
        return (self.name_zh if (get_language() or "en").startswith("zh") else self.name_en) or self.name

    def __str__(self) -> str:
        return self.name


class Unit(OwnedRow, NamedRow, TreeRow):
    """Part of an organization that buys, spends or receives."""

    kind = models.CharField(max_length=16, choices=UnitKind, default=UnitKind.DEPARTMENT)
    code = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="unit_code_once")]


class PartnerGroup(OwnedRow, NamedRow, TreeRow):
    """A node of the tree by which an organization aims its policies at partners."""

    code = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="partner_group_code_once")]


class PartnerGrade(OwnedRow, NamedRow):
    """A class of partners such as A, B, C."""

    code = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="partner_grade_code_once")]


class Territory(OwnedRow, NamedRow, TreeRow):
    """A region in the tree of where partners may sell."""

    code = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "territories"
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="territory_code_once")]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A person who can sign in; the e-mail address is the name, without regard to case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with an e-mail address, without regard to case."""
        return self.get(email=(username or "").strip().lower())


class UserQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """People with a seat in one's own organization; in a partner's view, oneself."""
        if actor.on_behalf_of:
            return Q(pk=actor.user_id)
        return Q(memberships__organization=actor.organization_id)


class User(AbstractBaseUser):
    """Who signs in. What a person may do hangs on the membership, never on the user."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=128)
    phone = models.CharField(max_length=32, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager.from_queryset(UserQuerySet)()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(OwnedRow, NamedRow):
    """Permission codes under a name; a preset is one that came with the organization."""

    code = models.CharField(max_length=64)
    preset = models.CharField(max_length=32, blank=True, default="")
    permissions = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="role_code_once")]


class MembershipQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own seats; those of one's organization with `members.view`."""
        own = Q(user=actor.user_id)
        if actor.on_behalf_of or not actor.may("members.view"):
            return own
        return own | Q(organization=actor.organization_id)


class Membership(models.Model):
    """A user's seat in an organization and, if it has any, a unit."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="memberships")
    roles = models.ManyToManyField(Role, related_name="memberships")
    is_active = models.BooleanField(default=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_once")]


class PartnershipQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Partnerships in which one is a side; in a partner's view, the one that is looked at."""
        if actor.on_behalf_of:
            return Q(upstream=actor.organization_id, downstream=actor.on_behalf_of.pk)
        return Q(upstream=actor.organization_id) | Q(downstream=actor.organization_id)

    def with_id_of(self, actor: Actor) -> Self:
        """Partnerships in which the actor's organization sells."""
        return self.visible_to(actor).filter(upstream=actor.organization_id)


class Partnership(models.Model):
    """Upstream sells to downstream on agreed terms. Grade, group, territory and notes are the upstream's own view."""

    upstream = models.ForeignKey(Organization, models.PROTECT, related_name="downstream_partnerships")
    downstream = models.ForeignKey(Organization, models.PROTECT, related_name="upstream_partnerships")
    status = models.CharField(max_length=16, choices=PartnershipStatus, default=PartnershipStatus.ACTIVE)
    downstream_role = models.CharField(max_length=16, choices=PartnerRole, default=PartnerRole.DEALER)
    code = models.CharField(max_length=64)
    currency = CurrencyField()
    group = models.ForeignKey(PartnerGroup, models.PROTECT, null=True, blank=True, related_name="partnerships")
    grade = models.ForeignKey(PartnerGrade, models.PROTECT, null=True, blank=True, related_name="partnerships")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="partnerships")
    sales_rep = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="partnerships")
    price_scope = models.CharField(max_length=8, choices=PriceScope, default=PriceScope.ALL)
    short_policy = models.CharField(max_length=16, choices=ShortPolicy, default=ShortPolicy.PARTIAL)
    payment_method = models.CharField(max_length=16, choices=PaymentMethod, default=PaymentMethod.ON_ACCOUNT)
    payment_days = models.PositiveSmallIntegerField(default=30)
    share_stock = models.BooleanField(default=False)
    status_reason = models.CharField(max_length=255, blank=True, default="")
    status_since = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upstream", "downstream"], name="partnership_once"),
            models.UniqueConstraint(fields=["upstream", "code"], name="partnership_code_once"),
            models.CheckConstraint(condition=~Q(upstream=F("downstream")), name="partnership_two_sides"),
        ]
        indexes = [models.Index(fields=["downstream", "status"], name="partnership_downstream")]


class Address(OwnedRow):
    """Where goods, money and invoices of an organization go."""

    label = models.CharField(max_length=64, blank=True, default="")
    contact = models.CharField(max_length=128)
    phone = models.CharField(max_length=32, blank=True, default="")
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=64, blank=True, default="")
    city = models.CharField(max_length=64, blank=True, default="")
    district = models.CharField(max_length=64, blank=True, default="")
    street = models.CharField(max_length=255)
    postal_code = models.CharField(max_length=16, blank=True, default="")
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=Q(is_default=True), name="address_default_once")
        ]

    def snapshot(self) -> dict[str, str]:
        """The address as it is frozen on a document."""
        names = ("label", "contact", "phone", "country", "region", "city", "district", "street", "postal_code")
        return {name: getattr(self, name) for name in names}


class InvitationQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Those of one's organization: to members for who sees members, to partners for who sees partners."""
        kinds = [
            kind
            for kind, permission in (("member", "members.view"), ("partner", "partners.view"))
            if actor.may(permission)
        ]
        return super().visible_filter(actor) & Q(kind__in=kinds)


class Invitation(OwnedRow):
    """To join the organization as a member, or as the first person of a partner that it has recorded.

    The link holds a token that the program makes anew from `nonce` and its secret key; here is only its digest.
    """

    kind = models.CharField(max_length=8, choices=InvitationKind)
    email = models.EmailField()
    name = models.CharField(max_length=128, blank=True, default="")
    language = models.CharField(max_length=16)
    note = models.CharField(max_length=500, blank=True, default="")
    roles = ArrayField(models.BigIntegerField(), default=list)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, blank=True, related_name="invitations")
    status = models.CharField(max_length=16, choices=InvitationStatus, default=InvitationStatus.SENT)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    sent_count = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email", "kind", "partnership"],
                condition=Q(status="sent"),
                nulls_distinct=False,
                name="invitation_waiting_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="partner", partnership__isnull=False) | Q(kind="member", partnership=None),
                name="invitation_partner_named",
            ),
        ]
        indexes = [models.Index(fields=["organization", "sent_at"], name="invitation_recent")]

    def __str__(self) -> str:
        return self.email
