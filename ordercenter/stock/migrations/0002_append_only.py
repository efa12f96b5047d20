from django.db import migrations

from marketplace.core.append_only import AppendOnly

# Room on each page for the next version of a row: an update that stays on its page leaves the indexes alone.
ROOM = """
ALTER TABLE stock_stockbalance SET (fillfactor = 50);
ALTER TABLE stock_allocation SET (fillfactor = 70);
"""
NO_ROOM = """
ALTER TABLE stock_stockbalance RESET (fillfactor);
ALTER TABLE stock_allocation RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [
        AppendOnly("stock_stockmove"),
        AppendOnly("stock_stockcountline"),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
