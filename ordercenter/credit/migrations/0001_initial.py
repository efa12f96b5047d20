import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
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
        ('core', '0001_extensions'),
        ('orders', '0008_cancelled_from_the_end'),
        ('parties', '0003_tax_profiles_and_treatments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='CreditAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name', models.CharField(blank=True, default='', max_length=255)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('mode', models.CharField(choices=[('unlimited', 'No limit'), ('limited', 'With limit'), ('prepaid', 'Prepaid')], default='prepaid', max_length=16)),
                ('status', models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='active', max_length=16)),
                ('horizon_days', models.PositiveSmallIntegerField(default=60)),
                ('count_unapplied', models.BooleanField(default=True)),
                ('payment_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('suspended_by', models.CharField(blank=True, choices=[('', 'Not suspended'), ('by_hand', 'By hand'), ('dunning', 'By dunning')], default='', max_length=16)),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
                ('held', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('later', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('open_orders', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('unbilled', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('receivable', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('unapplied', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('held__gte', 0)), name='credit_held_positive'), models.CheckConstraint(condition=models.Q(('later__gte', 0)), name='credit_later_positive'), models.CheckConstraint(condition=models.Q(('open_orders__gte', 0)), name='credit_open_orders_positive'), models.CheckConstraint(condition=models.Q(('unbilled__gte', 0)), name='credit_unbilled_positive'), models.CheckConstraint(condition=models.Q(('receivable__gte', 0)), name='credit_receivable_positive'), models.CheckConstraint(condition=models.Q(('unapplied__gte', 0)), name='credit_unapplied_positive')],
                'indexes': [models.Index(fields=['organization', 'currency'], name='credit_account_of_seller')],
            },
        ),
        migrations.CreateModel(
            name='CreditMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='credit.creditaccount')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('partnership', 'currency'), name='credit_member_once')],
            },
        ),
        migrations.CreateModel(
            name='CreditMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='credit.creditaccount')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('order', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('line', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('document_kind', models.CharField(max_length=24)),
                ('document_id', models.BigIntegerField()),
                ('cause', models.CharField(max_length=24)),
                ('seq', models.IntegerField(default=1)),
                ('source', models.CharField(choices=[('held', 'On hold'), ('later', 'Later orders'), ('open_orders', 'Open orders'), ('unbilled', 'Shipped, not invoiced'), ('receivable', 'Invoiced, not paid'), ('past_due', 'Past due'), ('unapplied', 'Unapplied cash'), ('outside', 'Outside')], max_length=16)),
                ('target', models.CharField(choices=[('held', 'On hold'), ('later', 'Later orders'), ('open_orders', 'Open orders'), ('unbilled', 'Shipped, not invoiced'), ('receivable', 'Invoiced, not paid'), ('past_due', 'Past due'), ('unapplied', 'Unapplied cash'), ('outside', 'Outside')], max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('due_on', models.DateField(null=True)),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'order', 'line', 'document_kind', 'document_id', 'cause', 'seq'), name='credit_movement_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='credit_movement_amount'), models.CheckConstraint(condition=models.Q(models.Q(('source', models.F('target')), _negated=True), models.Q(('source', 'past_due'), _negated=True), models.Q(('target', 'past_due'), _negated=True)), name='credit_movement_buckets')],
                'indexes': [models.Index(fields=['account', '-at', '-id'], name='credit_movement_of_account'), models.Index(fields=['order'], name='credit_movement_of_order'), models.Index(fields=['partnership', '-id'], name='credit_movement_of_partner'), models.Index(condition=models.Q(('target', 'later')), fields=['due_on'], name='credit_movement_later')],
            },
        ),
        migrations.CreateModel(
            name='CreditRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='credit.creditaccount')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('asked_by_buyer', models.BooleanField(default=False)),
                ('kind', models.CharField(choices=[('standing', 'Standing limit'), ('temporary', 'Temporary limit')], default='standing', max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('closed', 'Closed'), ('voided', 'Voided')], default='draft', max_length=20)),
                ('answer', models.CharField(blank=True, default='', max_length=500)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='credit_request_amount'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='credit_request_window')],
                'indexes': [models.Index(fields=['organization', 'status'], name='credit_request_waiting')],
            },
        ),
        migrations.CreateModel(
            name='CreditLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limits', to='credit.creditaccount')),
                ('kind', models.CharField(choices=[('standing', 'Standing limit'), ('temporary', 'Temporary limit')], default='standing', max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='credit.creditrequest')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='credit_limit_amount'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='credit_limit_window'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'standing')), expressions=[('account', '='), (marketplace.core.instants.InstantRange('valid_from', 'valid_to'), '&&')], name='credit_limit_one_standing')],
            },
        ),
        migrations.CreateModel(
            name='CreditRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('kind', models.CharField(choices=[('limit', 'Exposure above the limit'), ('limit_ended', 'Limit has ended'), ('past_due_days', 'Days overdue'), ('past_due_amount', 'Amount overdue'), ('past_due_share', 'Overdue share of receivables'), ('order_amount', 'Value of one order'), ('suspended', 'Account suspended'), ('terms', 'Longer terms than agreed'), ('prepaid', 'Not paid in advance')], max_length=20)),
                ('currency', marketplace.core.fields.CurrencyField(blank=True, default='', max_length=3)),
                ('threshold', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('mode', models.CharField(choices=[('warn', 'Warn'), ('require_approval', 'Require approval'), ('block', 'Block')], default='require_approval', max_length=20)),
                ('checkpoints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('place', 'At placing'), ('release', 'At release'), ('ship', 'At shipping'), ('change', 'At change'), ('reopen', 'At reopening')], max_length=8), size=None)),
                ('grace_days', models.PositiveSmallIntegerField(default=0)),
                ('tolerance', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=7)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='credit_rule_audience'), models.UniqueConstraint(fields=('organization', 'kind', 'currency', 'partnership', 'group', 'grade'), name='credit_rule_once', nulls_distinct=False, violation_error_message='There is such a rule already.'), models.CheckConstraint(condition=models.Q(('tolerance__gte', 0)), name='credit_rule_tolerance'), models.CheckConstraint(condition=models.Q(('checkpoints', []), _negated=True), name='credit_rule_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='CreditSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('controls', models.BooleanField(default=False)),
                ('horizon_days', models.PositiveSmallIntegerField(default=60)),
                ('count_unapplied', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name_plural': 'credit settings',
            },
        ),
    ])]
