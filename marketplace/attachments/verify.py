"""Rows of files, held against what the storage has."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage

from marketplace.attachments.models import Attachment
from marketplace.core.verify import Difference, check


@check("attachments: every file is there, and whole")
def files() -> Iterator[Difference]:
    """The size of each file that was not removed."""
    rows = Attachment.objects.filter(removed_at=None).order_by("pk").values_list("pk", "file", "size")
    for pk, name, size in rows.iterator():
        found = default_storage.size(name) if default_storage.exists(name) else None
        if found != size:
            yield Difference(f"attachment {pk}", size, found)
