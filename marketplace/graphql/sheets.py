"""What every import from a sheet shows: the errors of its rows, and what it changes."""

from __future__ import annotations

import graphene

from marketplace.graphql.fields import Field


class RowErrorType(graphene.ObjectType):
    """One thing wrong with one cell of a sheet."""

    class Meta:
        name = "RowError"

    row = Field(graphene.Int, required=True, description="The row as people count, the heading being row 1.")
    column = Field(graphene.String, description="The heading of the column.")
    code = Field(graphene.String, required=True, description="For programs.")
    message = Field(graphene.String, required=True, description="For people, in the reader's language.")
    value = Field(graphene.String, description="What stands in the cell.")


class ImportChangeType(graphene.ObjectType):
    """One value that an import changes."""

    class Meta:
        name = "ImportChange"

    sku = Field(graphene.String, required=True, description="The SKU it is about.")
    label = Field(graphene.String, required=True, description="What of it, in the reader's language.")
    old = Field(graphene.String, description="What stands there now; null: nothing.")
    new = Field(graphene.String, required=True, description="What will stand there.")
