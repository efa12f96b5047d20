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
        ('orders', '0002_append_only'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('stock', '0002_append_only'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=32)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='orders.order')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.warehouse')),
                ('status', models.CharField(choices=[('shipped', 'Shipped'), ('partially_received', 'Partially received'), ('received', 'Received')], default='shipped', max_length=20)),
                ('address', models.JSONField(default=dict)),
                ('carrier', models.CharField(blank=True, default='', max_length=128)),
                ('shipped_at', models.DateTimeField()),
                ('shipped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='shipment_number_once')],
                'indexes': [models.Index(fields=['buyer', '-shipped_at'], name='shipment_of_buyer')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=32)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='orders.order')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='fulfilment.shipment')),
                ('status', models.CharField(choices=[('signed_for', 'Signed for')], default='signed_for', max_length=16)),
                ('note', models.TextField(blank=True, default='')),
                ('received_at', models.DateTimeField()),
                ('received_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('buyer', 'number'), name='receipt_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('shipment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parcels', to='fulfilment.shipment')),
                ('position', models.PositiveSmallIntegerField()),
                ('waybill_number', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shipment', 'waybill_number'), name='parcel_waybill_once')],
            },
        ),
        migrations.CreateModel(
            name='ShipmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('shipment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fulfilment.shipment')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipment_lines', to='orders.orderline')),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('received', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('differed', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shipment', 'order_line'), name='shipment_line_once'), models.CheckConstraint(condition=models.Q(('differed__gte', 0), ('quantity__gt', 0), ('received__gte', 0)), name='shipment_line_not_negative'), models.CheckConstraint(condition=models.Q(('received__lte', django.db.models.expressions.CombinedExpression(models.F('quantity'), '-', models.F('differed')))), name='shipment_line_received')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('receipt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fulfilment.receipt')),
                ('shipment_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipt_lines', to='fulfilment.shipmentline')),
                ('received', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('differed', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('receipt', 'shipment_line'), name='receipt_line_once'), models.CheckConstraint(condition=models.Q(('differed__gte', 0), ('received__gte', 0)), name='receipt_line_not_negative'), models.CheckConstraint(condition=models.Q(('received__gt', 0), ('differed__gt', 0), _connector='OR'), name='receipt_line_counts')],
            },
        ),
    ])]
