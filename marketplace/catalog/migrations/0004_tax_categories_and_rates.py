import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import marketplace.core.instants
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_extensions'),
        ('catalog', '0003_brand_logo'),
        ('parties', '0003_tax_profiles_and_treatments'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='TaxCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('name_zh', models.CharField(blank=True, default='', max_length=255)),
                ('name_en', models.CharField(blank=True, default='', max_length=255)),
                ('code', models.SlugField(max_length=32)),
                ('kind', models.CharField(choices=[('taxed', 'Taxed'), ('zero_rated', 'Zero-rated'), ('exempt', 'Tax-exempt')], default='taxed', max_length=16)),
                ('is_default', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'tax categories',
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='tax_category_code_once'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('organization',), name='tax_category_one_default'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='tax_category_named')],
            },
        ),
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('valid_from', marketplace.core.instants.InstantField(default=datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('valid_to', marketplace.core.instants.InstantField(default=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='catalog.taxcategory')),
                ('rate', models.DecimalField(decimal_places=4, max_digits=6)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lt', 1)), name='tax_rate_fraction'), models.CheckConstraint(condition=models.Q(('valid_from__lt', models.F('valid_to'))), name='tax_rate_window'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('category', '='), (marketplace.core.instants.InstantRange('valid_from', 'valid_to'), '&&')], name='tax_rate_one_at_a_time')],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='tax_category',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.taxcategory'),
        ),
    ])]
