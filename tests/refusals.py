"""What a refused call raises, said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db.models import TextChoices

from marketplace.core.errors import DomainError, DomainErrors


class Refusal:
    """What was refused; filled in when the block ends."""

    errors: list[DomainError]


@contextmanager
def raises(code: TextChoices, field: str | None = None, index: int | None = None) -> Iterator[Refusal]:
    """The block is refused with this code; where a field or an index is given, at that field or line."""
    refusal = Refusal()
    with pytest.raises((DomainError, DomainErrors)) as caught:
        yield refusal
    error = caught.value
    refusal.errors = error.errors if isinstance(error, DomainErrors) else [error]
    found = [
        one for one in refusal.errors if one.code == code and field in (None, one.field) and index in (None, one.index)
    ]
    seen = [(one.code.name, one.field, one.index) for one in refusal.errors]
    assert found, f"no {code.name} at field {field}, index {index} among {seen}"
