import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [Together([
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=128)),
                ('phone', models.CharField(blank=True, default='', max_length=32)),
                ('language', models.CharField(blank=True, default='', max_length=16)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('code', models.SlugField(max_length=64, unique=True)),
                ('status', models.CharField(choices=[('unclaimed', 'Unclaimed'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='active', max_length=16)),
                ('country', models.CharField(default='CN', max_length=2)),
                ('currency', marketplace.core.fields.CurrencyField(default='CNY', max_length=3)),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                ('language', models.CharField(default='zh-hans', max_length=16)),
                ('sells', models.BooleanField(default=False)),
                ('buys', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='PartnerGrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.CharField(max_length=64)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='partner_grade_code_once')],
            },
        ),
        migrations.CreateModel(
            name='PartnerGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.partnergroup')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('depth', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='partner_group_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.CharField(max_length=64)),
                ('preset', models.CharField(blank=True, default='', max_length=32)),
                ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='role_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.unit')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('depth', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('department', 'Department'), ('cost_centre', 'Cost centre'), ('branch', 'Branch'), ('plant', 'Plant')], default='department', max_length=16)),
                ('code', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='unit_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='parties.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='parties.unit')),
                ('is_active', models.BooleanField(default=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('roles', models.ManyToManyField(related_name='memberships', to='parties.role')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'organization'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.territory')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('depth', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'territories',
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='territory_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('upstream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downstream_partnerships', to='parties.organization')),
                ('downstream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='upstream_partnerships', to='parties.organization')),
                ('status', models.CharField(choices=[('potential', 'Potential'), ('active', 'Active'), ('suspended', 'Suspended'), ('blocklisted', 'Blocklisted'), ('terminated', 'Terminated')], default='active', max_length=16)),
                ('downstream_role', models.CharField(choices=[('dealer', 'Dealer'), ('sub_dealer', 'Sub-dealer'), ('supplier', 'Supplier'), ('carrier', 'Carrier')], default='dealer', max_length=16)),
                ('code', models.CharField(max_length=64)),
                ('currency', marketplace.core.fields.CurrencyField(max_length=3)),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='parties.partnergrade')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='parties.territory')),
                ('sales_rep', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='partnerships', to='parties.membership')),
                ('price_scope', models.CharField(choices=[('all', 'All price lists'), ('own', 'Own price lists only')], default='all', max_length=8)),
                ('short_policy', models.CharField(choices=[('complete_order', 'Complete order'), ('complete_line', 'Complete lines'), ('partial', 'Partial allowed'), ('partial_cancel', 'Cancel the rest')], default='partial', max_length=16)),
                ('payment_method', models.CharField(choices=[('bank_transfer', 'Bank transfer'), ('online', 'Online payment'), ('fund_account', 'Fund account'), ('on_account', 'On account'), ('acceptance_bill', 'Acceptance bill'), ('on_delivery', 'On delivery')], default='on_account', max_length=16)),
                ('payment_days', models.PositiveSmallIntegerField(default=30)),
                ('share_stock', models.BooleanField(default=False)),
                ('status_reason', models.CharField(blank=True, default='', max_length=255)),
                ('status_since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('upstream', 'downstream'), name='partnership_once'), models.UniqueConstraint(fields=('upstream', 'code'), name='partnership_code_once'), models.CheckConstraint(condition=models.Q(('upstream', models.F('downstream')), _negated=True), name='partnership_two_sides')],
                'indexes': [models.Index(fields=['downstream', 'status'], name='partnership_downstream')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('label', models.CharField(blank=True, default='', max_length=64)),
                ('contact', models.CharField(max_length=128)),
                ('phone', models.CharField(blank=True, default='', max_length=32)),
                ('country', models.CharField(default='CN', max_length=2)),
                ('region', models.CharField(blank=True, default='', max_length=64)),
                ('city', models.CharField(blank=True, default='', max_length=64)),
                ('district', models.CharField(blank=True, default='', max_length=64)),
                ('street', models.CharField(max_length=255)),
                ('postal_code', models.CharField(blank=True, default='', max_length=16)),
                ('is_default', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name_plural': 'addresses',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('organization',), name='address_default_once')],
            },
        ),
    ])]
