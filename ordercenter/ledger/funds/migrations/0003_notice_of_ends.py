from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0002_append_only'),
    ]

    operations = [Together([
        migrations.AddField(
            model_name='fundgrant',
            name='told_end',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='fundsettings',
            name='notice_days',
            field=models.PositiveSmallIntegerField(db_default=14, default=14),
        ),
    ])]
