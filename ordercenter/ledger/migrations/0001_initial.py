import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orders', '0006_named_carts'),
        ('parties', '0002_invitations_and_company_profile'),
        ('parties', '__first__'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('kind', models.CharField(choices=[('cash', 'Prepaid cash'), ('rebate', 'Rebate balance'), ('goods', 'Goods credit'), ('expense', 'Expense credit'), ('deposit', 'Deposit'), ('receivable', 'Receivable'), ('payable', 'Payable'), ('rebate_accrual', 'Rebate accrual'), ('expense_accrual', 'Expense accrual'), ('revenue', 'Revenue'), ('tax', 'Tax'), ('bank', 'Bank'), ('rebate_cost', 'Rebate cost'), ('expense_cost', 'Expense cost'), ('interest_cost', 'Interest cost'), ('write_off', 'Write-off'), ('goods_accrual', 'Goods accrual'), ('accrued_revenue', 'Accrued revenue'), ('deduction', 'Deduction'), ('discount', 'Early payment discount'), ('rounding', 'Rounding difference'), ('opening', 'Opening balance')], max_length=16)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('sub', models.CharField(blank=True, default='', max_length=64)),
                ('balance', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('reserved', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('partnership', 'organization', 'kind', 'currency', 'sub'), name='ledger_account_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('reserved__gte', 0)), name='ledger_account_reserved_positive'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['cash', 'deposit', 'expense', 'goods', 'rebate']), _negated=True), ('balance__lte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '*', models.Value(-1))), _connector='OR'), name='ledger_account_fund_covered'), models.CheckConstraint(condition=models.Q(models.Q(('partner__isnull', False), ('partnership__isnull', False)), models.Q(('balance', 0), ('partner', None), ('partnership', None), ('reserved', 0)), _connector='OR'), name='ledger_account_runs_with_partner'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['cash', 'deposit', 'expense', 'goods', 'rebate']), _negated=True), ('partnership__isnull', False), _connector='OR'), name='ledger_account_fund_is_someones')],
            },
        ),
        migrations.CreateModel(
            name='LedgerCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checkpoints', to='ledger.ledgeraccount')),
                ('entry_id', models.BigIntegerField()),
                ('balance', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'entry_id'), name='ledger_checkpoint_once')],
            },
        ),
        migrations.CreateModel(
            name='LedgerPosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('source_kind', models.CharField(max_length=32)),
                ('source_id', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=48)),
                ('seq', models.PositiveIntegerField(default=1)),
                ('number', models.CharField(blank=True, default='', max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('value_date', models.DateField()),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('posted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('memo', models.CharField(blank=True, default='', max_length=255)),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='ledger.ledgerposting')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source_kind', 'source_id', 'organization', 'purpose', 'seq'), name='ledger_posting_once')],
                'indexes': [models.Index(fields=['organization', '-id'], name='ledger_posting_newest')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('posting', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.ledgerposting')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.ledgeraccount')),
                ('line', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('top_up', 'Top up'), ('accrue', 'Accrue'), ('reserve', 'Reserve'), ('free', 'Free'), ('use', 'Use'), ('consume', 'Consume'), ('transfer', 'Transfer'), ('adjust', 'Adjust'), ('expire', 'Expire'), ('reverse', 'Reverse'), ('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('refund', 'Refund'), ('clear', 'Clearing'), ('write_off', 'Write-off'), ('payout', 'Payout'), ('interest', 'Interest'), ('dunning', 'Dunning charge'), ('opening', 'Opening balance')], max_length=16)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('value_date', models.DateField()),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'constraints': [models.UniqueConstraint(fields=('posting', 'line'), name='ledger_entry_line_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='ledger_entry_moves')],
                'indexes': [models.Index(fields=['account', 'value_date', 'id'], name='ledger_entry_statement'), models.Index(fields=['account', 'id'], name='ledger_entry_account')],
            },
        ),
        migrations.CreateModel(
            name='OpenItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='open_item', to='ledger.ledgerentry')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='open_items', to='orders.order')),
                ('document_kind', models.CharField(max_length=32)),
                ('document_id', models.BigIntegerField()),
                ('number', models.CharField(blank=True, default='', max_length=64)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('issued_on', models.DateField()),
                ('due_on', models.DateField()),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('open', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('written_off', marketplace.core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ('status', models.GeneratedField(db_persist=True, expression=models.Case(models.When(open=models.F('amount'), then=models.Value('uncleared')), models.When(open__gt=0, then=models.Value('partially_cleared')), models.When(then=models.Value('written_off'), written_off__gt=0), default=models.Value('cleared')), output_field=models.CharField(choices=[('uncleared', 'Uncleared'), ('partially_cleared', 'Partially cleared'), ('cleared', 'Cleared'), ('written_off', 'Written off')], max_length=20))),
                ('disputed', models.BooleanField(default=False)),
                ('dispute_reason', models.CharField(blank=True, default='', max_length=255)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='open_item_positive'), models.CheckConstraint(condition=models.Q(('open__gte', 0), ('open__lte', models.F('amount'))), name='open_item_open_within'), models.CheckConstraint(condition=models.Q(('written_off__gte', 0), ('written_off__lte', django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('open')))), name='open_item_written_off_within')],
                'indexes': [models.Index(condition=models.Q(('open__gt', 0)), fields=['partnership', 'currency', 'due_on', 'id'], name='open_item_oldest'), models.Index(condition=models.Q(('open__gt', 0)), fields=['seller', 'due_on', 'id'], name='open_item_due'), models.Index(fields=['seller', '-id'], name='open_item_newest'), models.Index(fields=['partnership', '-id'], name='open_item_partner'), models.Index(fields=['document_kind', 'document_id'], name='open_item_document')],
            },
        ),
        migrations.CreateModel(
            name='Clearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('open_item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clearings', to='ledger.openitem')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clearings', to='ledger.ledgerentry')),
                ('payment_entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='ledger.ledgerentry')),
                ('fund_use_id', models.BigIntegerField(blank=True, null=True)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('write_off', models.BooleanField(default=False)),
                ('key', models.CharField(blank=True, default='', max_length=128)),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='ledger.clearing')),
                ('cleared_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('cleared_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='clearing_positive'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('seller', 'key'), name='clearing_key_once')],
            },
        ),
    ]),
    ]
