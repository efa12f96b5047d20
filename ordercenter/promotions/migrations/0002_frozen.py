from django.db import migrations

from marketplace.core.append_only import AppendOnly

FROZEN = """
CREATE OR REPLACE FUNCTION promotions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moving text[] := '{status,ended_at,updated_at}';
BEGIN
    IF OLD.approved_at IS NOT NULL AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving) THEN
        RAISE EXCEPTION 'an approved promotion never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER promotions_frozen BEFORE UPDATE OR DELETE ON promotions_promotion
    FOR EACH ROW EXECUTE FUNCTION promotions_frozen();

CREATE OR REPLACE FUNCTION promotions_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
    home bigint := part ->> 'promotion_id';
BEGIN
    IF home IS NULL THEN
        SELECT promotion_id INTO home FROM promotions_giftpool WHERE id = (part ->> 'pool_id')::bigint;
    END IF;
    IF EXISTS (SELECT FROM promotions_promotion WHERE id = home AND approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an approved promotion never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

PARTS = (
    "promotionaudience",
    "promotionscope",
    "promotiontier",
    "promotioncomponent",
    "giftpool",
    "giftpoolitem",
    "promotionfunding",
)
TRIGGERS = "".join(
    f"CREATE TRIGGER {part}_frozen BEFORE INSERT OR UPDATE OR DELETE ON promotions_{part} "
    "FOR EACH ROW EXECUTE FUNCTION promotions_part_frozen();"
    for part in PARTS
)
UNDO = "".join(f"DROP TRIGGER IF EXISTS {part}_frozen ON promotions_{part};" for part in PARTS) + (
    "DROP TRIGGER IF EXISTS promotions_frozen ON promotions_promotion;"
    "DROP FUNCTION IF EXISTS promotions_frozen(); DROP FUNCTION IF EXISTS promotions_part_frozen();"
)


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]
    operations = [
        AppendOnly("promotions_promotioncapmove"),
        migrations.RunSQL(FROZEN, "DROP FUNCTION IF EXISTS promotions_part_frozen() CASCADE"),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
