import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
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
        ('orders', '0001_initial'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Promotion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('code', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField(default=1)),
                ('root', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='promotions.promotion')),
                ('label_zh', models.CharField(blank=True, default='', max_length=120)),
                ('label_en', models.CharField(blank=True, default='', max_length=120)),
                ('text_zh', models.TextField(blank=True, default='')),
                ('text_en', models.TextField(blank=True, default='')),
                ('effect', models.CharField(choices=[('percent_off', 'Percent off'), ('amount_off', 'Amount off'), ('threshold_off', 'Spend and save'), ('gift', 'Buy and get'), ('fixed_price', 'Special price'), ('add_on', 'Add-on price'), ('free_freight', 'Free freight')], max_length=16)),
                ('level', models.CharField(choices=[('line', 'Each line'), ('order', 'Whole order'), ('freight', 'Freight')], max_length=8)),
                ('reward', models.CharField(choices=[('percent', 'Percent'), ('amount', 'Amount'), ('price', 'Price'), ('gifts', 'Gifts')], default='percent', max_length=8)),
                ('value', marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('buy', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('get', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('every', marketplace.core.fields.AmountField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('max_quantity', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('max_sets', models.PositiveIntegerField(blank=True, null=True)),
                ('max_times', models.PositiveIntegerField(blank=True, null=True)),
                ('uom', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='draft', max_length=16)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('priority', models.PositiveSmallIntegerField(default=100)),
                ('stacking', models.CharField(choices=[('exclusive', 'Exclusive'), ('stackable', 'Stackable'), ('best_only', 'Best only')], default='best_only', max_length=12)),
                ('best_group', models.CharField(blank=True, default='', max_length=64)),
                ('stop', models.BooleanField(default=False)),
                ('threshold_on', models.CharField(choices=[('list', 'Amount before promotions'), ('net', 'Amount after discounts on lines'), ('quantity', 'Quantity')], default='list', max_length=8)),
                ('minimum', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('minimum_over', models.CharField(choices=[('line', 'The line alone'), ('variant', 'All lines of the SKU'), ('matching', 'All matching lines')], default='matching', max_length=8)),
                ('max_discount', marketplace.core.fields.AmountField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('coupon_required', models.BooleanField(default=False)),
                ('on_short', models.CharField(choices=[('skip', 'Leave the promotion out'), ('partial', 'Give what is left')], default='skip', max_length=8)),
                ('gift_mode', models.CharField(choices=[('zero', 'Gifts at no charge'), ('spread', 'Discount shared over goods and gifts')], default='zero', max_length=8)),
                ('hint_percent', models.PositiveSmallIntegerField(default=20)),
                ('configuration', models.JSONField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code', 'version'), name='promotion_version_once'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='promotion_window'), models.CheckConstraint(condition=models.Q(('priority__gte', 1), ('priority__lte', 9999)), name='promotion_priority'), models.CheckConstraint(condition=models.Q(models.Q(('level', 'line'), _negated=True), models.Q(('threshold_on', 'net'), _negated=True), _connector='OR'), name='promotion_line_not_net'), models.CheckConstraint(condition=models.Q(models.Q(('reward', 'percent'), _negated=True), ('value__isnull', True), models.Q(('value__gte', 0), ('value__lte', 100)), _connector='OR'), name='promotion_percent'), models.CheckConstraint(condition=models.Q(('value__isnull', True), ('value__gte', 0), _connector='OR'), name='promotion_value'), models.CheckConstraint(condition=models.Q(('minimum__gte', 0)), name='promotion_minimum'), models.CheckConstraint(condition=models.Q(('every__isnull', True), ('every__gt', 0), _connector='OR'), name='promotion_every')],
                'indexes': [models.Index(fields=['organization', '-updated_at'], name='promotion_latest'), models.Index(condition=models.Q(('status', 'effective')), fields=['organization'], name='promotion_live')],
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='promotions.promotion')),
                ('code', models.CharField(max_length=64)),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('limit', models.PositiveIntegerField(default=1)),
                ('used', models.PositiveIntegerField(default=0)),
                ('status', models.CharField(choices=[('unused', 'Unused'), ('locked', 'Locked'), ('used', 'Used'), ('expired', 'Expired'), ('voided', 'Voided')], default='unused', max_length=8)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='promotion_coupon_once'), models.CheckConstraint(condition=models.Q(('used__lte', models.F('limit'))), name='promotion_coupon_used'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='promotion_coupon_window')],
                'indexes': [models.Index(fields=['promotion', 'status', 'id'], name='promotion_coupons')],
            },
        ),
        migrations.CreateModel(
            name='AppliedPromotion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applied_promotions', to='orders.order')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='promotions.promotion')),
                ('version', models.PositiveIntegerField()),
                ('configuration', models.JSONField()),
                ('coupon', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='promotions.coupon')),
                ('tier_id', models.BigIntegerField(blank=True, null=True)),
                ('basis', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('currency', models.CharField(max_length=3)),
                ('funding', models.JSONField(default=dict)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('order', 'promotion'), name='promotion_applied_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='promotion_applied_amount')],
                'indexes': [models.Index(fields=['promotion', 'at'], name='promotion_applied_at')],
            },
        ),
        migrations.CreateModel(
            name='PromotionAudience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audience', to='promotions.promotion')),
                ('exclude', models.BooleanField(default=False)),
                ('channel', models.CharField(blank=True, default='', max_length=16)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='promotion_audience'), models.CheckConstraint(condition=models.Q(('channel', ''), models.Q(('grade__isnull', True), ('group__isnull', True), ('partnership__isnull', True)), _connector='OR'), name='promotion_audience_channel')],
            },
        ),
        migrations.CreateModel(
            name='PromotionCap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='caps', to='promotions.promotion')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='made', to='promotions.promotioncap')),
                ('each', models.BooleanField(default=False)),
                ('measure', models.CharField(choices=[('uses', 'Uses'), ('amount', 'Discount amount'), ('quantity', 'Gift quantity')], max_length=8)),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('limit', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('promotion', 'partnership', 'measure', 'variant', 'uom', 'each'), name='promotion_cap_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('limit__gte', 0), ('reserved__gte', 0), ('used__gte', 0)), name='promotion_cap_not_negative'), models.CheckConstraint(condition=models.Q(('limit__gte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('used')))), name='promotion_cap_holds'), models.CheckConstraint(condition=models.Q(models.Q(('measure', 'quantity'), ('uom__isnull', False), ('variant__isnull', False)), models.Q(models.Q(('measure', 'quantity'), _negated=True), ('uom__isnull', True), ('variant__isnull', True)), _connector='OR'), name='promotion_cap_gift'), models.CheckConstraint(condition=models.Q(('each', False), models.Q(('partnership__isnull', True), ('reserved', 0), ('used', 0)), _connector='OR'), name='promotion_cap_each')],
            },
        ),
        migrations.CreateModel(
            name='PromotionCapMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('cap', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='promotions.promotioncap')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('cause', models.CharField(choices=[('reserve', 'Order placed'), ('follow', 'Shipped, cancelled or returned'), ('give_back', 'Order cancelled'), ('change', 'Order changed')], max_length=12)),
                ('seq', models.PositiveIntegerField()),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cap', 'order', 'cause', 'seq'), name='promotion_cap_move_once')],
            },
        ),
        migrations.CreateModel(
            name='PromotionComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='components', to='promotions.promotion')),
                ('position', models.PositiveSmallIntegerField()),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('promotion', 'position'), name='promotion_component_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='promotion_component_quantity'), models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('variant', 'product', 'category', 'brand'), 1)), name='promotion_component_scope')],
            },
        ),
        migrations.CreateModel(
            name='PromotionFunding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='funding', to='promotions.promotion')),
                ('bearer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('share', models.DecimalField(decimal_places=2, max_digits=5)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('promotion', 'bearer'), name='promotion_funding_once'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 100)), name='promotion_funding_share')],
            },
        ),
        migrations.CreateModel(
            name='PromotionScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scope', to='promotions.promotion')),
                ('exclude', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('variant', 'product', 'category', 'brand'), 1)), name='promotion_scope')],
            },
        ),
        migrations.CreateModel(
            name='PromotionSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('strategy', models.CharField(choices=[('stack', 'Combined by their rules'), ('best', 'The best one alone')], default='stack', max_length=8)),
                ('max_coupons', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'verbose_name_plural': 'promotion settings',
            },
        ),
        migrations.CreateModel(
            name='PromotionSimulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('partially_succeeded', 'Partially succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=24)),
                ('period_from', models.DateTimeField()),
                ('period_to', models.DateTimeField()),
                ('drafts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('with_live', models.BooleanField(default=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('failure', models.TextField(blank=True, default='')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('as_of', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='promotion_simulations')],
            },
        ),
        migrations.CreateModel(
            name='PromotionTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='promotions.promotion')),
                ('threshold', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reward', models.CharField(choices=[('percent', 'Percent'), ('amount', 'Amount'), ('price', 'Price'), ('gifts', 'Gifts')], max_length=8)),
                ('value', marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('promotion', 'threshold'), name='promotion_tier_once'), models.CheckConstraint(condition=models.Q(('threshold__gte', 0)), name='promotion_tier_threshold')],
            },
        ),
        migrations.CreateModel(
            name='GiftPool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pools', to='promotions.promotion')),
                ('tier', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pool', to='promotions.promotiontier')),
                ('choose', models.PositiveSmallIntegerField(default=1)),
                ('on_short', models.CharField(choices=[('skip', 'Leave the gift out'), ('next', 'The next of the pool'), ('backorder', 'Owe the gift')], default='backorder', max_length=12)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('tier__isnull', True)), fields=('promotion',), name='promotion_pool_once'), models.CheckConstraint(condition=models.Q(('choose__gte', 1)), name='promotion_pool_choose')],
            },
        ),
        migrations.CreateModel(
            name='AppliedShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('applied', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='promotions.appliedpromotion')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotion_shares', to='orders.orderline')),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('free_quantity', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('pieces_reserved', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
                ('pieces_used', marketplace.core.fields.QuantityField(decimal_places=6, default=0, max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('applied', 'order_line'), name='promotion_share_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('free_quantity__gte', 0)), name='promotion_share_amount')],
            },
        ),
        migrations.CreateModel(
            name='CouponUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('coupon', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='promotions.coupon')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('status', models.CharField(choices=[('unused', 'Unused'), ('locked', 'Locked'), ('used', 'Used'), ('expired', 'Expired'), ('voided', 'Voided')], default='locked', max_length=8)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('coupon', 'order'), name='promotion_coupon_use_once')],
            },
        ),
        migrations.CreateModel(
            name='GiftPoolItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='promotions.giftpool')),
                ('position', models.PositiveSmallIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('uom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, default=1, max_digits=18)),
                ('price', marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pool', 'position'), name='promotion_pool_item_position'), models.UniqueConstraint(fields=('pool', 'variant', 'uom'), name='promotion_pool_item_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='promotion_pool_item_quantity')],
            },
        ),
    ])]
