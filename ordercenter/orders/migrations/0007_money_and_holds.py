import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import marketplace.core.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_named_carts'),
        ('parties', '0002_invitations_and_company_profile'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='OrderHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='orders.order')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='orders.orderline')),
                ('reason', models.CharField(choices=[('credit', 'Credit short'), ('overdue', 'Overdue amount'), ('prepayment', 'Payment awaited'), ('stock', 'Stock short'), ('price', 'Price out of range'), ('check', 'Check failed'), ('address', 'Address problem'), ('partner', 'Partner restricted'), ('manual', 'Held by hand')], max_length=16)),
                ('rule', models.BigIntegerField(blank=True, null=True)),
                ('rule_kind', models.CharField(blank=True, default='', max_length=24)),
                ('checkpoint', models.CharField(blank=True, default='', max_length=16)),
                ('over', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('value', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('figures', models.JSONField(default=dict)),
                ('note', models.TextField(blank=True, default='')),
                ('status', models.CharField(choices=[('held', 'On hold'), ('released', 'Released'), ('rejected', 'Rejected')], default='held', max_length=16)),
                ('since', models.DateTimeField()),
                ('placed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answer', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grace_until', models.DateTimeField(blank=True, null=True)),
                ('grace_days', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'held')), fields=('order', 'line', 'reason', 'rule', 'rule_kind'), name='order_hold_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('status', 'held'), ('answered_at__isnull', False), _connector='XOR'), name='order_hold_answered')],
                'indexes': [models.Index(condition=models.Q(('status', 'held')), fields=['seller', 'since'], name='order_hold_queue')],
            },
        ),
        migrations.AddField(
            model_name='cart',
            name='choices',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='cart',
            name='coupons',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='cart',
            name='funds',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='order',
            name='credited',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='order',
            name='funded',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='order',
            name='open_holds',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='paid',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='order',
            name='payment_status',
            field=models.CharField(choices=[('unpaid', 'Unpaid'), ('partially_paid', 'Partially paid'), ('paid', 'Paid'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded')], db_default='unpaid', default='unpaid', max_length=20),
        ),
        migrations.AddField(
            model_name='order',
            name='promoted',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='order',
            name='refunded',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='orderline',
            name='funded',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='orderline',
            name='gift_of',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='orders.orderline'),
        ),
        migrations.AlterField(
            model_name='order',
            name='waiting_for',
            field=models.CharField(choices=[('seller_confirmation', "Seller's confirmation"), ('cancel_decision', "Seller's answer to cancelling"), ('release', 'Release of its holds'), ('stock', 'Stock'), ('shipment', 'Shipping'), ('receipt', 'Receiving'), ('nothing', 'Nothing')], default='seller_confirmation', max_length=20),
        ),
        migrations.AlterField(
            model_name='order',
            name='kind',
            field=models.CharField(choices=[('standard', 'Standard order'), ('call_off', 'Call-off order'), ('sample', 'Sample order')], default='standard', max_length=16),
        ),
        ]),
        Together([
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('funded__gte', 0), ('funded__lte', django.db.models.expressions.CombinedExpression(models.F('gross'), '-', models.F('cancelled_gross')))), name='order_funded_value'),
        ),
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('funded__gte', 0), ('funded__lte', models.F('gross')), ('reduction__gte', 0), ('reduction__lte', django.db.models.expressions.CombinedExpression(models.F('list_amount'), '-', models.F('discount')))), name='order_line_benefits'),
        ),
        ]),
    ]
