"""Which type of the schema stands behind the source of a posting: rooms above name theirs, as this room knows none."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of document: its type in the schema ("" for one without a page), and what people call it."""

    type_name: str
    label: str | Promise


_kinds: dict[str, SourceKind] = {}


def name_source(source_kind: str, type_name: str, label: str | Promise) -> None:
    """Let postings and open items of this source lead to their document. From AppConfig.ready."""
    _kinds[source_kind] = SourceKind(type_name, label)


def source(source_kind: str) -> SourceKind:
    """What is known of a source; its own name where nobody named it."""
    return _kinds.get(source_kind, SourceKind("", source_kind.replace("_", " ").capitalize()))
