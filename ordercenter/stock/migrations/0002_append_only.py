from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [AppendOnly("stock_stockmove"), AppendOnly("stock_stockcountline")]
