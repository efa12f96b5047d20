from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('payments', '0002_providers_refunds_and_chargebacks'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='payment_of_order'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(models.Q(('provider', 'bank'), _negated=True), ('status__in', ['pending', 'processing', 'failed'])), fields=['id'], name='payment_under_way'),
        ),
        AddIndexConcurrently(
            model_name='refund',
            index=models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='refund_of_order'),
        ),
        AddIndexConcurrently(
            model_name='refund',
            index=models.Index(condition=models.Q(('status__in', ['pending', 'processing'])), fields=['id'], name='refund_under_way'),
        ),
    ]
