import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('attachments', '0001_tables'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_kind', models.CharField(max_length=16)),
                ('document_id', models.BigIntegerField()),
                ('seller', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('visible', models.CharField(choices=[('seller', 'Seller'), ('buyer', 'Buyer'), ('both', 'Both sides')], default='both', max_length=8)),
                ('kind', models.CharField(choices=[('document', 'Document talk')], default='document', max_length=16)),
                ('last', models.PositiveIntegerField(default=0)),
                ('seller_last_at', models.DateTimeField(null=True)),
                ('buyer_last_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='conversation_two_sides'), models.CheckConstraint(condition=models.Q(models.Q(('visible', 'seller'), ('seller__isnull', False)), models.Q(('visible', 'buyer'), ('buyer__isnull', False)), models.Q(('visible', 'both'), ('seller__isnull', False), ('buyer__isnull', False)), _connector='OR'), name='conversation_for_a_side'), models.UniqueConstraint(fields=('document_kind', 'document_id'), name='conversation_of_document_once')],
                'indexes': [models.Index(fields=['seller', '-seller_last_at'], name='conversation_of_seller'), models.Index(fields=['buyer', '-buyer_last_at'], name='conversation_of_buyer')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_kind', models.CharField(max_length=16)),
                ('document_id', models.BigIntegerField()),
                ('seller', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('visible', models.CharField(choices=[('seller', 'Seller'), ('buyer', 'Buyer'), ('both', 'Both sides')], default='both', max_length=8)),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='conversations.conversation')),
                ('seq', models.PositiveIntegerField()),
                ('text', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author_organization', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='message_two_sides'), models.CheckConstraint(condition=models.Q(models.Q(('visible', 'seller'), ('seller__isnull', False)), models.Q(('visible', 'buyer'), ('buyer__isnull', False)), models.Q(('visible', 'both'), ('seller__isnull', False), ('buyer__isnull', False)), _connector='OR'), name='message_for_a_side'), models.UniqueConstraint(fields=('conversation', 'seq'), name='message_seq_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_kind', models.CharField(max_length=16)),
                ('document_id', models.BigIntegerField()),
                ('seller', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('buyer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('visible', models.CharField(choices=[('seller', 'Seller'), ('buyer', 'Buyer'), ('both', 'Both sides')], default='both', max_length=8)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='conversations.message')),
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='message_file', to='attachments.attachment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='message_file_two_sides'), models.CheckConstraint(condition=models.Q(models.Q(('visible', 'seller'), ('seller__isnull', False)), models.Q(('visible', 'buyer'), ('buyer__isnull', False)), models.Q(('visible', 'both'), ('seller__isnull', False), ('buyer__isnull', False)), _connector='OR'), name='message_file_for_a_side')],
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='conversations.conversation')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.membership')),
                ('seq', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'membership'), name='read_mark_once')],
            },
        ),
    ])]
