import django.db.models.deletion
import marketplace.core.fields
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_product_tax_category_index'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('stock', '0002_append_only'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='SupplyPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='stock.warehouse')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('day', models.DateField()),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('source', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'variant', 'warehouse', 'day', 'source'), name='supply_plan_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='supply_plan_positive')],
            },
        ),
        migrations.AddField(
            model_name='stocksettings',
            name='look_ahead_days',
            field=models.PositiveSmallIntegerField(db_default=90, default=90),
        ),
        migrations.AddConstraint(
            model_name='stocksettings',
            constraint=models.CheckConstraint(condition=models.Q(('look_ahead_days__gte', 1), ('look_ahead_days__lte', 366)), name='stock_settings_look_ahead'),
        ),
    ])]
