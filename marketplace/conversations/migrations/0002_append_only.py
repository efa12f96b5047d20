from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_tables"), ("core", "0002_tables")]

    operations = [AppendOnly("conversations_message"), AppendOnly("conversations_messagefile")]
