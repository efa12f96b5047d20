import django.db.models.deletion
import django.db.models.functions.datetime
import marketplace.parties.audience
from django.conf import settings
from django.db import migrations, models

from marketplace.core.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('partnership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnership')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergroup')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.partnergrade')),
                ('title_zh', models.CharField(blank=True, default='', max_length=160)),
                ('title_en', models.CharField(blank=True, default='', max_length=160)),
                ('body_zh', models.TextField(blank=True, default='')),
                ('body_en', models.TextField(blank=True, default='')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'Pending approval'), ('rejected', 'Rejected'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=24)),
                ('is_pinned', models.BooleanField(default=False)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('announced_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='parties.membership')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(marketplace.parties.audience.LessOrEqual(marketplace.parties.audience.NumNonNulls('partnership', 'group', 'grade'), 1)), name='bulletin_one_audience'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='bulletin_window'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='bulletin_published_at')],
                'indexes': [models.Index(models.F('organization'), models.F('status'), models.OrderBy(models.F('valid_from'), descending=True), name='bulletin_of_seller'), models.Index(condition=models.Q(('announced_at', None), ('status', 'published')), fields=['valid_from'], name='bulletin_to_announce')],
            },
        ),
        migrations.CreateModel(
            name='BulletinRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('bulletin', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reads', to='notifications.bulletin')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bulletin', 'user', 'organization'), name='bulletin_read_once')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=64)),
                ('event', models.BigIntegerField()),
                ('document_kind', models.CharField(blank=True, default='', max_length=32)),
                ('document_id', models.BigIntegerField(null=True)),
                ('data', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'organization', 'event', 'kind'), name='notification_once_per_event')],
                'indexes': [models.Index(models.F('user'), models.F('organization'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='notification_list'), models.Index(condition=models.Q(('read_at', None)), fields=['user', 'organization'], name='notification_unread'), models.Index(fields=['created_at'], name='notification_age')],
            },
        ),
        migrations.CreateModel(
            name='NotificationSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=64)),
                ('enabled', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'organization', 'kind'), name='notification_setting_once')],
            },
        ),
    ])]
