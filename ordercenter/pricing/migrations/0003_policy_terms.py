import django.db.models.deletion
import django.db.models.functions.comparison
import marketplace.core.fields
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('parties', '0001_initial'),
        ('pricing', '0002_closed_past'),
    ]

    operations = [Together([
        migrations.AddField(
            model_name='pricepolicyline',
            name='brand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand'),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category'),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product'),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='variant',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant'),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='step',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='value',
            field=marketplace.core.fields.PriceField(blank=True, decimal_places=4, max_digits=20, null=True),
        ),
        migrations.AlterField(
            model_name='pricepolicyline',
            name='kind',
            field=models.CharField(choices=[('list', 'Price list'), ('percent', 'Percent'), ('amount', 'Amount per base uom'), ('floor_amount', 'Floor price per base uom'), ('floor_percent', 'Floor price in percent of the list price')], default='list', max_length=16),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='audience_key',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.Func(models.F('partnership'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 1)'), models.Func(models.F('group'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 2)'), models.Func(models.F('grade'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 3)'), models.Value(0), output_field=models.BigIntegerField()), output_field=models.BigIntegerField()),
        ),
        migrations.AddField(
            model_name='pricepolicyline',
            name='product_key',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.Func(models.F('variant'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 1)'), models.Func(models.F('product'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 2)'), models.Func(models.F('category'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 3)'), models.Func(models.F('brand'), output_field=models.BigIntegerField(), template='(%(expressions)s * 8 + 4)'), models.Value(0), output_field=models.BigIntegerField()), output_field=models.BigIntegerField()),
        ),
    ])]
