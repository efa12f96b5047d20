"""Several carts a member and seller, told apart by name. The new columns have constant defaults: no table is rewritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The way back: all carts of a member at a seller become one again, equal lines added up, with what is kept for them.
FOLD = """
DO $$
BEGIN
    CREATE TEMPORARY TABLE folded ON COMMIT DROP AS
    SELECT id, first FROM (SELECT id, min(id) OVER (PARTITION BY organization_id, user_id, seller_id) AS first
                             FROM orders_cart) AS carts WHERE id <> first;
    INSERT INTO orders_cartline AS line (cart_id, organization_id, position, variant_id, uom_id, quantity, unit_price,
                                         snapshot, priced_at)
    SELECT folded.first, min(own.organization_id), min(own.position), own.variant_id, own.uom_id, sum(own.quantity),
           NULL, NULL, NULL
      FROM orders_cartline AS own JOIN folded ON folded.id = own.cart_id
     GROUP BY folded.first, own.variant_id, own.uom_id
    ON CONFLICT (cart_id, variant_id, uom_id) DO UPDATE
       SET quantity = line.quantity + EXCLUDED.quantity, snapshot = NULL, priced_at = NULL;
    DELETE FROM orders_cartline USING folded WHERE cart_id = folded.id;
    IF to_regclass('stock_reservation') IS NOT NULL THEN
        INSERT INTO stock_reservation AS kept (organization_id, cart_id, balance_id, quantity, expires_at)
        SELECT min(own.organization_id), folded.first, own.balance_id, sum(own.quantity), min(own.expires_at)
          FROM stock_reservation AS own JOIN folded ON folded.id = own.cart_id GROUP BY folded.first, own.balance_id
        ON CONFLICT (cart_id, balance_id) DO UPDATE SET quantity = kept.quantity + EXCLUDED.quantity;
        DELETE FROM stock_reservation USING folded WHERE cart_id = folded.id;
    END IF;
    DELETE FROM orders_cart USING folded WHERE orders_cart.id = folded.id;
    SET CONSTRAINTS ALL IMMEDIATE;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_cancel_requests'),
        ('parties', '0002_invitations_and_company_profile'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='cart',
            name='cart_one_per_seller',
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FOLD),
        migrations.AddField(
            model_name='cart',
            name='is_shared',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='cart',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='cart',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name='cart',
            constraint=models.UniqueConstraint(fields=('organization', 'user', 'seller', 'name'), name='cart_name_once', nulls_distinct=False),
        ),
        migrations.CreateModel(
            name='ChosenCart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cart', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chosen', to='orders.cart')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'seller'), name='chosen_cart_once')],
            },
        ),
    ]
