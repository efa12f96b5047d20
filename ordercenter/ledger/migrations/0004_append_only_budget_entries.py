from django.db import migrations

from marketplace.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_dunning_and_budgets")]
    operations = [AppendOnly("ledger_budgetentry"), AppendOnly("ledger_dunningline")]
