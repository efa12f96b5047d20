// Paying from funds at the checkout: each amount is sent by itself, then the sums are shown as the server has them; what
// one has typed elsewhere on the page stays. Listeners stand on `document`, for htmx replaces the body.

const funds = () => document.getElementById("checkout-funds");
const told = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "danger" } }));
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let queue = Promise.resolve();

const ask = async (row, amount) => {
  const variables = { cart: row.closest("[data-cart]").dataset.cart, funds: [{ kind: row.dataset.fund, amount }] };
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify({ do: "Funds", variables }) });
  if (!answer.ok) throw new Error(answer.status);
  const { orderFundsSet: said } = await answer.json();
  return (said?.errors ?? []).map((error) => error.message).join(" ");
};

// The focus goes to the same field again, so that one may go on by keyboard.
const renew = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const held = document.activeElement?.id;
  for (const id of ["checkout-funds", "checkout-money"]) {
    const found = fresh.getElementById(id);
    if (found) document.getElementById(id)?.replaceWith(found);
  }
  if (held) document.getElementById(held)?.focus();
};

const send = async (row) => {
  const field = row.querySelector("[data-fund-amount]");
  const typed = field.value.trim().replace(/[\s,]/g, "");
  const said = row.querySelector("[data-fund-said]");
  funds().setAttribute("aria-busy", "true");
  try {
    const refused = await ask(row, typed || "0");
    if (refused) said.textContent = refused;
    else await renew();
    field.classList.toggle("is-invalid", Boolean(refused));
  } catch {
    told(document.querySelector("[data-checkout]")?.dataset.failed ?? "");
  }
  funds()?.removeAttribute("aria-busy");
};

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-fund-amount]")) queue = queue.then(() => send(event.target.closest("[data-fund]")));
});
document.addEventListener("click", (event) => {
  const most = event.target.closest?.("[data-fund-most]");
  if (!most) return;
  const row = most.closest("[data-fund]");
  row.querySelector("[data-fund-amount]").value = most.dataset.fundMost;
  queue = queue.then(() => send(row));
});
// Enter in an amount takes the amount; it does not place the order.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-fund-amount]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
});
