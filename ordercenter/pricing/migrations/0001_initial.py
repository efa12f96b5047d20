import datetime
import django.db.models.deletion
import django.db.models.functions.datetime
import marketplace.core.fields
import marketplace.core.instants
import marketplace.parties.audience
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='PriceList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('managed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('code', models.CharField(max_length=64)),
                ('public_label_zh', models.CharField(blank=True, default='', max_length=255)),
                ('public_label_en', models.CharField(blank=True, default='', max_length=255)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='draft', max_length=16)),
                ('uom_fallback', models.CharField(choices=[('none', 'No price'), ('base', 'From base uom')], default='none', max_length=8)),
                ('tier_scope', models.CharField(choices=[('line', 'Each line'), ('variant', 'All lines of the SKU'), ('product', 'All lines of the product')], default='line', max_length=8)),
                ('fixed', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=0)),
                ('row_count', models.PositiveIntegerField(default=0)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('effective_since', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='price_list_code_once'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='price_list_window')],
                'indexes': [models.Index(fields=['organization', '-updated_at'], name='price_list_latest')],
            },
        ),
        migrations.CreateModel(
            name='PriceImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('file_name', models.CharField(max_length=255)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('partially_succeeded', 'Partially succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=24)),
                ('phase', models.CharField(choices=[('stage', 'Reading the file'), ('validate', 'Checking'), ('preview', 'Preview'), ('apply', 'Applying'), ('done', 'Done')], default='stage', max_length=12)),
                ('on_error', models.CharField(choices=[('reject_all', 'Reject the whole file'), ('skip_rows', 'Skip rows with errors')], default='reject_all', max_length=12)),
                ('rows_total', models.PositiveIntegerField(default=0)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('new_count', models.PositiveIntegerField(default=0)),
                ('changed_count', models.PositiveIntegerField(default=0)),
                ('unchanged_count', models.PositiveIntegerField(default=0)),
                ('error_count', models.PositiveIntegerField(default=0)),
                ('failure', models.TextField(blank=True, default='')),
                ('headings', models.JSONField(default=list)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='pricing.pricelist')),
                ('mode', models.CharField(choices=[('merge', 'Keep the others'), ('replace', 'End the others')], default='merge', max_length=8)),
                ('effective_at', marketplace.core.instants.InstantField(blank=True, null=True)),
                ('ended_count', models.PositiveIntegerField(default=0)),
                ('warning_count', models.PositiveIntegerField(default=0)),
                ('largest_changes', models.JSONField(default=list)),
                ('warnings', models.JSONField(default=list)),
                ('list_version', models.PositiveIntegerField(null=True)),
                ('last_row', models.BigIntegerField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('reverted_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='price_import_latest')],
            },
        ),
        migrations.CreateModel(
            name='PriceImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('price_import', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='upload', to='pricing.priceimport')),
                ('content', models.BinaryField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PriceImportUndo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('price_import', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='undo', to='pricing.priceimport')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.unitofmeasure')),
                ('min_quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('amount', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PricePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('code', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='draft', max_length=16)),
                ('internal', models.BooleanField(default=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'price policies',
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='price_policy_code_once'), models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='price_policy_audience'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='price_policy_window')],
            },
        ),
        migrations.CreateModel(
            name='PricePolicyLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='pricing.pricepolicy')),
                ('kind', models.CharField(choices=[('list', 'Price list')], default='list', max_length=16)),
                ('price_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='pricing.pricelist')),
                ('priority', models.PositiveSmallIntegerField(default=100)),
                ('merge', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'price_list'), name='price_policy_list_once'), models.CheckConstraint(condition=models.Q(('priority__gte', 1), ('priority__lte', 9999)), name='price_policy_line_priority'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'list'), _negated=True), ('price_list__isnull', False), _connector='OR'), name='price_policy_line_list'), models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='price_policy_line_audience'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='price_policy_line_window')],
                'indexes': [models.Index(condition=models.Q(('partnership__isnull', False), ('kind', 'list')), fields=['partnership'], name='price_list_of_partner'), models.Index(condition=models.Q(('group__isnull', False), ('kind', 'list')), fields=['group'], name='price_list_of_group'), models.Index(condition=models.Q(('grade__isnull', False), ('kind', 'list')), fields=['grade'], name='price_list_of_grade'), models.Index(condition=models.Q(('grade__isnull', True), ('group__isnull', True), ('partnership__isnull', True), ('kind', 'list')), fields=['organization'], name='price_list_of_everyone')],
            },
        ),
        migrations.CreateModel(
            name='PriceRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('price_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='pricing.pricelist')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('min_quantity', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('amount', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('price_import', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.priceimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('price_list', 'variant', 'uom', 'min_quantity', 'valid_from'), include=('id', 'amount', 'valid_to'), name='price_row_slot_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('min_quantity__gte', 0)), name='price_row_not_negative'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='price_row_window')],
                'indexes': [models.Index(condition=models.Q(('price_import__isnull', False)), fields=['price_import'], name='price_row_import')],
            },
        ),
        migrations.CreateModel(
            name='PricingSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('tax_included', models.BooleanField(default=True)),
                ('strategy', models.CharField(choices=[('priority', 'By priority'), ('minimum', 'Lowest')], default='priority', max_length=8)),
                ('price_date', models.CharField(choices=[('order', 'Order date'), ('delivery', 'Delivery date')], default='order', max_length=8)),
                ('draft_freeze_hours', models.PositiveIntegerField(default=0)),
                ('max_line_discount', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=5)),
            ],
            options={
                'verbose_name_plural': 'pricing settings',
                'constraints': [models.UniqueConstraint(fields=('organization', 'currency'), name='pricing_settings_once'), models.CheckConstraint(condition=models.Q(('max_line_discount__gte', 0), ('max_line_discount__lte', 100)), name='pricing_settings_discount')],
            },
        ),
        migrations.CreateModel(
            name='PriceImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('errors', models.JSONField(default=list)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('price_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='pricing.priceimport')),
                ('code', models.CharField(blank=True, default='', max_length=64)),
                ('uom_code', models.CharField(blank=True, default='', max_length=255)),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.unitofmeasure')),
                ('min_quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18, null=True)),
                ('amount', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20, null=True)),
                ('valid_from', marketplace.core.instants.InstantField(null=True)),
                ('valid_to', marketplace.core.instants.InstantField(null=True)),
                ('old_amount', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20, null=True)),
                ('change', models.CharField(blank=True, choices=[('new', 'New'), ('changed', 'Changed'), ('unchanged', 'Unchanged')], default='', max_length=16)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('errors', []), _negated=True), fields=['price_import', 'position'], name='price_import_row_errors')],
                'constraints': [models.UniqueConstraint(fields=('price_import', 'position'), name='price_import_row_once')],
            },
        ),
    ])]
