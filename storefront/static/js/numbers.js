// Writes numbers as the server does (storefront/templatetags/trade.py).

const SYMBOLS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", HKD: "HK$", JPY: "JP¥", TWD: "NT$" };
const EXPONENTS = { JPY: 0, KRW: 0, VND: 0, KWD: 3, BHD: 3 };

export const exponent = (currency) => EXPONENTS[currency] ?? 2;

export const plain = (value) => (String(value).includes(".") ? String(value).replace(/0+$/, "").replace(/\.$/, "") : String(value));

const grouped = (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ",");

export const quantity = (value) => {
  const [whole, rest] = plain(value).split(".");
  return grouped(whole) + (rest ? `.${rest}` : "");
};

export const money = ({ amount, currency }) => {
  const [whole, rest = ""] = plain(amount).replace("-", "").split(".");
  const digits = rest.padEnd(EXPONENTS[currency] ?? 2, "0");
  const sign = String(amount).startsWith("-") ? "−" : "";
  return `${sign}${SYMBOLS[currency] ?? `${currency} `}${grouped(whole)}${digits ? `.${digits}` : ""}`;
};
