from django.db import migrations

from marketplace.core.append_only import AppendOnly

BALANCED = """
CREATE FUNCTION ledger_entries_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT n.posting_id, a.currency, sum(n.amount) AS amount INTO wrong
    FROM written n JOIN ledger_ledgeraccount a ON a.id = n.account_id
    GROUP BY n.posting_id, a.currency HAVING sum(n.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % does not balance: % % over', wrong.posting_id, wrong.amount, wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_ledgerentry_balanced AFTER INSERT ON ledger_ledgerentry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_balance();
"""
UNBALANCED = """
DROP TRIGGER ledger_ledgerentry_balanced ON ledger_ledgerentry;
DROP FUNCTION ledger_entries_balance();
"""
# A foreign key locks the row it points at, for which PostgreSQL asks a right to update some column; the trigger of an
# append-only table refuses the update itself.
REFERENCED = """
GRANT UPDATE (id) ON ledger_ledgerposting, ledger_ledgerentry, ledger_clearing TO CURRENT_USER;
"""
UNREFERENCED = """
REVOKE UPDATE (id) ON ledger_ledgerposting, ledger_ledgerentry, ledger_clearing FROM CURRENT_USER;
"""
# Room on each page for the next version of a balance.
ROOM = "ALTER TABLE ledger_ledgeraccount SET (fillfactor = 60);"
NO_ROOM = "ALTER TABLE ledger_ledgeraccount RESET (fillfactor);"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        AppendOnly("ledger_ledgerposting"),
        AppendOnly("ledger_ledgerentry"),
        AppendOnly("ledger_clearing"),
        AppendOnly("ledger_ledgercheckpoint"),
        migrations.RunSQL(REFERENCED, UNREFERENCED),
        migrations.RunSQL(BALANCED, UNBALANCED),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
