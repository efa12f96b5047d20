import django.db.models.deletion
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import AppendOnly
from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0003_tax_profiles_and_treatments'),
        ('parties', '__first__'),
        ('quotes', '0002_append_only'),
        ('sourcing', '0001_initial'),
    ]

    operations = [
        Together([
        migrations.CreateModel(
            name='EnvelopeKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope', models.CharField(choices=[('technical', 'Technical envelope'), ('commercial', 'Commercial envelope')], max_length=12)),
                ('public', models.BinaryField()),
                ('needed', models.PositiveSmallIntegerField()),
                ('count', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envelope_keys', to='sourcing.sourcingevent')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('event', 'envelope'), name='envelope_key_once'), models.CheckConstraint(condition=models.Q(('needed__gte', 2), ('needed__lte', models.F('count')), ('count__lte', 7)), name='envelope_key_quorum'), models.CheckConstraint(condition=models.Q(('envelope__in', ['technical', 'commercial'])), name='envelope_key_envelope')],
            },
        ),
        migrations.CreateModel(
            name='OpenerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.BinaryField()),
                ('wrapped', models.BinaryField()),
                ('passes', models.PositiveSmallIntegerField()),
                ('kibibytes', models.PositiveIntegerField()),
                ('lanes', models.PositiveSmallIntegerField()),
                ('outside_purchasing', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('proved_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('buyer', 'user'), name='opener_key_one_in_use')],
            },
        ),
        migrations.CreateModel(
            name='EventOpener',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openers', to='sourcing.sourcingevent')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='sourcing.openerkey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('event', 'key'), name='event_opener_once')],
            },
        ),
        migrations.CreateModel(
            name='EnvelopeShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wrapped', models.BinaryField(null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='sourcing.envelopekey')),
                ('opener', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='sourcing.openerkey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'opener'), name='envelope_share_once')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope', models.CharField(choices=[('technical', 'Technical envelope'), ('commercial', 'Commercial envelope')], max_length=12)),
                ('salt', models.BinaryField()),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('minutes', models.JSONField(default=dict)),
                ('minutes_hash', models.CharField(blank=True, default='', max_length=64)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='sourcing.sourcingevent')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='sourcing.round')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('opened_at', None), _negated=True), fields=('round', 'envelope'), name='opening_once'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('started_at'))), name='opening_time')],
            },
        ),
        migrations.CreateModel(
            name='OpeningShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('opener', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sourcing.openerkey')),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='sourcing.opening')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('opening', 'opener'), name='opening_share_once')],
            },
        ),
        migrations.CreateModel(
            name='SealedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope', models.CharField(choices=[('technical', 'Technical envelope'), ('commercial', 'Commercial envelope')], max_length=12)),
                ('lot', models.PositiveIntegerField()),
                ('seq', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('commitment', models.CharField(max_length=64)),
                ('entry', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('signing_key', models.BinaryField()),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_entries', to='sourcing.sourcingevent')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_entries', to='sourcing.participation')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_entries', to='sourcing.round')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_entries', to='quotes.quoteversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'envelope', 'seq'), name='sealed_entry_seq_once'), models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='sealed_entry_seq')],
            },
        ),
        migrations.CreateModel(
            name='OpenedPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.BinaryField()),
                ('part', models.BinaryField()),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='sourcing.opening')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opened', to='sourcing.sealedentry')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TechnicalDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submitted_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='technical_decision', to='sourcing.round')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='technical_second_person')],
            },
        ),
        migrations.CreateModel(
            name='TechnicalResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('passed', models.BooleanField()),
                ('score', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='sourcing.technicaldecision')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sourcing.participation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('decision', 'participation'), name='technical_result_once'), models.CheckConstraint(condition=models.Q(('passed', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='technical_result_reason')],
            },
        ),
        migrations.CreateModel(
            name='AwardScenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128)),
                ('kind', models.CharField(choices=[('lowest', 'Lowest price for each line'), ('one_supplier', 'One supplier'), ('two_suppliers', 'Two suppliers'), ('rules', 'Own rules'), ('by_hand', 'By hand')], max_length=16)),
                ('status', models.CharField(choices=[('queued', 'Being solved'), ('optimal', 'Proven cheapest'), ('feasible', 'Good, not proven cheapest'), ('infeasible', 'The rules exclude one another'), ('failed', 'No answer in time'), ('broken', 'Breaks a rule')], default='queued', max_length=12)),
                ('total', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('gap', models.DecimalField(decimal_places=8, max_digits=12, null=True)),
                ('lowest_total', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('answer', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('solved_at', models.DateTimeField(null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='sourcing.sourcingevent')),
            ],
            options={
                'indexes': [models.Index(fields=['event', 'id'], name='award_scenario_of_event')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['lowest', 'one_supplier', 'two_suppliers', 'rules', 'by_hand'])), name='award_scenario_kind'), models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'optimal', 'feasible', 'infeasible', 'failed', 'broken'])), name='award_scenario_status')],
            },
        ),
        migrations.CreateModel(
            name='AwardRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('form', models.CharField(choices=[('WINNERS_PER_LINE', 'Suppliers on a line'), ('WINNERS', 'Suppliers in all'), ('LEAST_SHARE', 'Least share of a line'), ('CAPACITY', 'Most pieces of a supplier'), ('SPEND', 'Money of a supplier'), ('SPEND_SHARE', 'Share of all money'), ('QUALITY', 'Least mean score'), ('LOCK', 'Must be awarded'), ('EXCLUDE', 'Must not be awarded'), ('SAME_SUPPLIER', 'Same supplier for lines')], max_length=20)),
                ('suppliers', models.JSONField(default=list)),
                ('lines', models.JSONField(default=list)),
                ('low', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('high', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('of_lot', models.BooleanField(default=False)),
                ('cost', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('lacking', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='sourcing.awardscenario')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scenario', 'position'), name='award_rule_position_once'), models.CheckConstraint(condition=models.Q(('form__in', ['WINNERS_PER_LINE', 'WINNERS', 'LEAST_SHARE', 'CAPACITY', 'SPEND', 'SPEND_SHARE', 'QUALITY', 'LOCK', 'EXCLUDE', 'SAME_SUPPLIER'])), name='award_rule_form')],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('standstill', 'Standstill'), ('confirmed', 'Confirmed'), ('declined', 'Declined'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='draft', max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('baseline', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('awarded', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('saving', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('standstill_until', models.DateTimeField(null=True)),
                ('answer_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('letters_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='sourcing.sourcingevent')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='sourcing.awardscenario')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('rejected', 'cancelled')), _negated=True), fields=('event',), name='award_one_in_force'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'pending_approval', 'rejected', 'approved', 'standstill', 'confirmed', 'declined', 'completed', 'cancelled'])), name='award_status'), models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='award_second_person')],
            },
        ),
        migrations.CreateModel(
            name='Disqualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('evidence', models.TextField(blank=True, default='')),
                ('proposed_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('participation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disqualification', to='sourcing.participation')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='disqualification_second_person'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='disqualification_reason')],
            },
        ),
        migrations.CreateModel(
            name='AwardLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('award', 'Award letter'), ('regret', 'Regret letter')], max_length=8)),
                ('status', models.CharField(choices=[('sent', 'Sent'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Expired')], default='sent', max_length=12)),
                ('rank', models.PositiveSmallIntegerField(null=True)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('winning_total', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20, null=True)),
                ('sent_at', models.DateTimeField()),
                ('answer_until', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='sourcing.award')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='sourcing.participation')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('award', 'participation'), name='award_letter_once'), models.CheckConstraint(condition=models.Q(('kind', 'award'), ('status', 'sent'), _connector='OR'), name='award_letter_regret')],
            },
        ),
        migrations.CreateModel(
            name='AwardLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share', models.DecimalField(decimal_places=8, max_digits=9)),
                ('quantity', marketplace.core.fields.QuantityField(decimal_places=6, max_digits=18)),
                ('price', marketplace.core.fields.PriceField(decimal_places=4, max_digits=20)),
                ('amount', marketplace.core.fields.AmountField(decimal_places=4, max_digits=20)),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='sourcing.award')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_lines', to='sourcing.eventline')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_lines', to='sourcing.participation')),
                ('quote_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.quoteline')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('award', 'line', 'participation'), name='award_line_once'), models.CheckConstraint(condition=models.Q(('price__gt', 0), ('quantity__gt', 0), ('share__gt', 0), ('share__lte', 1)), name='award_line_values')],
            },
        ),
    ]),
        AppendOnly(table='sourcing_sealedentry'),
        AppendOnly(table='sourcing_openedpart'),
    ]
