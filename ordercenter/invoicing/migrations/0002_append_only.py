from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):
    """What was credited is never edited: a wrong note is answered by an invoice."""

    dependencies = [("invoicing", "0001_initial")]
    operations = [AppendOnly("invoicing_creditnote"), AppendOnly("invoicing_creditnoteline")]
