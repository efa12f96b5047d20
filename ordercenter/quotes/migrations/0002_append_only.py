from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [("quotes", "0001_initial")]

    operations = [AppendOnly("quotes_quoteversion")]
