"""A seller with goods, buyers and lists, made in a few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import F

from marketplace.catalog.models import Listing, ListingStatus, Pack, Product, UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.parties.models import Organization, PartnerGrade, PartnerGroup, Partnership, User
from marketplace.parties.onboarding import become
from ordercenter.pricing.models import PriceList, PricePolicy, PricePolicyLine, PriceRow, PricingSettings
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest, PriceResult

_numbers = count(1)

Row = tuple[Any, ...]


class World:
    """Rows are made without the functions that write them, so that a test of reading rests on nothing else."""

    def __init__(self, name: str = "Xinghe") -> None:
        self.seller = organization(name)
        self.actor = Actor.system(self.seller)
        self.uoms = {
            code: UnitOfMeasure.objects.get_or_create(code=code, defaults={"name_en": code, "exponent": exponent})[0]
            for code, exponent in (("PCS", 0), ("BOX", 0), ("CTN", 0), ("KG", 3))
        }
        self.buyer = self.partnership()

    def partnership(self, **fields: Any) -> Partnership:
        number = next(_numbers)
        known = {"upstream": self.seller, "downstream": organization(f"Dealer {number}"), "code": f"D{number}"}
        made = Partnership.objects.create(**(known | {"currency": "CNY"} | fields))
        become("seller", made.upstream)
        become("dealer", made.downstream)
        return made

    def group(self, code: str, parent: PartnerGroup | None = None) -> PartnerGroup:
        row = PartnerGroup.objects.create(organization=self.seller, code=code, name_en=code, parent=parent)
        row.ancestors = [*(parent.ancestors if parent else []), row.pk]
        row.depth = len(row.ancestors) - 1
        row.save()
        return row

    def grade(self, code: str = "A") -> PartnerGrade:
        return PartnerGrade.objects.create(organization=self.seller, code=code, name_en=code)

    def variant(self, product: Product | None = None, base: str = "PCS", **packs: Any) -> Variant:
        """A variant with its base pack and others by factor: `variant(BOX=12)`."""
        number = next(_numbers)
        product = product or Product.objects.create(organization=self.seller, name_en=f"P{number}", slug=f"p{number}")
        variant = Variant.objects.create(organization=self.seller, product=product, sku=f"SKU-{number}")
        for uom, factor in {base: 1, **packs}.items():
            Pack.objects.create(
                organization=self.seller, variant=variant, uom=self.uoms[uom], factor=factor, is_base=uom == base
            )
        return variant

    def listed(self, *variants: Variant) -> None:
        """Put variants up, so that buyers see them."""
        Listing.objects.bulk_create(
            Listing(organization=self.seller, variant=variant, status=ListingStatus.LISTED) for variant in variants
        )

    def person(self, *permissions: str, organization: Organization | None = None, **fields: Any) -> Actor:
        """Somebody of the seller, or of another organization, who may do this."""
        user = User.objects.create(email=f"p{next(_numbers)}@example.com", name="Person")
        return Actor(user, organization or self.seller, permissions=frozenset(permissions), **fields)

    def dealer(self) -> Actor:
        """Somebody of the buyer."""
        return self.person("catalog.browse", "orders.place", organization=self.buyer.downstream)

    def price_list(self, code: str = "", **fields: Any) -> PriceList:
        code = code or f"L{next(_numbers)}"
        known = {"organization": self.seller, "managed_by": self.seller, "code": code, "name_en": code}
        known |= {"currency": "CNY", "status": PolicyStatus.EFFECTIVE, "effective_since": datetime.min}
        known["effective_since"] = BEGINNING.replace(year=2)
        return PriceList.objects.create(**(known | fields))

    def rows(self, price_list: PriceList, variant: Variant, *rows: Row) -> list[PriceRow]:
        """Rows as (uom, min_quantity, amount[, from[, to]])."""
        PriceList.objects.filter(pk=price_list.pk).update(row_count=F("row_count") + len(rows))
        return PriceRow.objects.bulk_create(
            PriceRow(
                organization=self.seller,
                price_list=price_list,
                variant=variant,
                uom=self.uoms[uom],
                min_quantity=Decimal(str(minimum)),
                amount=Decimal(str(amount)),
                valid_from=window[0] if window else BEGINNING,
                valid_to=window[1] if len(window) > 1 else FOREVER,
            )
            for uom, minimum, amount, *window in rows
        )

    def assign(self, price_list: PriceList, priority: int = 100, merge: bool = False, **fields: Any) -> PricePolicyLine:
        """Make a list hold for `partnership=`, `group=`, `grade=`, or for everyone."""
        audience = {name: fields.get(name) for name in ("partnership", "group", "grade")}
        window = {name: fields[name] for name in ("valid_from", "valid_to") if name in fields}
        policy = PricePolicy.objects.create(
            organization=self.seller,
            code=f"PP{next(_numbers)}",
            status=fields.get("status", PolicyStatus.EFFECTIVE),
            internal=fields.get("internal", False),
            **audience,
            **window,
        )
        return PricePolicyLine.objects.create(
            organization=self.seller,
            policy=policy,
            price_list=price_list,
            priority=priority,
            merge=merge,
            **audience,
            **window,
        )

    def policy(self, *terms: Row, **fields: Any) -> list[PricePolicyLine]:
        """A policy in effect with terms (kind, value[, step[, scope[, priority]]]), for everyone unless told.

        A step is 1 unless told.
        """
        audience = {name: fields.pop(name, None) for name in ("partnership", "group", "grade")}
        window = {name: fields.pop(name) for name in ("valid_from", "valid_to") if name in fields}
        known = {"organization": self.seller, "code": f"PP{next(_numbers)}", "status": PolicyStatus.EFFECTIVE}
        policy = PricePolicy.objects.create(**(known | audience | window | fields))
        made = []
        for kind, value, *rest in terms:
            step, scope, priority = (*rest, *(1, {}, 100)[len(rest) :])
            made.append(
                PricePolicyLine.objects.create(
                    organization=self.seller,
                    policy=policy,
                    kind=kind,
                    value=Decimal(str(value)),
                    step=None if kind.startswith("floor") else step,
                    priority=priority,
                    **(audience | window | scope),
                )
            )
        return made

    def everyone(self, variant: Variant, *rows: Row, **fields: Any) -> PriceList:
        """A list for everyone with rows for one variant."""
        price_list = self.price_list(**fields)
        self.rows(price_list, variant, *rows)
        self.assign(price_list)
        return price_list

    def settle(self, **fields: Any) -> PricingSettings:
        return PricingSettings.objects.create(organization=self.seller, currency="CNY", **fields)

    def request(self, variant: Variant, quantity: Any, uom: str = "PCS", **fields: Any) -> PriceRequest:
        known = {"key": next(_numbers), "partnership_id": self.buyer.pk, "variant_id": variant.pk}
        known |= {"uom_id": self.uoms[uom].pk, "quantity": Decimal(str(quantity))}
        return PriceRequest(**(known | fields))

    def ask(self, requests: Iterable[PriceRequest], at: datetime | None = None) -> list[PriceResult]:
        return resolve(self.actor, self.seller, list(requests), at=at)

    def price(
        self, variant: Variant, quantity: Any, uom: str = "PCS", at: datetime | None = None, **fields: Any
    ) -> Any:
        """The unit price of one line, or its error's code."""
        (result,) = self.ask([self.request(variant, quantity, uom, **fields)], at)
        return result.unit_price if result.error is None else result.error.name


def organization(name: str) -> Organization:
    return Organization.objects.create(name=name, code=f"o{next(_numbers)}", currency="CNY")
