from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("core", "0002_tables")]
    operations = [AppendOnly("orders_orderevent"), AppendOnly("orders_ordercancellation")]
