from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_append_only_budget_entries"),
    ]

    operations = [
        Together(
            [
                migrations.AddField(
                    model_name="dunningletter",
                    name="is_charged",
                    field=models.BooleanField(db_default=False, default=False),
                ),
                migrations.AddField(
                    model_name="dunninglevel",
                    name="charges",
                    field=models.BooleanField(db_default=False, default=False),
                ),
                migrations.AlterField(
                    model_name="budgetentry",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("top_up", "Top up"),
                            ("accrue", "Accrue"),
                            ("reserve", "Reserve"),
                            ("free", "Free"),
                            ("use", "Use"),
                            ("consume", "Consume"),
                            ("transfer", "Transfer"),
                            ("adjust", "Adjust"),
                            ("expire", "Expire"),
                            ("reverse", "Reverse"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("clear", "Clearing"),
                            ("write_off", "Write-off"),
                            ("payout", "Payout"),
                            ("interest", "Interest"),
                            ("dunning", "Dunning charge"),
                            ("opening", "Opening balance"),
                        ],
                        max_length=16,
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("top_up", "Top up"),
                            ("accrue", "Accrue"),
                            ("reserve", "Reserve"),
                            ("free", "Free"),
                            ("use", "Use"),
                            ("consume", "Consume"),
                            ("transfer", "Transfer"),
                            ("adjust", "Adjust"),
                            ("expire", "Expire"),
                            ("reverse", "Reverse"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("clear", "Clearing"),
                            ("write_off", "Write-off"),
                            ("payout", "Payout"),
                            ("interest", "Interest"),
                            ("dunning", "Dunning charge"),
                            ("opening", "Opening balance"),
                        ],
                        max_length=16,
                    ),
                ),
            ]
        )
    ]
