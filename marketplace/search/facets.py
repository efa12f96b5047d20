"""Counting the values of what was found, in one statement for all facets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def facet_statement(base: str, chosen: Mapping[str, str]) -> str:
    """The statement behind `facets`: rows (facet, value, count, name_zh, name_en, depth, parent).

    `base`: FROM and WHERE of what is found before any choice of a facet; `chosen`: the condition of each choice by
    facet. Each facet counts what the choices of the *others* leave, so that its own can be widened. A category counts
    with all that stand above it. Where an attribute is chosen, its rows of depth 1 count and those of depth 0 do not.
    Rows of the facet `owner` say whose attributes these are. Attributes have an `@` before their code, as they have in
    `chosen`. Values that have to be bound: `code0`, `code1` ..., the codes of the chosen attributes in their order.
    """
    names = {facet: f"passes{number}" for number, facet in enumerate(chosen)}
    passes = "".join(f", ({condition}) AS {names[facet]}" for facet, condition in chosen.items())

    def others(facet: str) -> str:
        kept = [name for one, name in names.items() if one != facet]
        return " AND ".join(["true", *kept])

    attributes = chosen_attributes(chosen)

    def name_of(facet: str) -> str:
        return f"code{attributes.index(facet)}"

    parts = [
        f"""SELECT 'brand', brand.id::text, count(*), brand.name_zh, brand.name_en, 0, NULL::bigint
            FROM found JOIN catalog_brand brand ON brand.id = found.brand WHERE {others("brand")} GROUP BY brand.id""",
        category_rows(f"SELECT found.category, count(*) AS number FROM found WHERE {others('category')} GROUP BY 1"),
        f"""SELECT '@' || split_part(facet, '=', 1), substr(facet, strpos(facet, '=') + 1), count(*), '', '', 0,
                NULL::bigint
            FROM found, unnest(found.facets) facet WHERE {others("")} GROUP BY facet""",
    ]
    parts.append("SELECT 'owner', found.owner::text, count(*), '', '', 0, NULL::bigint FROM found GROUP BY found.owner")
    parts += [
        f"""SELECT '@' || split_part(facet, '=', 1), substr(facet, strpos(facet, '=') + 1), count(*), '', '', 1,
                NULL::bigint
            FROM found, unnest(found.facets) facet WHERE {others(facet)}
                AND split_part(facet, '=', 1) = %({name_of(facet)})s GROUP BY facet"""
        for facet in attributes
    ]
    union = " UNION ALL ".join(f"({part})" for part in parts)
    return f""", found AS MATERIALIZED (
        SELECT document.owner, document.brand, document.category, document.facets{passes} {base}
    ) {union}"""


def category_rows(inside: str) -> str:
    """Counts of categories with all that stand above them, from a statement of (category, number)."""
    return f"""SELECT 'category', above.id::text, sum(inside.number)::bigint, above.name_zh, above.name_en, above.depth,
            above.parent_id
        FROM ({inside}) inside JOIN catalog_category category ON category.id = inside.category
        JOIN catalog_category above ON above.id = ANY (category.ancestors) GROUP BY above.id"""


def chosen_attributes(chosen: Iterable[str]) -> list[str]:
    """The attributes among the facets that have been chosen, with their `@`."""
    return [facet for facet in chosen if facet.startswith("@")]
