// Asking the page's own address for one of the operations of its document.

const tokenHere = () => {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  } catch {
    return "";
  }
};

export class Server {
  constructor(address) {
    this.address = address;
    this.token = tokenHere();
  }

  post(operation, variables, key = "", signal = undefined) {
    const body = JSON.stringify({ do: operation, variables });
    return this.ask(body, { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) }, signal);
  }

  send(operation, fields) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ do: operation, ...fields })) form.append(name, value);
    return this.ask(form, {});
  }

  // Throws with `offline` where nobody answered, with `refused` where the answer will always be no.
  async ask(body, headers, signal = undefined, again = true) {
    let response;
    try {
      response = await fetch(this.address, { method: "POST", signal, body, headers: { Accept: "application/json", "X-CSRFToken": this.token, ...headers } });
    } catch (error) {
      if (error.name !== "AbortError") error.offline = true;
      throw error;
    }
    if (response.status === 403 && again && (await this.renew())) return this.ask(body, headers, signal, false);
    if (response.status === 401) location.reload();
    if (!response.ok) throw Object.assign(new Error(response.status), { refused: response.status === 400 || response.status === 403, offline: response.status >= 502 });
    return response.json();
  }

  // A page that was opened offline carries the token of an older visit.
  async renew() {
    const page = await fetch(this.address, { cache: "no-store", headers: { Accept: "text/html" } }).catch(() => null);
    const token = page?.ok ? /X-CSRFToken(?:&quot;|"): (?:&quot;|")([^"&]+)/.exec(await page.text())?.[1] : "";
    if (!token || token === this.token) return false;
    this.token = token;
    return true;
  }
}
