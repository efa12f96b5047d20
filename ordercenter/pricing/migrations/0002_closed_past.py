from django.db import migrations

# A row is open to change while it has not begun, or while its list could not yet answer for anybody.
CLOSED_PAST = """
CREATE OR REPLACE FUNCTION pricing_closed_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ever_in_force boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.organization_id, OLD.price_list_id, OLD.variant_id, OLD.uom_id, OLD.min_quantity, OLD.amount,
            OLD.valid_from, OLD.price_import_id) IS DISTINCT FROM (NEW.organization_id, NEW.price_list_id, NEW.variant_id,
            NEW.uom_id, NEW.min_quantity, NEW.amount, NEW.valid_from, NEW.price_import_id) THEN
        RAISE EXCEPTION 'a price row keeps its amount: write another row' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' AND OLD.valid_from >= now() OR TG_OP = 'UPDATE' AND OLD.valid_to >= now() AND NEW.valid_to >= now() THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    SELECT effective_since <= now() INTO ever_in_force FROM pricing_pricelist WHERE id = OLD.price_list_id;
    IF ever_in_force THEN
        RAISE EXCEPTION 'what a price was is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER pricing_pricerow_closed_past BEFORE UPDATE OR DELETE ON pricing_pricerow
    FOR EACH ROW EXECUTE FUNCTION pricing_closed_past();
"""

UNDO = """
DROP TRIGGER IF EXISTS pricing_pricerow_closed_past ON pricing_pricerow;
DROP FUNCTION IF EXISTS pricing_closed_past();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [migrations.RunSQL(CLOSED_PAST, UNDO)]
