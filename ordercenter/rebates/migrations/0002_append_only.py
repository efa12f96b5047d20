from django.db import migrations

from marketplace.core.append_only import AppendOnly

# Room on each page for the next version of a row: a position is updated with every source.
ROOM = "ALTER TABLE rebates_rebateposition SET (fillfactor = 70);"
NO_ROOM = "ALTER TABLE rebates_rebateposition RESET (fillfactor);"


class Migration(migrations.Migration):
    dependencies = [("rebates", "0001_initial")]
    operations = [AppendOnly("rebates_rebateaccrual"), migrations.RunSQL(ROOM, NO_ROOM)]
