// What a payer types goes from this browser to Stripe alone: its script is loaded from its own address, on this page only.

const SCRIPT = "https://js.stripe.com/endive/stripe.js";
const BACK = "back";
const form = document.querySelector("form[data-pay]");
const button = form.querySelector("[data-pay-now]");
const refused = form.querySelector("[data-refused]");

const ask = async (operation) => {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify({ do: operation }) });
  const data = answer.ok ? Object.values(await answer.json())[0] : null;
  if (!data) throw new Error(form.dataset.down);
  if (data.errors?.length) throw new Error(data.errors.map((one) => one.message).join(" "));
  return data;
};
const say = (error) => {
  refused.textContent = error.message || form.dataset.down;
  form.querySelector("[data-waiting]")?.remove();
};
const load = () =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.addEventListener("load", () => resolve(window.Stripe));
    script.addEventListener("error", () => reject(new Error(form.dataset.down)));
    document.head.append(script);
  });

const offer = async () => {
  const [Stripe, opened] = await Promise.all([load(), ask("Open")]);
  const locale = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches && document.documentElement.dataset.bsTheme !== "light";
  const night = dark || document.documentElement.dataset.bsTheme === "dark";
  const stripe = Stripe(opened.publicKey, { locale });
  const elements = stripe.elements({ clientSecret: opened.clientSecret, appearance: { theme: night ? "night" : "stripe" } });
  const ways = elements.create("payment");
  ways.on("ready", () => {
    form.querySelector("[data-waiting]")?.remove();
    button.disabled = false;
  });
  ways.on("loaderror", (event) => say(event.error));
  ways.mount("#pay-ways");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    refused.textContent = "";
    const here = new URL(location.pathname, location.origin);
    here.searchParams.set(BACK, "1");
    const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: here.href }, redirect: "if_required" });
    if (!error) return location.assign(here);
    say(error);
    button.disabled = false;
  });
};

// Back from the bank's page: our side may not have heard yet, so it asks.
const lookUp = async () => {
  form.querySelector("[data-waiting]").textContent = form.dataset.checking;
  await ask("Check");
  location.replace(location.pathname);
};

const start = () => (new URLSearchParams(location.search).has(BACK) ? lookUp() : offer());
// Swapped into a page that was loaded under another policy, the script of the provider could not run.
const loaded = performance.getEntriesByType("navigation")[0]?.name;
if (loaded && new URL(loaded).pathname !== location.pathname) location.reload();
else start().catch(say);
form.addEventListener("submit", (event) => event.preventDefault());
