import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

import marketplace.core.fields
from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0009_hold_grace'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('payments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
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
                'constraints': [
                    models.UniqueConstraint(fields=('payment', 'provider_reference'), name='chargeback_once'),
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='chargeback_positive'),
                    models.CheckConstraint(condition=models.Q(('charged__gte', 0), ('charged__lte', models.F('taken')), ('taken__gte', 0)), name='chargeback_taken'),
                ],
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
        migrations.AddField(
            model_name='payment',
            name='charged_back',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='payment',
            name='failure',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='payment',
            name='order',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order'),
        ),
        migrations.AddField(
            model_name='refund',
            name='charged',
            field=marketplace.core.fields.AmountField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=20),
        ),
        migrations.AddField(
            model_name='refund',
            name='failure',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='refund',
            name='order',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='provider',
            field=models.CharField(choices=[('bank', 'Bank'), ('stripe', 'Stripe')], default='bank', max_length=8),
        ),
    ])]
