import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('ledger', '0002_append_only'),
        ('parties', '0002_invitations_and_company_profile'),
        ('parties', '__first__'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('number', models.CharField(max_length=64)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='ledger.budget')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('rollup', models.BooleanField(default=False)),
                ('kind', models.CharField(choices=[('fixed', 'Fixed budget'), ('variable', 'Variable budget')], default='fixed', max_length=8)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('scheduled', 'Scheduled'), ('effective', 'In effect'), ('paused', 'Paused'), ('expired', 'Expired'), ('voided', 'Voided')], default='effective', max_length=16)),
                ('control', models.CharField(choices=[('warn', 'Warn'), ('require_approval', 'Require approval'), ('block', 'Block')], default='block', max_length=16)),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.unit')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('expense_type', models.CharField(blank=True, default='', max_length=64)),
                ('includes_tax', models.BooleanField(default=True)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('total', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('consumed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('deficit', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('free', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('total'), '-', models.F('reserved')), '-', models.F('consumed')), output_field=marketplace.core.fields.AmountField(decimal_places=4, max_digits=20))),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='budget_number_once'), models.CheckConstraint(condition=models.Q(('consumed__gte', 0), ('deficit__gte', 0), ('reserved__gte', 0), ('total__gte', 0)), name='budget_positive'), models.CheckConstraint(condition=models.Q(models.Q(('control', 'block'), _negated=True), ('total__gte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('consumed'))), _connector='OR'), name='budget_blocks'), models.CheckConstraint(condition=models.Q(('deficit', 0), models.Q(('kind', 'variable'), ('total__lte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('consumed')))), _connector='OR'), name='budget_deficit_first'), models.CheckConstraint(condition=models.Q(('begins_on__lte', models.F('ends_on'))), name='budget_period')],
                'indexes': [models.Index(fields=['organization', '-id'], name='budget_newest')],
            },
        ),
        migrations.CreateModel(
            name='BudgetEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('budget', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.budget')),
                ('origin', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.budget')),
                ('kind', models.CharField(choices=[('top_up', 'Top up'), ('accrue', 'Accrue'), ('reserve', 'Reserve'), ('free', 'Free'), ('use', 'Use'), ('consume', 'Consume'), ('transfer', 'Transfer'), ('adjust', 'Adjust'), ('expire', 'Expire'), ('reverse', 'Reverse'), ('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('refund', 'Refund'), ('clear', 'Clearing'), ('write_off', 'Write-off'), ('payout', 'Payout'), ('interest', 'Interest'), ('dunning', 'Dunning charge'), ('opening', 'Opening balance')], max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('total', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('consumed', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('deficit', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('document_kind', models.CharField(max_length=32)),
                ('document_id', models.BigIntegerField()),
                ('document_number', models.CharField(blank=True, default='', max_length=64)),
                ('cause', models.CharField(max_length=48)),
                ('seq', models.PositiveIntegerField(default=1)),
                ('other', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.budget')),
                ('note', models.CharField(blank=True, default='', max_length=255)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'budget entries',
                'constraints': [models.UniqueConstraint(fields=('document_kind', 'document_id', 'budget', 'origin', 'cause', 'seq'), name='budget_entry_once')],
                'indexes': [models.Index(fields=['budget', '-id'], name='budget_entry_newest')],
            },
        ),
        migrations.CreateModel(
            name='DunningLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('days', models.PositiveSmallIntegerField()),
                ('text_zh', models.TextField(blank=True, default='')),
                ('text_en', models.TextField(blank=True, default='')),
                ('fee', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('stop_orders', models.BooleanField(default=False)),
                ('charges', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'days'), name='dunning_level_days_once'), models.CheckConstraint(condition=models.Q(('fee__gte', 0)), name='dunning_level_fee')],
            },
        ),
        migrations.CreateModel(
            name='DunningRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('number', models.CharField(max_length=64)),
                ('run_on', models.DateField()),
                ('letters_made', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='dunning_run_number_once')],
            },
        ),
        migrations.CreateModel(
            name='DunningLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='ledger.dunningrun')),
                ('number', models.CharField(max_length=64)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='ledger.dunninglevel')),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('written_on', models.DateField()),
                ('days', models.PositiveIntegerField()),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('interest', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('fee', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('stop_orders', models.BooleanField(default=False)),
                ('is_charged', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'number'), name='dunning_letter_number_once')],
                'indexes': [models.Index(fields=['partnership', '-id'], name='dunning_letter_partner')],
            },
        ),
        migrations.CreateModel(
            name='DunningLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ledger.dunningletter')),
                ('open_item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dunned', to='ledger.openitem')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.dunninglevel')),
                ('days', models.PositiveIntegerField()),
                ('open', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('interest', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('is_new', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('letter', 'open_item'), name='dunning_line_once'), models.UniqueConstraint(condition=models.Q(('is_new', True)), fields=('open_item', 'level'), name='dunning_line_level_once')],
            },
        ),
        migrations.CreateModel(
            name='DunningSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('daily_interest', models.DecimalField(decimal_places=6, default=0, max_digits=9)),
            ],
            options={
                'verbose_name_plural': 'dunning settings',
                'constraints': [models.UniqueConstraint(fields=('organization',), name='dunning_settings_once'), models.CheckConstraint(condition=models.Q(('daily_interest__gte', 0), ('daily_interest__lte', 1)), name='dunning_settings_interest')],
            },
        ),
    ]),
    ]
