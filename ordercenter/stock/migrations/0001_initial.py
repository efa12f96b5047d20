import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import marketplace.core.fields
import marketplace.parties.audience
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('orders', '0002_append_only'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Warehouse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('physical', 'Physical'), ('transit', 'In transit'), ('virtual', 'Virtual')], default='physical', max_length=8)),
                ('address', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.address')),
                ('allocates', models.BooleanField(default=True)),
                ('priority', models.PositiveIntegerField(default=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='warehouse_code_once'), models.UniqueConstraint(condition=models.Q(('kind', 'transit')), fields=('organization',), name='warehouse_one_transit'), models.CheckConstraint(condition=models.Q(('allocates', True), ('kind', 'transit'), _negated=True), name='warehouse_transit_idle')],
            },
        ),
        migrations.CreateModel(
            name='StockBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='stock.warehouse')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stock_balances', to='catalog.variant')),
                ('batch', models.CharField(blank=True, default='', max_length=64)),
                ('condition', models.CharField(choices=[('sellable', 'Sellable'), ('quarantine', 'Quarantine'), ('defective', 'Defective')], default='sellable', max_length=16)),
                ('on_hand', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('allocated', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('reserved', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'organization', 'warehouse', 'batch', 'condition'), name='stock_balance_once'), models.CheckConstraint(condition=models.Q(('allocated__gte', 0), ('reserved__gte', 0)), name='stock_promised_positive'), models.CheckConstraint(condition=models.Q(('on_hand__gte', django.db.models.expressions.CombinedExpression(models.F('allocated'), '+', models.F('reserved')))), name='stock_promised_is_there')],
                'indexes': [models.Index(fields=['organization', 'warehouse'], name='stock_balance_owner')],
            },
        ),
        migrations.CreateModel(
            name='StockEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('kind', models.CharField(choices=[('receipt', 'Goods in'), ('adjustment', 'Stock adjustment'), ('count', 'Stock count'), ('condition', 'Condition change'), ('transfer', 'Stock transfer')], max_length=16)),
                ('number', models.CharField(max_length=64)),
                ('reference', models.CharField(blank=True, default='', max_length=128)),
                ('external_number', models.CharField(blank=True, default='', max_length=128)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('occurred_at', models.DateTimeField()),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'stock entries',
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='stock_entry_number_once'), models.UniqueConstraint(condition=models.Q(('external_number', ''), _negated=True), fields=('organization', 'kind', 'external_number'), name='stock_entry_external_once')],
            },
        ),
        migrations.CreateModel(
            name='StockCountLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='count_lines', to='stock.stockentry')),
                ('balance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.stockbalance')),
                ('booked', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('counted', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'balance'), name='stock_count_line_once'), models.CheckConstraint(condition=models.Q(('counted__gte', 0)), name='stock_count_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='StockMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('balance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='stock.stockbalance')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('kind', models.CharField(choices=[('receipt', 'Receipt in'), ('shipment', 'Shipment out'), ('return', 'Return in'), ('transfer_out', 'Transfer out'), ('transfer_in', 'Transfer in'), ('count', 'Count difference'), ('adjustment', 'Stock adjustment'), ('condition', 'Condition change'), ('reversal', 'Stock reversal'), ('sell_through', 'Sold through')], max_length=16)),
                ('document_kind', models.CharField(max_length=32)),
                ('document_id', models.BigIntegerField()),
                ('document_number', models.CharField(blank=True, default='', max_length=64)),
                ('line', models.BigIntegerField(default=0)),
                ('seq', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('occurred_at', models.DateTimeField()),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('document_kind', 'document_id', 'line', 'seq', 'balance'), name='stock_move_once'), models.CheckConstraint(condition=models.Q(('quantity', 0), _negated=True), name='stock_move_moves')],
                'indexes': [models.Index(fields=['balance', 'id'], name='stock_move_balance'), models.Index(fields=['organization', 'posted_at', 'id'], name='stock_move_newest')],
            },
        ),
        migrations.CreateModel(
            name='StockVisibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.category')),
                ('warehouses', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('show', models.CharField(choices=[('none', 'Hidden'), ('yes_no', 'In stock or out of stock'), ('band', 'Bands'), ('rounded', 'Rounded'), ('exact', 'Exact figure')], max_length=8)),
            ],
            options={
                'verbose_name_plural': 'stock visibilities',
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='stock_visibility_audience'), models.UniqueConstraint(fields=('organization', 'partnership', 'group', 'grade', 'variant', 'product', 'category', 'warehouses'), name='stock_visibility_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='StockSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('default_warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.warehouse')),
                ('reservation_minutes', models.PositiveSmallIntegerField(default=10)),
            ],
            options={
                'verbose_name_plural': 'stock settings',
                'constraints': [models.UniqueConstraint(fields=('organization',), name='stock_settings_once'), models.CheckConstraint(condition=models.Q(('reservation_minutes__gte', 1), ('reservation_minutes__lte', 1440)), name='stock_settings_minutes')],
            },
        ),
        migrations.CreateModel(
            name='SafetyStock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='safety_stocks', to='stock.warehouse')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='safety_stocks', to='catalog.variant')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
            ],
            options={
                'verbose_name_plural': 'safety stocks',
                'constraints': [models.UniqueConstraint(fields=('organization', 'variant', 'warehouse'), name='safety_stock_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='safety_stock_positive')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('cart', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.cart')),
                ('balance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='stock.stockbalance')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='reservation_expiry')],
                'constraints': [models.UniqueConstraint(fields=('cart', 'balance'), name='reservation_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='reservation_positive')],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order_line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('balance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='stock.stockbalance')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('shipped', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('freed', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('placed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order_line', 'balance'), name='allocation_once'), models.CheckConstraint(condition=models.Q(('freed__gte', 0), ('quantity__gt', 0), ('shipped__gte', 0)), name='allocation_positive'), models.CheckConstraint(condition=models.Q(('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('shipped'), '+', models.F('freed')))), name='allocation_within')],
            },
        ),
    ])]
