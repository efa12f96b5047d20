import django.db.models.deletion
import django.db.models.functions.datetime
import marketplace.core.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0004_append_only_budget_entries'),
        ('orders', '0008_cancelled_from_the_end'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('parties', '__first__'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('account', models.CharField(max_length=64)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('since', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('opening', marketplace.core.fields.AmountField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('closing', marketplace.core.fields.AmountField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('format', models.CharField(choices=[('csv', 'Text (CSV)'), ('camt', 'camt.053'), ('mt940', 'MT940')], max_length=8)),
                ('file_name', models.CharField(max_length=255)),
                ('digest', models.CharField(max_length=64)),
                ('imported_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('imported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='bank_statement_newest')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('number', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64, unique=True)),
                ('provider', models.CharField(choices=[('bank', 'Bank'), ('stripe', 'Stripe')], default='bank', max_length=8)),
                ('method', models.CharField(choices=[('bank_transfer', 'Bank transfer'), ('online', 'Online payment'), ('fund_account', 'Fund account'), ('on_account', 'On account'), ('acceptance_bill', 'Acceptance bill'), ('on_delivery', 'On delivery')], default='bank_transfer', max_length=16)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('refunded', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded')], default='pending', max_length=20)),
                ('reference', models.CharField(blank=True, default='', max_length=255)),
                ('provider_reference', models.CharField(blank=True, default='', max_length=255)),
                ('value_date', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('charged_back', marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('failure', models.CharField(blank=True, db_default='', default='', max_length=255)),
                ('order', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='payment_number_once'), models.UniqueConstraint(condition=models.Q(('provider_reference', ''), _negated=True), fields=('seller', 'provider', 'provider_reference'), name='payment_of_provider_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_positive'), models.CheckConstraint(condition=models.Q(('refunded__gte', 0), ('refunded__lte', models.F('amount'))), name='payment_refunded_within')],
                'indexes': [models.Index(fields=['seller', '-id'], name='payment_newest'), models.Index(fields=['buyer', '-id'], name='payment_of_buyer'), models.Index(fields=['partnership', '-id'], name='payment_of_partner'), models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='payment_of_order'), models.Index(condition=models.Q(models.Q(('provider', 'bank'), _negated=True), ('status__in', ['pending', 'processing', 'failed'])), fields=['id'], name='payment_under_way')],
            },
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.bankstatement')),
                ('account', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64)),
                ('booked_on', models.DateField()),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('payer', models.CharField(blank=True, default='', max_length=255)),
                ('payer_account', models.CharField(blank=True, default='', max_length=64)),
                ('text', models.CharField(blank=True, default='', max_length=1000)),
                ('bank_reference', models.CharField(blank=True, default='', max_length=255)),
                ('status', models.CharField(choices=[('open', 'To be matched'), ('matched', 'Matched'), ('ignored', 'Ignored')], default='open', max_length=8)),
                ('payment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_line', to='payments.payment')),
                ('reason', models.CharField(blank=True, default='', max_length=255)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'account', 'key'), name='bank_line_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='bank_line_moves'), models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('status', 'matched')), models.Q(models.Q(('status', 'matched'), _negated=True), ('payment__isnull', True)), _connector='OR'), name='bank_line_matched')],
                'indexes': [models.Index(fields=['organization', '-booked_on', '-id'], name='bank_line_newest'), models.Index(condition=models.Q(('status', 'open')), fields=['organization', 'booked_on'], name='bank_line_open')],
            },
        ),
        migrations.CreateModel(
            name='PaymentTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='payments.payment')),
                ('open_item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.openitem')),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('payment', 'open_item'), name='payment_target_once')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment')),
                ('number', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64, unique=True)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='pending', max_length=16)),
                ('reason', models.CharField(max_length=255)),
                ('provider_reference', models.CharField(blank=True, default='', max_length=255)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('charged', marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('failure', models.CharField(blank=True, db_default='', default='', max_length=255)),
                ('order', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='refund_number_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_positive')],
                'indexes': [models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='refund_of_order'), models.Index(condition=models.Q(('status__in', ['pending', 'processing'])), fields=['id'], name='refund_under_way')],
            },
        ),
        migrations.CreateModel(
            name='Chargeback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chargebacks', to='payments.payment')),
                ('provider_reference', models.CharField(max_length=255)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('taken', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('charged', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('reason', models.CharField(blank=True, default='', max_length=64)),
                ('status', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('payment', 'provider_reference'), name='chargeback_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='chargeback_positive'), models.CheckConstraint(condition=models.Q(('charged__gte', 0), ('charged__lte', models.F('taken')), ('taken__gte', 0)), name='chargeback_taken')],
            },
        ),
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('provider', models.CharField(choices=[('bank', 'Bank'), ('stripe', 'Stripe')], max_length=8)),
                ('event_id', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('about', models.CharField(max_length=255)),
                ('payment_reference', models.CharField(blank=True, default='', max_length=255)),
                ('error', models.CharField(blank=True, default='', max_length=255)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'provider', 'event_id'), name='provider_event_once')],
                'indexes': [models.Index(condition=models.Q(('handled_at__isnull', True)), fields=['id'], name='provider_event_waiting')],
            },
        ),
    ]),
    ]
