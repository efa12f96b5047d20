from django.db import migrations, models

# The processes of the release before write events without the column while this one is rolled out.
KEEP_DEFAULT = "ALTER TABLE core_outboxevent ALTER COLUMN changes SET DEFAULT '{}'"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables")]

    operations = [
        migrations.AddField("outboxevent", "changes", models.JSONField(default=dict)),
        migrations.RunSQL(KEEP_DEFAULT, "ALTER TABLE core_outboxevent ALTER COLUMN changes DROP DEFAULT"),
    ]
