import django.db.models.deletion
import django.db.models.functions.datetime
import marketplace.core.fields
import marketplace.core.instants
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pricing', '0004_policy_rules'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='PriceAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=32)),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='pricing.pricelist')),
                ('effective_at', marketplace.core.instants.InstantField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('closed', 'Closed'), ('voided', 'Voided')], default='draft', max_length=20)),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('begins_at', marketplace.core.instants.InstantField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='price_adjustment_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('begins_at__isnull', False), _connector='OR'), name='price_adjustment_begins')],
                'indexes': [models.Index(fields=['organization', '-id'], name='price_adjustment_latest')],
            },
        ),
        migrations.CreateModel(
            name='PriceAdjustmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('adjustment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='pricing.priceadjustment')),
                ('position', models.PositiveIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('min_quantity', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('old', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20, null=True)),
                ('new', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('valid_from', marketplace.core.instants.InstantField(blank=True, null=True)),
                ('valid_to', marketplace.core.instants.InstantField(blank=True, null=True)),
                ('row', models.BigIntegerField(null=True)),
                ('replaced_amount', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20, null=True)),
                ('replaced_to', marketplace.core.instants.InstantField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('adjustment', 'position'), name='price_adjustment_line_position'), models.UniqueConstraint(fields=('adjustment', 'variant', 'uom', 'min_quantity'), name='price_adjustment_line_slot'), models.CheckConstraint(condition=models.Q(('min_quantity__gte', 0), ('new__gte', 0)), name='price_adjustment_line_amount'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_from__lt', models.F('valid_to')), _connector='OR'), name='price_adjustment_line_window')],
            },
        ),
        migrations.CreateModel(
            name='PriceSimulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('frozen', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('current', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('assumed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('dearer', models.PositiveIntegerField(default=0)),
                ('cheaper', models.PositiveIntegerField(default=0)),
                ('unpriced', models.PositiveIntegerField(default=0)),
                ('floored', models.PositiveIntegerField(default=0)),
                ('name', models.CharField(blank=True, default='', max_length=255)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('period_from', models.DateTimeField()),
                ('period_to', models.DateTimeField()),
                ('instant', models.CharField(choices=[('then', "Each order's own price date"), ('now', 'Today')], default='then', max_length=8)),
                ('partnerships', models.JSONField(default=list)),
                ('lists', models.JSONField(default=list)),
                ('policies', models.JSONField(default=list)),
                ('without_policies', models.JSONField(default=list)),
                ('assumed_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('partially_succeeded', 'Partially succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=24)),
                ('rows_total', models.PositiveIntegerField(default=0)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('failure', models.TextField(blank=True, default='')),
                ('as_of', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('period_from__lt', models.F('period_to'))), name='price_simulation_period')],
                'indexes': [models.Index(fields=['organization', '-id'], name='price_simulation_latest')],
            },
        ),
        migrations.CreateModel(
            name='PriceSimulationRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('frozen', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('current', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('assumed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('dearer', models.PositiveIntegerField(default=0)),
                ('cheaper', models.PositiveIntegerField(default=0)),
                ('unpriced', models.PositiveIntegerField(default=0)),
                ('floored', models.PositiveIntegerField(default=0)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('simulation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='pricing.pricesimulation')),
                ('level', models.CharField(choices=[('partner', 'Partner'), ('brand', 'Brand'), ('sku', 'SKU'), ('line', 'Order line')], max_length=8)),
                ('key', models.BigIntegerField()),
                ('label', models.CharField(max_length=255)),
                ('detail', models.CharField(blank=True, default='', max_length=255)),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18, null=True)),
                ('moved', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('simulation', 'level', 'key'), name='price_simulation_row_once')],
                'indexes': [models.Index(fields=['simulation', 'level', '-moved'], name='price_simulation_row_size')],
            },
        ),
    ])]
