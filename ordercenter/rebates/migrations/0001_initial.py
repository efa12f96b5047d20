import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import marketplace.core.fields
import marketplace.core.instants
import marketplace.parties.audience
import ordercenter.rebates.models.accruals
import ordercenter.rebates.models.policies
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_extensions'),
        ('catalog', '0001_initial'),
        ('orders', '0001_initial'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='RebatePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('code', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField(default=1)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='draft', max_length=20)),
                ('period', models.CharField(choices=[('week', 'Week'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year'), ('whole_term', 'Whole term')], default='quarter', max_length=12)),
                ('basis', models.CharField(choices=[('ordered', 'By order'), ('shipped', 'By shipment'), ('received', 'By receipt'), ('invoiced', 'By invoice'), ('paid', 'By money received')], default='invoiced', max_length=12)),
                ('basis_tax', models.CharField(choices=[('net', 'Without tax'), ('gross', 'With tax')], default='net', max_length=8)),
                ('after_promotions', models.BooleanField(default=True)),
                ('negative_basis', models.BooleanField(default=False)),
                ('sequence', models.PositiveSmallIntegerField(default=100)),
                ('overlap_group', models.CharField(blank=True, default='', max_length=64)),
                ('pooling', models.CharField(choices=[('each', 'Each on its own'), ('together', 'Together')], default='each', max_length=12)),
                ('payout', models.CharField(choices=[('fund_account', 'To fund account'), ('credit_note', 'By credit note'), ('payment', 'By payment'), ('goods', 'In goods')], default='fund_account', max_length=16)),
                ('grant_days', models.PositiveSmallIntegerField(default=365)),
                ('use_rule', models.BigIntegerField(blank=True, null=True)),
                ('goods_variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('goods_per', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('goods_count', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('min_payout', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('max_correction', models.DecimalField(decimal_places=2, default=Decimal('20'), max_digits=6)),
                ('take_back', models.CharField(choices=[('carry', 'Carry forward'), ('charge', 'Charge')], default='carry', max_length=8)),
                ('carry_days', models.PositiveSmallIntegerField(default=90)),
                ('confirm_days', models.PositiveSmallIntegerField(default=7)),
                ('description', models.TextField(blank=True, default='')),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deducts', models.ManyToManyField(blank=True, related_name='deducted_by', to='rebates.rebatepolicy')),
            ],
            options={
                'verbose_name_plural': 'rebate policies',
                'constraints': [models.UniqueConstraint(fields=('organization', 'code', 'version'), name='rebate_policy_version_once'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='rebate_policy_window'), models.CheckConstraint(condition=models.Q(('sequence__gte', 1), ('sequence__lte', 999)), name='rebate_policy_sequence'), models.CheckConstraint(condition=models.Q(('max_correction__gte', 0), ('min_payout__gte', 0)), name='rebate_policy_limits'), models.CheckConstraint(condition=models.Q(models.Q(('goods_count', None), ('goods_per', None), ('goods_variant', None)), models.Q(('goods_count__gt', 0), ('goods_per__gt', 0), ('goods_variant__isnull', False), ('payout', 'goods')), _connector='OR'), name='rebate_policy_goods')],
                'indexes': [models.Index(fields=['organization', 'status'], name='rebate_policy_live')],
            },
        ),
        migrations.CreateModel(
            name='RebateLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='rebates.rebatepolicy')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('qualifier', models.CharField(choices=[('amount', 'Amount bought'), ('quantity', 'Quantity bought'), ('growth', 'Growth'), ('achievement', 'Achievement')], default='amount', max_length=12)),
                ('method', models.CharField(choices=[('incremental', 'Incremental'), ('retrospective', 'Retrospective'), ('rolling', 'Rolling'), ('total', 'Summed')], default='incremental', max_length=16)),
                ('measure', models.CharField(choices=[('amount', 'On amount'), ('quantity', 'On quantity')], default='amount', max_length=8)),
                ('reward_on', models.CharField(choices=[('all', 'Everything bought'), ('above_baseline', 'Only above the baseline')], default='all', max_length=16)),
                ('uom', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('basis_cap', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True)),
                ('newcomer', models.CharField(choices=[('none', 'No rebate'), ('first_band', 'First band')], default='none', max_length=12)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'position'), name='rebate_line_position_once'), models.CheckConstraint(condition=models.Q(('method', 'retrospective'), models.Q(models.Q(('qualifier__in', ('growth', 'achievement')), _negated=True), ('qualifier', models.F('measure')), ('reward_on', 'all')), _connector='OR'), name='rebate_line_method'), models.CheckConstraint(condition=models.Q(('basis_cap', None), ('basis_cap__gt', 0), _connector='OR'), name='rebate_line_cap')],
            },
        ),
        migrations.CreateModel(
            name='RebateBeneficiary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='beneficiaries', to='rebates.rebatepolicy')),
                ('excludes', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'rebate beneficiaries',
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='rebate_beneficiary_audience'), models.UniqueConstraint(fields=('policy', 'partnership', 'group', 'grade'), name='rebate_beneficiary_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='RebatePosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='rebates.rebateline')),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('basis_amount', ordercenter.rebates.models.accruals.BasisField(decimal_places=10, default=Decimal('0'), max_digits=28)),
                ('basis_quantity', ordercenter.rebates.models.accruals.BasisField(decimal_places=10, default=Decimal('0'), max_digits=28)),
                ('target_value', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('manual', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('settled', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('accrued', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('target_value'), '+', models.F('manual')), output_field=marketplace.core.fields.AmountField(decimal_places=4, max_digits=20))),
                ('seq', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'partnership', 'period_from'), name='rebate_position_once'), models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from'))), name='rebate_position_period')],
                'indexes': [models.Index(fields=['partnership', 'period_to'], name='rebate_position_of_partner')],
            },
        ),
        migrations.CreateModel(
            name='RebateCommon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commons', to='rebates.rebateposition')),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rebates.rebateposition')),
                ('amount', ordercenter.rebates.models.accruals.BasisField(decimal_places=10, default=Decimal('0'), max_digits=28)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('position', 'earlier'), name='rebate_common_once')],
            },
        ),
        migrations.CreateModel(
            name='RebateAccrual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('position', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accruals', to='rebates.rebateposition')),
                ('line', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rebates.rebateline')),
                ('seq', models.PositiveIntegerField()),
                ('source_kind', models.CharField(max_length=24)),
                ('source_id', models.BigIntegerField()),
                ('source_seq', models.PositiveIntegerField(default=0)),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('occurred_on', models.DateField()),
                ('basis_amount', ordercenter.rebates.models.accruals.BasisField(decimal_places=10, default=Decimal('0'), max_digits=28)),
                ('basis_quantity', ordercenter.rebates.models.accruals.BasisField(decimal_places=10, default=Decimal('0'), max_digits=28)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('cause', models.CharField(choices=[('volume', 'Volume'), ('rate', 'Tier change'), ('return', 'Goods return'), ('manual', 'Manual adjustment'), ('base', 'Base change'), ('close', 'Period close')], max_length=8)),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=255)),
                ('posting', models.BigIntegerField(null=True)),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('position', 'seq'), name='rebate_accrual_seq_once'), models.UniqueConstraint(fields=('source_kind', 'source_id', 'line', 'source_seq', 'cause'), name='rebate_accrual_source_once')],
            },
        ),
        migrations.CreateModel(
            name='RebateScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='rebates.rebatepolicy')),
                ('excludes', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('variant', 'product', 'category', 'brand'), 1)), name='rebate_scope_goods'), models.UniqueConstraint(fields=('policy', 'variant', 'product', 'category', 'brand'), name='rebate_scope_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='RebateSettlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=32)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='rebates.rebatepolicy')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('takes_back', models.BooleanField(default=False)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('correction', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('correction_reason', models.CharField(blank=True, default='', max_length=255)),
                ('total', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('amount'), '+', models.F('correction')), output_field=marketplace.core.fields.AmountField(decimal_places=4, max_digits=20))),
                ('payout', models.CharField(choices=[('fund_account', 'To fund account'), ('credit_note', 'By credit note'), ('payment', 'By payment'), ('goods', 'In goods')], max_length=16)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('disputed', 'Disputed'), ('posted', 'Posted'), ('reversed', 'Reversed')], default='draft', max_length=20)),
                ('goods_quantity', marketplace.core.fields.QuantityField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('goods_price', marketplace.core.fields.AmountField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('confirm_by', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_silence', models.BooleanField(default=False)),
                ('dispute_reason', models.TextField(blank=True, default='')),
                ('posted_at', models.DateTimeField(blank=True, null=True)),
                ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reversed_at', models.DateTimeField(blank=True, null=True)),
                ('reverse_reason', models.CharField(blank=True, default='', max_length=255)),
                ('posting', models.BigIntegerField(null=True)),
                ('grant', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='rebate_settlement_number_once'), models.UniqueConstraint(condition=models.Q(('status__in', ('reversed', 'rejected')), _negated=True), fields=('policy', 'partnership', 'period_from', 'takes_back'), name='rebate_settlement_once'), models.CheckConstraint(condition=models.Q(('correction', 0), models.Q(('correction_reason', ''), _negated=True), _connector='OR'), name='rebate_settlement_reason'), models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from'))), name='rebate_settlement_period')],
                'indexes': [models.Index(fields=['buyer', 'status'], name='rebate_settlement_of_buyer')],
            },
        ),
        migrations.CreateModel(
            name='RebateSettlementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='rebates.rebatesettlement')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlement_lines', to='rebates.rebateposition')),
                ('accrued', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('settled_before', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('settlement', 'position'), name='rebate_settlement_line_once'), models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('accrued'), '-', models.F('settled_before')))), name='rebate_settlement_line_amount')],
            },
        ),
        migrations.CreateModel(
            name='RebateSimulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='simulations', to='rebates.rebatepolicy')),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('partially_succeeded', 'Partially succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=24)),
                ('result', models.JSONField(default=list)),
                ('total', models.DecimalField(decimal_places=4, default=0, max_digits=24)),
                ('failure', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from'))), name='rebate_simulation_period')],
            },
        ),
        migrations.CreateModel(
            name='RebateTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                ('source', models.CharField(choices=[('computed', 'Computed'), ('manual', 'Entered by hand')], default='manual', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('carve_out', models.BooleanField(default=False)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='rebates.rebateline')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'partnership', 'period_from', 'carve_out'), name='rebate_target_once'), models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from')), ('value__gte', 0)), name='rebate_target_value'), models.CheckConstraint(condition=models.Q(('carve_out', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='rebate_target_reason')],
            },
        ),
        migrations.CreateModel(
            name='RebateTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='rebates.rebateline')),
                ('lower', models.DecimalField(decimal_places=6, max_digits=24)),
                ('upper', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True)),
                ('reward', models.CharField(choices=[('percent', 'Percent'), ('per_uom', 'Per unit'), ('fixed', 'Fixed amount')], default='percent', max_length=8)),
                ('value', models.DecimalField(decimal_places=6, max_digits=20)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('upper', None), ('upper__gt', models.F('lower')), _connector='OR'), name='rebate_tier_width'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='rebate_tier_value'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('line', '='), (ordercenter.rebates.models.policies.NumRange('lower', 'upper'), '&&')], name='rebate_tier_overlap', violation_error_message='Two bands overlap.')],
            },
        ),
        migrations.CreateModel(
            name='RebateBaseline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                ('source', models.CharField(choices=[('computed', 'Computed'), ('manual', 'Entered by hand')], default='manual', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('carve_out', models.BooleanField(default=False)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='baselines', to='rebates.rebateline')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'partnership', 'period_from', 'carve_out'), name='rebate_baseline_once'), models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from')), ('value__gte', 0)), name='rebate_baseline_value'), models.CheckConstraint(condition=models.Q(('carve_out', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='rebate_baseline_reason')],
            },
        ),
    ])]
