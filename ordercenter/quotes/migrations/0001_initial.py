import django.db.models.deletion
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0005_product_tax_category_index'),
        ('parties', '0003_tax_profiles_and_treatments'),
        ('parties', '__first__'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32)),
                ('purpose', models.CharField(choices=[('sourcing', 'Sourcing event'), ('negotiation', 'Negotiation')], default='sourcing', max_length=12)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('superseded', 'Superseded'), ('withdrawn', 'Withdrawn'), ('opened', 'Opened'), ('shortlisted', 'Shortlisted'), ('disqualified', 'Disqualified'), ('won', 'Won'), ('partially_won', 'Partially won'), ('lost', 'Not awarded'), ('expired', 'Expired')], default='draft', max_length=16)),
                ('draft', models.BinaryField(null=True)),
                ('draft_saved_at', models.DateTimeField(null=True)),
                ('disclosed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['buyer', 'status'], name='quote_of_buyer')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='quote_number_once'), models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='quote_two_sides'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'superseded', 'withdrawn', 'opened', 'shortlisted', 'disqualified', 'won', 'partially_won', 'lost', 'expired'])), name='quote_status')],
            },
        ),
        migrations.CreateModel(
            name='QuoteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('submit', 'Submitted'), ('confirm', 'Confirmed'), ('withdraw', 'Withdrawn')], default='submit', max_length=8)),
                ('event_version', models.PositiveIntegerField(default=1)),
                ('received_at', models.DateTimeField()),
                ('seq', models.PositiveIntegerField()),
                ('surrogate', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='quotes.quoteversion')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='quotes.quote')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('quote', 'no'), name='quote_version_no_once'), models.CheckConstraint(condition=models.Q(('no__gte', 1), ('seq__gte', 1)), name='quote_version_counts'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'submit'), ('of', None)), models.Q(('kind__in', ('confirm', 'withdraw')), ('of__isnull', False)), _connector='OR'), name='quote_version_of'), models.CheckConstraint(condition=models.Q(('surrogate', False), models.Q(('approved_by__isnull', False), models.Q(('approved_by', models.F('sent_by')), _negated=True)), _connector='OR'), name='quote_version_second_person')],
            },
        ),
        migrations.CreateModel(
            name='QuoteLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_line', models.BigIntegerField(null=True)),
                ('position', models.PositiveIntegerField()),
                ('text', models.CharField(blank=True, default='', max_length=500)),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20, null=True)),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ('lead_days', models.PositiveIntegerField(null=True)),
                ('valid_until', models.DateField(null=True)),
                ('values', models.JSONField(default=dict)),
                ('alternative_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alternatives', to='quotes.quoteline')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('uom', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unitofmeasure')),
                ('variant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='quotes.quoteversion')),
            ],
            options={
                'indexes': [models.Index(fields=['source_line'], name='quote_line_of_source')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('alternative_of', None)), fields=('version', 'source_line'), name='quote_line_once'), models.CheckConstraint(condition=models.Q(('price', None), ('price__gt', 0), _connector='OR'), name='quote_line_price'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='quote_line_quantity'), models.CheckConstraint(condition=models.Q(('tax_rate', None), models.Q(('tax_rate__gte', 0), ('tax_rate__lt', 100)), _connector='OR'), name='quote_line_tax_rate')],
            },
        ),
        migrations.CreateModel(
            name='QuoteTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('above', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('up_to', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18, null=True)),
                ('price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='quotes.quoteline')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'above'), name='quote_tier_once'), models.CheckConstraint(condition=models.Q(('up_to', None), ('up_to__gt', models.F('above')), _connector='OR'), name='quote_tier_width'), models.CheckConstraint(condition=models.Q(('above__gte', 0), ('price__gt', 0)), name='quote_tier_values')],
            },
        ),
        migrations.CreateModel(
            name='QuotePayload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope', models.CharField(max_length=12)),
                ('lot', models.PositiveIntegerField(default=1)),
                ('content', models.BinaryField()),
                ('nonce', models.BinaryField(null=True)),
                ('commitment', models.CharField(blank=True, default='', max_length=64)),
                ('sealed', models.BooleanField(default=False)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payloads', to='quotes.quoteversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'envelope', 'lot'), name='quote_payload_once'), models.CheckConstraint(condition=models.Q(('sealed', False), ('nonce', None), _connector='OR'), name='quote_payload_sealed')],
            },
        ),
    ])]
