import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import marketplace.core.fields
import ordercenter.invoicing.models.invoice
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0005_product_tax_category_index'),
        ('core', '0001_extensions'),
        ('orders', '0007_money_and_holds'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('parties', '__first__'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='parties.partnership')),
                ('number', models.CharField(blank=True, default='', max_length=32)),
                ('kind', models.CharField(choices=[('vat_special', 'VAT special invoice'), ('vat_ordinary', 'VAT ordinary invoice'), ('commercial', 'Commercial invoice'), ('self_billed', 'Self-billed invoice')], default='vat_ordinary', max_length=16)),
                ('form', models.CharField(choices=[('digital', 'Digital'), ('electronic', 'Electronic'), ('paper', 'Paper')], default='electronic', max_length=16)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('issued', 'Issued'), ('partially_credited', 'Partially credited'), ('credited', 'Credited'), ('voided', 'Voided')], default='draft', max_length=20)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('credited_net', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('credited_tax', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('credited_gross', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('line_count', models.PositiveIntegerField()),
                ('seller_profile', models.JSONField(default=dict)),
                ('buyer_profile', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('issued_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drawn_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('drawn_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('seller', 'number'), name='invoice_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('issued_on', None), ('number', ''), ('status__in', ('draft', 'voided'))), models.Q(models.Q(('number', ''), _negated=True), ('issued_on__isnull', False), models.Q(('status__in', ('draft', 'voided')), _negated=True)), _connector='OR'), name='invoice_numbered_when_issued'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax'))), ('gross__gte', 0)), name='invoice_gross'), models.CheckConstraint(condition=models.Q(('credited_gross', django.db.models.expressions.CombinedExpression(models.F('credited_net'), '+', models.F('credited_tax'))), ('credited_net__gte', 0), ('credited_tax__gte', 0), ('credited_net__lte', models.F('net')), ('credited_tax__lte', models.F('tax'))), name='invoice_credited_within'), models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='invoice_two_sides')],
                'indexes': [models.Index(fields=['seller', '-id'], name='invoice_of_seller'), models.Index(fields=['buyer', '-id'], name='invoice_of_buyer'), models.Index(fields=['seller', '-issued_on', '-id'], name='invoice_by_day')],
            },
        ),
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='invoicing.invoice')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='parties.partnership')),
                ('number', models.CharField(max_length=32)),
                ('reason', models.CharField(choices=[('return', 'Goods returned'), ('error', 'Wrong invoice'), ('allowance', 'Allowance'), ('service_ended', 'Service ended')], max_length=16)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('to_cash', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('issued_on', models.DateField()),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('issued_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request_key', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='credit_note_number_once'), models.UniqueConstraint(condition=models.Q(('request_key', ''), _negated=True), fields=('seller', 'request_key'), name='credit_note_request_once'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax'))), ('gross__gt', 0)), name='credit_note_gross'), models.CheckConstraint(condition=models.Q(('to_cash__gte', 0), ('to_cash__lte', models.F('gross'))), name='credit_note_to_cash')],
                'indexes': [models.Index(fields=['seller', '-id'], name='credit_note_of_seller'), models.Index(fields=['buyer', '-id'], name='credit_note_of_buyer')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('invoice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.invoice')),
                ('position', models.PositiveIntegerField()),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_lines', to='orders.orderline')),
                ('kind', models.CharField(choices=[('goods', 'Goods'), ('gift', 'Gift'), ('charge', 'Charge')], max_length=8)),
                ('sku', models.CharField(blank=True, default='', max_length=64)),
                ('uom', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('start', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('end', marketplace.core.fields.QuantityField(db_column='upto', decimal_places=6, max_digits=18)),
                ('unit_price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=6)),
                ('tax_treatment', models.CharField(blank=True, default='', max_length=16)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('is_live', models.BooleanField(default=True)),
                ('is_issued', models.BooleanField(default=False)),
                ('credited_quantity', marketplace.core.fields.QuantityField(decimal_places=6, default=Decimal('0'), max_digits=18)),
                ('credited_net', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('credited_tax', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_once'), models.UniqueConstraint(fields=('invoice', 'order_line'), name='invoice_line_order_line_once'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start')), ('start__gte', 0)), name='invoice_line_part'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_issued', True)), expressions=[('order_line', '='), (ordercenter.invoicing.models.invoice.QuantityRange('start', 'end'), '&&')], name='invoice_line_no_unit_twice'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax'))), ('gross__gte', 0)), name='invoice_line_gross'), models.CheckConstraint(condition=models.Q(('credited_quantity__gte', 0), ('credited_quantity__lte', django.db.models.expressions.CombinedExpression(models.F('end'), '-', models.F('start'))), ('credited_net__gte', django.db.models.expressions.CombinedExpression(models.F('credited_tax'), '*', models.Value(-1))), ('credited_net__lte', django.db.models.expressions.CombinedExpression(models.F('gross'), '-', models.F('credited_tax')))), name='invoice_line_credited_within')],
            },
        ),
        migrations.CreateModel(
            name='CreditNoteLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('credit_note', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.creditnote')),
                ('position', models.PositiveIntegerField()),
                ('invoice_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_lines', to='invoicing.invoiceline')),
                ('start', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('end', marketplace.core.fields.QuantityField(db_column='upto', decimal_places=6, max_digits=18)),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('credit_note', 'position'), name='credit_note_line_position_once'), models.UniqueConstraint(fields=('credit_note', 'invoice_line'), name='credit_note_line_once'), models.CheckConstraint(condition=models.Q(('end__gte', models.F('start')), ('start__gte', 0)), name='credit_note_line_part'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax'))), ('net__gte', 0), ('tax__gte', 0)), name='credit_note_line_gross')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('invoice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='invoicing.invoice')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_parts', to='orders.order')),
                ('net', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('tax', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('gross', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('credited_gross', marketplace.core.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('due_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('invoice', 'order'), name='invoice_order_once'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax')))), name='invoice_order_gross'), models.CheckConstraint(condition=models.Q(('credited_gross__gte', 0), ('credited_gross__lte', models.F('gross'))), name='invoice_order_credited')],
            },
        ),
        migrations.CreateModel(
            name='InvoicingSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('basis', models.CharField(choices=[('ordered', 'When ordered'), ('shipped', 'When shipped'), ('received', 'When received')], default='shipped', max_length=8)),
                ('grouping', models.CharField(choices=[('order', 'One invoice per order'), ('partner', 'One invoice per partner')], default='order', max_length=8)),
                ('form', models.CharField(choices=[('digital', 'Digital'), ('electronic', 'Electronic'), ('paper', 'Paper')], default='electronic', max_length=16)),
                ('draws_itself', models.BooleanField(default=False)),
                ('issues_itself', models.BooleanField(default=False)),
                ('invoice_prefix', models.CharField(default='INV', max_length=8)),
                ('credit_prefix', models.CharField(default='CN', max_length=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='invoicing_settings_once'), models.CheckConstraint(condition=models.Q(('draws_itself', True), ('issues_itself', False), _connector='OR'), name='invoicing_settings_draws_to_issue')],
            },
        ),
    ]),
    ]
