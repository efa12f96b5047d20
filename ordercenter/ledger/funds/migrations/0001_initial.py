import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
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
        ('catalog', '0005_product_tax_category_index'),
        ('ledger', '0002_append_only'),
        ('orders', '0008_cancelled_from_the_end'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('parties', '__first__'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='FundAccount',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('ledger.ledgeraccount',),
        ),
        migrations.CreateModel(
            name='FundUseRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('kind', models.CharField(choices=[('expense', 'Expense credit'), ('goods', 'Goods credit'), ('rebate', 'Rebate balance'), ('cash', 'Prepaid cash')], max_length=8)),
                ('priority', models.PositiveSmallIntegerField(default=100)),
                ('mode', models.CharField(choices=[('auto', 'Automatic use'), ('manual', 'Manual use'), ('off', 'No use')], default='auto', max_length=8)),
                ('treatment', models.CharField(choices=[('payment', 'As payment'), ('price_reduction', 'Price reduction')], default='payment', max_length=16)),
                ('max_percent', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=5)),
                ('min_order', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('currency', marketplace.core.fields.CurrencyField(blank=True, default='', max_length=3)),
                ('with_promotions', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='fund_use_rule_audience'), models.CheckConstraint(condition=models.Q(('kind', 'deposit'), _negated=True), name='fund_use_rule_no_deposit'), models.CheckConstraint(condition=models.Q(('max_percent__gt', 0), ('max_percent__lte', 100)), name='fund_use_rule_percent'), models.CheckConstraint(condition=models.Q(('min_order__gte', 0)), name='fund_use_rule_min_order')],
                'indexes': [models.Index(fields=['organization', 'kind'], name='fund_use_rule_kind')],
            },
        ),
        migrations.CreateModel(
            name='FundGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='ledger.ledgeraccount')),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('source_kind', models.CharField(choices=[('fund_top_up', 'Fund top-up'), ('fund_transfer', 'Fund transfer'), ('fund_adjustment', 'Balance adjustment'), ('fund_refund', 'Paid out'), ('fund_interest', 'Interest'), ('fund_expiry', 'Expired'), ('fund_take_back', 'Taken back'), ('clearing', 'Clearing'), ('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('rebate_settlement', 'Rebate settlement'), ('payment', 'Payment')], max_length=32)),
                ('source_id', models.BigIntegerField()),
                ('seq', models.PositiveIntegerField(default=1)),
                ('number', models.CharField(blank=True, default='', max_length=64)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('remaining', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('restored_to', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('usable_to', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Greatest(models.F('valid_to'), models.F('restored_to')), output_field=marketplace.core.instants.InstantField())),
                ('use_rule', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='funds.funduserule')),
                ('variant_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='ledger.ledgerentry')),
                ('cost_kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit'), ('receivable', 'Receivable'), ('payable', 'Payable'), ('rebate_accrual', 'Rebate accrual'), ('expense_accrual', 'Expense accrual'), ('revenue', 'Revenue'), ('tax', 'Tax'), ('bank', 'Bank'), ('rebate_cost', 'Rebate cost'), ('expense_cost', 'Expense cost'), ('interest_cost', 'Interest cost'), ('write_off', 'Write-off'), ('goods_accrual', 'Goods accrual'), ('accrued_revenue', 'Accrued revenue'), ('deduction', 'Deduction'), ('discount', 'Early payment discount'), ('rounding', 'Rounding difference'), ('opening', 'Opening balance')], max_length=16)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('told_end', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'source_kind', 'source_id', 'seq'), name='fund_grant_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('reserved__gte', 0), ('reserved__lte', models.F('remaining')), ('remaining__lte', models.F('amount'))), name='fund_grant_within'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='fund_grant_window')],
                'indexes': [models.Index(condition=models.Q(('remaining__gt', 0)), fields=['account'], name='fund_grant_live'), models.Index(condition=models.Q(('remaining__gt', models.F('reserved'))), fields=['usable_to'], name='fund_grant_ends'), models.Index(fields=['seller', '-id'], name='fund_grant_seller'), models.Index(fields=['partnership', '-id'], name='fund_grant_partner'), models.Index(fields=['source_kind', 'source_id'], name='fund_grant_source')],
            },
        ),
        migrations.CreateModel(
            name='FundReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.ledgeraccount')),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('treatment', models.CharField(choices=[('payment', 'As payment'), ('price_reduction', 'Price reduction')], max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('freed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('returned', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='funds.fundgrant')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('used__gte', 0), ('freed__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(models.F('used'), '+', models.F('freed'))), ('returned__gte', 0), ('returned__lte', models.F('used'))), name='fund_reservation_within')],
            },
        ),
        migrations.CreateModel(
            name='FundSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('restore_days', models.PositiveSmallIntegerField(default=30)),
                ('interest_percent', models.DecimalField(blank=True, decimal_places=4, max_digits=6, null=True)),
                ('notice_days', models.PositiveSmallIntegerField(db_default=14, default=14)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='fund_settings_once'), models.CheckConstraint(condition=models.Q(('interest_percent', None), models.Q(('interest_percent__gt', 0), ('interest_percent__lte', 36)), _connector='OR'), name='fund_settings_interest')],
            },
        ),
        migrations.CreateModel(
            name='FundTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=64)),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('source_kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('target_kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('posted', 'Posted'), ('reversed', 'Reversed')], default='draft', max_length=16)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='fund_transfer_number_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='fund_transfer_positive'), models.CheckConstraint(condition=models.Q(models.Q(('source', models.F('target')), _negated=True), models.Q(('source_kind', models.F('target_kind')), _negated=True), _connector='OR'), name='fund_transfer_moves')],
                'indexes': [models.Index(fields=['organization', '-id'], name='fund_transfer_newest')],
            },
        ),
        migrations.CreateModel(
            name='FundUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('grant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='funds.fundgrant')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.ledgeraccount')),
                ('reservation', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='funds.fundreservation')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('treatment', models.CharField(blank=True, choices=[('payment', 'As payment'), ('price_reduction', 'Price reduction')], default='', max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('document_kind', models.CharField(choices=[('fund_top_up', 'Fund top-up'), ('fund_transfer', 'Fund transfer'), ('fund_adjustment', 'Balance adjustment'), ('fund_refund', 'Paid out'), ('fund_interest', 'Interest'), ('fund_expiry', 'Expired'), ('fund_take_back', 'Taken back'), ('clearing', 'Clearing'), ('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('rebate_settlement', 'Rebate settlement'), ('payment', 'Payment')], max_length=32)),
                ('document_id', models.BigIntegerField()),
                ('seq', models.PositiveIntegerField(default=1)),
                ('number', models.CharField(blank=True, default='', max_length=64)),
                ('posting', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.ledgerposting')),
                ('used_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reservation', 'grant', 'document_kind', 'document_id', 'seq'), name='fund_use_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='fund_use_moves')],
                'indexes': [models.Index(fields=['grant', 'id'], name='fund_use_grant'), models.Index(fields=['account', '-id'], name='fund_use_account'), models.Index(fields=['seller', '-id'], name='fund_use_seller'), models.Index(fields=['buyer', '-id'], name='fund_use_buyer'), models.Index(fields=['document_kind', 'document_id'], name='fund_use_document')],
            },
        ),
        migrations.CreateModel(
            name='FundTopUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('number', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('use_rule', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.funduserule')),
                ('reference', models.CharField(blank=True, default='', max_length=255)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('posted', 'Posted'), ('reversed', 'Reversed')], default='draft', max_length=16)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_at', models.DateTimeField(blank=True, null=True)),
                ('variants', models.ManyToManyField(blank=True, related_name='+', to='catalog.variant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='fund_top_up_number_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='fund_top_up_positive'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='fund_top_up_window')],
                'indexes': [models.Index(fields=['seller', '-id'], name='fund_top_up_newest')],
            },
        ),
        migrations.CreateModel(
            name='FundShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.ledgeraccount')),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('treatment', models.CharField(choices=[('payment', 'As payment'), ('price_reduction', 'Price reduction')], max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('used', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('freed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('returned', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('order_line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.funduserule')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('used__gte', 0), ('freed__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(models.F('used'), '+', models.F('freed'))), ('returned__gte', 0), ('returned__lte', models.F('used'))), name='fund_share_within'), models.UniqueConstraint(condition=models.Q(('amount__gt', django.db.models.expressions.CombinedExpression(models.F('used'), '+', models.F('freed')))), fields=('order_line', 'account', 'treatment'), name='fund_share_one_open')],
                'indexes': [models.Index(fields=['order_line'], name='fund_share_line')],
            },
        ),
        migrations.CreateModel(
            name='FundUseRuleScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='funds.funduserule')),
                ('excludes', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('variant', 'product', 'category', 'brand'), 1)), name='fund_use_rule_scope_one')],
            },
        ),
        migrations.CreateModel(
            name='FundAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('number', models.CharField(max_length=64)),
                ('cause', models.CharField(choices=[('fund_top_up', 'Fund top-up'), ('fund_transfer', 'Fund transfer'), ('fund_adjustment', 'Balance adjustment'), ('fund_refund', 'Paid out'), ('fund_interest', 'Interest'), ('fund_expiry', 'Expired'), ('fund_take_back', 'Taken back'), ('clearing', 'Clearing'), ('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('rebate_settlement', 'Rebate settlement'), ('payment', 'Payment')], max_length=32)),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit')], max_length=8)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reason', models.CharField(max_length=500)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='fund_adjustment_number_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='fund_adjustment_moves'), models.CheckConstraint(condition=models.Q(('cause', 'fund_adjustment'), models.Q(('amount__lt', 0), ('cause', 'fund_refund')), _connector='OR'), name='fund_adjustment_cause')],
            },
        ),
    ]),
    ]
