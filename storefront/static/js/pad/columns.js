// The columns of the pad: what they show, how wide they are, and how the browser lays them out.

import { money, plain, quantity } from "../numbers.js";

export const EDITABLE = ["code", "quantity", "uom"];
export const DEFAULT = [
  { column: "code", width: 152 },
  { column: "quantity", width: 84 },
  { column: "uom", width: 88 },
  { column: "name", width: 190 },
  { column: "stock", width: 112 },
  { column: "price", width: 100 },
  { column: "tier", width: 172 },
  { column: "amount", width: 116 },
];
export const NUMBERS = ["quantity", "price", "amount"];
export const NARROWEST = 48;
export const WIDEST = 800;

// What stands in a cell, as text; also what is copied to a spreadsheet (`bare`: numbers without signs and marks).
export const textIn = (column, row, check, pad, bare = false) => {
  switch (column) {
    case "code":
      return row.code;
    case "quantity":
      return row.quantity;
    case "uom":
      return bare ? row.uom || check?.uomCode || "" : pad.uomName(row.uom || check?.uomCode || "");
    case "name":
      return check?.name ?? "";
    case "stock":
      return check?.availability?.label ?? "";
    case "price":
      return check?.unitPrice ? (bare ? plain(check.unitPrice.amount) : money(check.unitPrice)) : "";
    case "amount":
      return check?.total ? (bare ? plain(check.total.amount) : money(check.total)) : "";
    case "tier": {
      const tier = pad.hints.get(row)?.nextTier;
      return tier ? pad.say("tier", quantity(tier.missing)).replace("{price}", money(tier.unitPrice)) : "";
    }
    default:
      return "";
  }
};

// The name takes what is left over, so that the sheet fills its place.
export const template = (columns) =>
  ["2.75rem", ...columns.map(({ column, width }) => (column === "name" ? `minmax(${width}px, 1fr)` : `${width}px`)), "2.5rem"].join(" ");

export const wholeWidth = (columns) => columns.reduce((sum, { width }) => sum + width, 84);
