from django.db import migrations

# As for order lines: what is received is counted on the line that was shipped.
ROOM = "ALTER TABLE fulfilment_shipmentline SET (fillfactor = 50)"
NO_ROOM = "ALTER TABLE fulfilment_shipmentline RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]
    operations = [migrations.RunSQL(ROOM, NO_ROOM)]
