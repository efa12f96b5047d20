"""The seeded enterprise that the cases walk over: ids as the API shows them, chosen the same way on every run."""

from dataclasses import dataclass
from random import Random


@dataclass
class Dataset:
    """Global ids of one seller, one of its dealers, and samples of the goods."""

    seller: str
    address: str
    token: str
    variants: list[str]
    products: list[str]
    categories: list[str]
    searches: list[str]
    skus: list[str]

    def some_variants(self, count: int, number: int) -> list[str]:
        """`count` different variants, others for each request."""
        return Random(number).sample(self.variants, count)

    def some_skus(self, count: int, number: int) -> list[str]:
        """`count` different SKUs, others for each request."""
        return Random(number).sample(self.skus, min(count, len(self.skus)))

    def product(self, number: int) -> str:
        return self.products[number * 7919 % len(self.products)]

    def category(self, number: int) -> str:
        return self.categories[number % len(self.categories)]

    def words(self, number: int) -> str:
        return self.searches[number % len(self.searches)]
