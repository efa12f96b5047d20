import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.db.models.functions.text
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
        ('core', '0001_extensions'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Assortment',
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
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='effective', max_length=16)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='assortment_code_once'), models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='assortment_audience'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='assortment_window'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='assortment_named')],
            },
        ),
        migrations.CreateModel(
            name='UnitOfMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.CharField(max_length=16, unique=True)),
                ('exponent', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'units of measure',
                'constraints': [models.CheckConstraint(condition=models.Q(('exponent__lte', 6)), name='uom_exponent'), models.CheckConstraint(condition=models.Q(('code__length__gt', 0)), name='uom_code_given')],
            },
        ),
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.SlugField(max_length=64)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('boolean', 'Yes or no'), ('date', 'Date'), ('choice', 'Choice')], default='text', max_length=8)),
                ('choices', models.JSONField(blank=True, default=list)),
                ('uom', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('of_variant', models.BooleanField(default=False)),
                ('is_facet', models.BooleanField(default=False)),
                ('position', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='attribute_code_once'), models.CheckConstraint(condition=models.Q(('kind', 'choice'), ('choices', []), _connector='OR'), name='attribute_choices_of_choice'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='attribute_named')],
            },
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.SlugField(allow_unicode=True, max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='brand_code_once'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='brand_named')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.category')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('depth', models.PositiveSmallIntegerField(default=0)),
                ('code', models.SlugField(allow_unicode=True, max_length=64)),
                ('position', models.PositiveIntegerField(default=0)),
                ('attributes', models.ManyToManyField(blank=True, related_name='categories', to='catalog.attribute')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='category_code_once'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='category_not_own_parent'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='category_named')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['ancestors'], name='category_ancestors')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('slug', models.SlugField(allow_unicode=True, max_length=255)),
                ('description_zh', models.TextField(blank=True, default='')),
                ('description_en', models.TextField(blank=True, default='')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.brand')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.category')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('axes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None)),
                ('tax_rate', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=6)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'slug'), name='product_slug_once'), models.CheckConstraint(condition=models.Q(('tax_rate__gte', 0), ('tax_rate__lt', 1)), name='product_tax_rate'), models.CheckConstraint(condition=models.Q(('axes__len__lte', 2)), name='product_two_axes'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='product_named')],
                'indexes': [models.Index(fields=['organization', '-updated_at', '-id'], name='product_updated')],
            },
        ),
        migrations.CreateModel(
            name='ProductImport',
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
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('product_import', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='upload', to='catalog.productimport')),
                ('content', models.BinaryField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('position', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('errors', models.JSONField(default=list)),
                ('product_import', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='catalog.productimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('product_import', 'position'), name='product_import_row_once')],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='catalog.product')),
                ('sku', models.CharField(max_length=64)),
                ('sku_key', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Lower(models.Func(models.F('sku'), output_field=models.TextField(), template='normalize(%(expressions)s, NFKC)')), function='btrim', output_field=models.TextField()), output_field=models.TextField())),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('position', models.PositiveIntegerField(default=0)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'sku'), name='variant_sku_once'), models.CheckConstraint(condition=models.Q(('sku', ''), _negated=True), name='variant_sku_given')],
                'indexes': [models.Index(models.F('organization'), django.contrib.postgres.indexes.OpClass('sku_key', name='text_pattern_ops'), name='variant_sku_prefix')],
            },
        ),
        migrations.CreateModel(
            name='ProductImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='catalog.product')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='catalog.variant')),
                ('file', models.CharField(max_length=255)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('sizes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None)),
                ('alt_zh', models.CharField(blank=True, default='', max_length=255)),
                ('alt_en', models.CharField(blank=True, default='', max_length=255)),
                ('position', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['product', 'position', 'id'], name='product_image_order')],
            },
        ),
        migrations.CreateModel(
            name='PartnerItemCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partner_codes', to='catalog.variant')),
                ('code', models.CharField(max_length=64)),
                ('code_key', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Lower(models.Func(models.F('code'), output_field=models.TextField(), template='normalize(%(expressions)s, NFKC)')), function='btrim', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code', 'variant'), name='partner_item_code_once'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='partner_item_code_given')],
                'indexes': [models.Index(fields=['organization', 'code_key'], name='partner_item_code_key')],
            },
        ),
        migrations.CreateModel(
            name='Pack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='catalog.variant')),
                ('uom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('factor', marketplace.core.fields.QuantityField(decimal_places=6, default=1, max_digits=18)),
                ('is_base', models.BooleanField(default=False)),
                ('is_default', models.BooleanField(default=False)),
                ('barcode', models.CharField(blank=True, default='', max_length=64)),
                ('barcode_key', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Lower(models.Func(models.F('barcode'), output_field=models.TextField(), template='normalize(%(expressions)s, NFKC)')), function='btrim', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'uom'), name='pack_uom_once'), models.UniqueConstraint(condition=models.Q(('is_base', True)), fields=('variant',), name='pack_one_base'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('variant',), name='pack_one_default'), models.CheckConstraint(condition=models.Q(('factor__gt', 0)), name='pack_factor_positive'), models.CheckConstraint(condition=models.Q(('is_base', False), ('factor', 1), _connector='OR'), name='pack_base_factor')],
                'indexes': [models.Index(models.F('organization'), django.contrib.postgres.indexes.OpClass('barcode_key', name='text_pattern_ops'), condition=models.Q(('barcode', ''), _negated=True), name='pack_barcode_prefix')],
            },
        ),
        migrations.CreateModel(
            name='OrderQuantityRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quantity_rules', to='catalog.variant')),
                ('uom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('min', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('step', marketplace.core.fields.QuantityField(decimal_places=6, default=1, max_digits=18)),
                ('max', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='quantity_rule_audience'), models.UniqueConstraint(fields=('variant', 'organization', 'uom', 'partnership', 'group', 'grade'), name='quantity_rule_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('min__gte', 0), ('step__gt', 0)), name='quantity_rule_positive'), models.CheckConstraint(condition=models.Q(('max', None), models.Q(('max__gte', django.db.models.functions.comparison.Greatest('min', 'step')), marketplace.parties.audience.LessOrEqual(django.db.models.functions.comparison.Greatest('min', 'step'), models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('max'), '/', models.F('step'))), '*', models.F('step')), output_field=models.DecimalField()))), _connector='OR'), name='quantity_rule_allows_some')],
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='catalog.variant')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('listed', 'Listed'), ('delisted', 'Delisted')], default='listed', max_length=16)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'organization'), name='listing_once'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='listing_window')],
            },
        ),
        migrations.CreateModel(
            name='AssortmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('assortment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='catalog.assortment')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.category')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.brand')),
                ('excluded', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('assortment', 'variant', 'product', 'category', 'brand'), name='assortment_line_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('variant', 'product', 'category', 'brand'), 1)), name='assortment_line_scope')],
            },
        ),
    ])]
