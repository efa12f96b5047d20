from django.db import migrations

from marketplace.core.append_only import AppendOnly

# Room on each page for the next version of a row: an update that stays on its page leaves the indexes alone.
ROOM = """
ALTER TABLE funds_fundgrant SET (fillfactor = 70);
ALTER TABLE funds_fundreservation SET (fillfactor = 80);
ALTER TABLE funds_fundshare SET (fillfactor = 80);
"""
NO_ROOM = """
ALTER TABLE funds_fundgrant RESET (fillfactor);
ALTER TABLE funds_fundreservation RESET (fillfactor);
ALTER TABLE funds_fundshare RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]
    operations = [AppendOnly("funds_funduse"), AppendOnly("funds_fundadjustment"), migrations.RunSQL(ROOM, NO_ROOM)]
