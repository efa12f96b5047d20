// Cells as spreadsheets put them on the clipboard; a text is read as the server reads one (docs/concepts/orders.md).

const HEADINGS = {
  code: ["sku", "code", "item", "item code", "product code", "barcode", "编码", "商品编码", "规格编码", "条码", "货号"],
  quantity: ["quantity", "qty", "数量", "订购量", "订货数量"],
  uom: ["uom", "unit", "单位", "计量单位"],
};
const FIELDS = Object.keys(HEADINGS);

const unquoted = (cell) => (/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell).replace(/\s*\n\s*/g, " ").trim();

const split = (line) => {
  for (const separator of ["\t", ";", "；", ","]) if (line.includes(separator)) return line.split(separator);
  return line.trim().split(/\s+/);
};

// Rows of cells. A line break inside quotes belongs to its cell, as Excel writes it.
export const cellsOf = (text) =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(/\n+$/, "")
    .match(/(?:"(?:[^"]|"")*"|[^\n])+|(?<=\n|^)(?=\n)/g)
    ?.map((line) => split(line).map(unquoted)) ?? [];

// Lines of code, quantity and unit; a heading says where they stand, and is left out.
export const linesOf = (rows) => {
  const filled = rows.filter((row) => row.some((cell) => cell));
  const places = filled.length ? heading(filled[0]) : null;
  const at = places ?? { code: 0, quantity: 1, uom: 2 };
  return filled.slice(places ? 1 : 0).map((row) => Object.fromEntries(FIELDS.map((field) => [field, row[at[field]] ?? ""])));
};

const heading = (cells) => {
  const words = cells.map((cell) => cell.toLowerCase());
  if (words.some((word) => /^[\d.,]+$/.test(word))) return null;
  const places = Object.fromEntries(FIELDS.map((field) => [field, words.findIndex((word) => HEADINGS[field].includes(word))]));
  return places.code >= 0 && places.quantity >= 0 ? places : null;
};

const quoted = (cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const textOf = (rows) => rows.map((row) => row.map((cell) => quoted(String(cell ?? ""))).join("\t")).join("\n");
