// The columns of the sheet of goods: whose they are, what a cell shows, and what the server is sent of it.

const trim = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
const number = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s,]/g, "");
  return /^\d{1,12}(\.\d{1,6})?$/.test(plain) ? plain : null;
};
const camel = (text) => text.replace(/_+(.)/g, (_all, letter) => letter.toUpperCase());
const percent = (rate) => `${trim((Number(rate) * 100).toFixed(2))}%`;
const folded = (text) => text.normalize("NFKC").trim().toLowerCase();

// `options`: [value, label, other words]; what is typed is one of them, or nothing
const chosen = (options, text) => {
  const wanted = folded(text);
  return options.find((one) => one.some((word) => word && folded(String(word)) === wanted))?.[0];
};

const valueOf = (owner, code) => owner?.attributes.find((one) => one.code === code)?.rawValue ?? "";

// of: "product", "variant" or "both" (the product where the row is one, else the variant); field: as errors name it
const text = (column, of, field, width, more = {}) => ({
  column, of, field, width,
  show: (owner) => owner[field] ?? "",
  read: (typed) => ({ [field]: typed.trim() }),
  ...more,
});

const choice = (column, of, field, width, options, { get, empty = false }) => ({
  column, of, field, width, options,
  show: (owner) => {
    const value = get(owner);
    return value ? options.find((one) => one[0] === value)?.[1] ?? "" : "";
  },
  read: (typed) => {
    if (!typed.trim()) return empty ? { [field]: null } : null;
    const value = chosen(options, typed);
    return value === undefined ? null : { [field]: value };
  },
});

const pack = (unit) => ({
  column: `pack-${unit.code}`, of: "variant", field: `packs.${unit.code}`, width: 6, end: true, label: unit.name, optional: true,
  show: (owner) => {
    const found = owner.packs.find((one) => one.uom.code === unit.code);
    return found ? trim(found.factor) : "";
  },
  locked: (owner) => owner.packs.some((one) => one.uom.code === unit.code && one.isBase),
  read: (typed, owner) => {
    const had = owner.packs.some((one) => one.uom.code === unit.code);
    if (!typed.trim()) return had ? { packs: [{ uom: unit.code, remove: true }] } : {};
    const factor = number(typed);
    return factor === null ? null : { packs: [{ uom: unit.code, factor }] };
  },
});

const attribute = (one, words) => {
  const of = one.ofVariant ? "variant" : "product";
  const yes = [["true", words.yes, "yes"], ["false", words.no, "no"]];
  const options = one.kind === "CHOICE" ? one.choices.map(({ value, label }) => [value, label]) : one.kind === "BOOLEAN" ? yes : null;
  return {
    column: `attribute-${one.code}`, of, field: `attributes.${camel(one.code)}`, width: 8, label: one.name, options, optional: true,
    end: one.kind === "NUMBER",
    show: (owner) => {
      const value = valueOf(owner, one.code);
      return options ? options.find((choice) => choice[0] === value)?.[1] ?? value : value;
    },
    read: (typed) => {
      const value = options && typed.trim() ? chosen(options, typed) : typed.trim();
      return value === undefined ? null : { attributes: [{ code: one.code, value }] };
    },
  };
};

export const columnsOf = (known, words) => {
  const statuses = [["ACTIVE", words.active], ["DRAFT", words.draft], ["RETIRED", words.retired]];
  const brands = known.brands.map(({ id, name, code }) => [id, name, code]);
  const categories = known.categories.map(({ id, name, slug }) => [id, name, slug]);
  const tax = {
    column: "tax", of: "product", field: "taxRate", width: 5.5, end: true,
    show: (owner) => percent(owner.taxRate),
    read: (typed) => {
      const rate = number(typed.replace(/[%％]/g, ""));
      return rate === null ? null : { taxPercent: rate };
    },
  };
  return [
    text("code", "variant", "sku", 11),
    text("nameZh", "both", "nameZh", 11),
    text("nameEn", "both", "nameEn", 12),
    choice("status", "both", "status", 6.5, statuses, { get: (owner) => owner.status }),
    choice("brand", "product", "brand", 8, brands, { get: (owner) => owner.brand?.id, empty: true }),
    choice("category", "product", "category", 9, categories, { get: (owner) => owner.category?.id, empty: true }),
    tax,
    text("barcode", "variant", "barcode", 9.5),
    ...known.attributes.map((one) => attribute(one, words)),
    ...known.uoms.map(pack),
  ].map((column) => ({ ...column, price: true, text: true, label: column.label ?? words[column.column] }));
};

// Whose cell it is in this row, or nobody's.
export const ownerIn = (row, column) => {
  const owner = column.of === "both" ? row.product ?? row.variant : row[column.of];
  return owner && !column.locked?.(owner) ? owner : null;
};

export const shownIn = (row, column) => {
  const owner = column.of === "both" ? row.product ?? row.variant : row[column.of];
  return owner ? String(column.show(owner) ?? "") : "";
};
