"""Append-only tables: no grant to change or delete a row, and a trigger that refuses it to those who need no grant."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION entrepot_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class AppendOnly(migrations.RunSQL):
    """Migration operation that makes a table append-only. TRUNCATE is left to the owner of the table, for tests."""

    def __init__(self, table: str) -> None:
        name = f"{table}_append_only"
        super().__init__(
            sql=f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION entrepot_append_only(); "
            f"REVOKE UPDATE, DELETE ON {table} FROM PUBLIC, CURRENT_USER;",
            reverse_sql=f"DROP TRIGGER IF EXISTS {name} ON {table}; GRANT UPDATE, DELETE ON {table} TO CURRENT_USER;",
        )
        self.table = table

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__qualname__, [self.table], {})
