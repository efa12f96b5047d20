import django.db.models.deletion
import django.db.models.expressions
import marketplace.core.fields
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
            name='Cart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'seller'), name='cart_one_per_seller', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('seller', models.F('organization')), _negated=True), name='cart_two_sides')],
            },
        ),
        migrations.CreateModel(
            name='CartLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('cart', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.cart')),
                ('position', models.PositiveIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('unit_price', marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('priced_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cart', 'variant', 'uom'), name='cart_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='cart_line_quantity')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=32)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='parties.partnership')),
                ('channel', models.CharField(choices=[('dealer', 'Dealer order'), ('sub_dealer', 'Sub-dealer order'), ('purchase', 'Purchase'), ('mall', 'Mall order'), ('microshop', 'Micro-shop order'), ('platform', 'Platform order')], default='dealer', max_length=16)),
                ('kind', models.CharField(choices=[('standard', 'Standard order'), ('sample', 'Sample order')], default='standard', max_length=16)),
                ('entry_mode', models.CharField(choices=[('self', 'Self-service'), ('rep', 'By sales rep'), ('seller', 'By seller'), ('import', 'By import'), ('api', 'By API')], default='self', max_length=16)),
                ('integration', models.CharField(blank=True, default='', max_length=32)),
                ('external_number', models.CharField(blank=True, default='', max_length=64)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('tax_included', models.BooleanField()),
                ('priced_at', models.DateTimeField()),
                ('parties', models.JSONField(default=dict)),
                ('address', models.JSONField(default=dict)),
                ('requested_on', models.DateField(blank=True, null=True)),
                ('promised_on', models.DateField(blank=True, null=True)),
                ('buyer_reference', models.CharField(blank=True, default='', max_length=64)),
                ('note', models.TextField(blank=True, default='')),
                ('payment_method', models.CharField(choices=[('bank_transfer', 'Bank transfer'), ('online', 'Online payment'), ('fund_account', 'Fund account'), ('on_account', 'On account'), ('acceptance_bill', 'Acceptance bill'), ('on_delivery', 'On delivery')], max_length=16)),
                ('payment_days', models.PositiveSmallIntegerField()),
                ('short_policy', models.CharField(choices=[('complete_order', 'Complete order'), ('complete_line', 'Complete lines'), ('partial', 'Partial allowed'), ('partial_cancel', 'Cancel the rest')], max_length=16)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('placed', 'Awaiting confirmation'), ('declined', 'Declined'), ('confirmed', 'Confirmed'), ('completed', 'Completed'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], max_length=16)),
                ('fulfilment_status', models.CharField(choices=[('not_shipped', 'Not shipped'), ('partially_shipped', 'Partially shipped'), ('shipped', 'Shipped'), ('partially_received', 'Partially received'), ('received', 'Received'), ('partially_stocked', 'Partially put away'), ('stocked', 'Put away')], default='not_shipped', max_length=20)),
                ('billing_status', models.CharField(choices=[('not_invoiced', 'Not invoiced'), ('partially_invoiced', 'Partially invoiced'), ('invoiced', 'Invoiced')], default='not_invoiced', max_length=20)),
                ('return_status', models.CharField(choices=[('not_returned', 'Not returned'), ('partially_returned', 'Partially returned'), ('returned', 'Returned')], default='not_returned', max_length=20)),
                ('waiting_for', models.CharField(choices=[('seller_confirmation', "Seller's confirmation"), ('stock', 'Stock'), ('shipment', 'Shipping'), ('receipt', 'Receiving'), ('nothing', 'Nothing')], default='seller_confirmation', max_length=20)),
                ('in_transit', models.BooleanField(default=False)),
                ('line_count', models.PositiveIntegerField()),
                ('list_amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('discount', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('reduction', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('cancelled_tax', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('cancelled_gross', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('version', models.PositiveIntegerField(default=1)),
                ('placed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='order_number_once'), models.UniqueConstraint(condition=models.Q(('external_number', ''), _negated=True), fields=('seller', 'integration', 'external_number'), name='order_external_once'), models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='order_two_sides'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax')))), name='order_gross'), models.CheckConstraint(condition=models.Q(('cancelled_gross__gte', 0), ('cancelled_gross__lte', models.F('gross'))), name='order_cancelled_value')],
                'indexes': [models.Index(fields=['seller', '-placed_at', '-id'], name='order_of_seller'), models.Index(fields=['buyer', '-placed_at', '-id'], name='order_of_buyer'), models.Index(fields=['seller', 'status', 'waiting_for'], name='order_inbox'), models.Index(fields=['number'], name='order_number_prefix', opclasses=['varchar_pattern_ops'])],
            },
        ),
        migrations.CreateModel(
            name='OrderCancellation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cancellations', to='orders.order')),
                ('kind', models.CharField(choices=[('cancel', 'Cancelled'), ('short', 'Stock short'), ('close', 'Closed')], default='cancel', max_length=8)),
                ('lines', models.JSONField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('actor_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='orders.order')),
                ('seq', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('actor_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('actor_organization', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('document_kind', models.CharField(blank=True, default='', max_length=16)),
                ('document_id', models.BigIntegerField(null=True)),
                ('visible', models.CharField(choices=[('seller', 'Seller'), ('buyer', 'Buyer'), ('both', 'Both sides')], default='both', max_length=8)),
                ('data', models.JSONField(default=dict)),
                ('dedupe_key', models.CharField(max_length=96)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'seq'), name='order_event_seq_once'), models.UniqueConstraint(fields=('order', 'dedupe_key'), name='order_event_once')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.order')),
                ('position', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('goods', 'Goods'), ('gift', 'Gift'), ('charge', 'Charge')], default='goods', max_length=8)),
                ('variant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('sku', models.CharField(max_length=64)),
                ('uom', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('factor', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('1'), max_digits=18)),
                ('base_quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('unit_price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('list_price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('floor_price', marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('snapshot', models.JSONField(default=dict)),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=6)),
                ('list_amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('discount', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('reduction', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('requested_on', models.DateField(blank=True, null=True)),
                ('promised_on', models.DateField(blank=True, null=True)),
                ('cancelled', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('allocated', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('shipped', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('received', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('differed', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('stocked', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('returned', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('invoiced', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'position'), name='order_line_position_once'), models.CheckConstraint(condition=models.Q(('factor__gt', 0), ('quantity__gt', 0)), name='order_line_quantity'), models.CheckConstraint(condition=models.Q(('kind', 'charge'), ('variant__isnull', False), _connector='OR'), name='order_line_variant'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax')))), name='order_line_gross'), models.CheckConstraint(condition=models.Q(('allocated__gte', 0), ('cancelled__gte', 0), ('differed__gte', 0), ('invoiced__gte', 0), ('received__gte', 0), ('returned__gte', 0), ('shipped__gte', 0), ('stocked__gte', 0)), name='order_line_not_negative'), models.CheckConstraint(condition=models.Q(('shipped__lte', django.db.models.expressions.CombinedExpression(models.F('quantity'), '-', models.F('cancelled')))), name='order_line_shipped'), models.CheckConstraint(condition=models.Q(('received__lte', django.db.models.expressions.CombinedExpression(models.F('shipped'), '-', models.F('differed')))), name='order_line_received'), models.CheckConstraint(condition=models.Q(('stocked__lte', models.F('received'))), name='order_line_stocked'), models.CheckConstraint(condition=models.Q(('returned__lte', models.F('received'))), name='order_line_returned'), models.CheckConstraint(condition=models.Q(('allocated__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '-', models.F('cancelled')), '-', models.F('shipped')))), name='order_line_allocated'), models.CheckConstraint(condition=models.Q(('invoiced__lte', django.db.models.expressions.CombinedExpression(models.F('quantity'), '-', models.F('cancelled')))), name='order_line_invoiced')],
                'indexes': [models.Index(fields=['variant', 'order'], name='order_line_of_variant')],
            },
        ),
        migrations.CreateModel(
            name='OrderSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('auto_confirm', models.BooleanField(default=False)),
                ('takes_backorders', models.BooleanField(default=True)),
                ('buyer_may_cancel', models.BooleanField(default=False)),
                ('minimum_value', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('reopen_days', models.PositiveSmallIntegerField(default=30)),
                ('number_prefix', models.CharField(default='SO', max_length=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='order_settings_once'), models.CheckConstraint(condition=models.Q(('minimum_value__gte', 0)), name='order_settings_minimum')],
            },
        ),
        migrations.CreateModel(
            name='SavedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=128)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'owner', 'seller', 'name'), name='saved_list_name_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SavedListLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('saved_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.savedlist')),
                ('position', models.PositiveIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('saved_list', 'variant', 'uom'), name='saved_list_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='saved_list_line_quantity')],
            },
        ),
        migrations.CreateModel(
            name='SavedListShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('saved_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='orders.savedlist')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.unit')),
                ('access', models.CharField(choices=[('read', 'Read'), ('write', 'Write')], default='read', max_length=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('saved_list', 'user', 'unit'), name='saved_list_share_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('user', None), ('unit', None), _connector='OR'), name='saved_list_share_one')],
            },
        ),
    ])]
