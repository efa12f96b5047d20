// What is sent later: JSON posts that wait in the browser until there is a line, and arrive once, by their idempotency key.
//
//   await outbox.put({ key, url, body, title })   kept, and sent at once or when the line is back; gives the answer or null
//   await outbox.list()                           what waits: [{ key, url, body, title, at, tries }]
//   await outbox.remove(key), outbox.clear()
//   document hears outbox:sent { key, title, answer }, outbox:refused { key, title, status, answer }, outbox:changed { count }
//
// An entry belongs to the owner (user and organization) of the page that made it, and is sent by no other.

const NAME = "entrepot";
const STORE = "outbox";
const whose = () => document.body?.dataset.owner ?? "";
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`outbox:${name}`, { detail }));

const opened = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const within = async (mode, work) => {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
};

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
const post = (entry) =>
  fetch(entry.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": entry.key, "X-CSRFToken": token() },
    body: JSON.stringify(entry.body),
  });

// One sender at a time, whichever of several windows it is: two would only be two posts with one key, but tell twice.
const alone = (work) => (navigator.locks ? navigator.locks.request("entrepot-outbox", work) : work());

const send = async (entry) => {
  let answer;
  try {
    answer = await post(entry);
  } catch {
    return undefined; // no line
  }
  // Not our turn (429), the server is starting, or somebody has to sign in first: it waits on.
  if (answer.status === 429 || answer.status >= 500 || answer.status === 401 || answer.status === 403) return undefined;
  const data = await answer.json().catch(() => null);
  await within("readwrite", (store) => store.delete(entry.key));
  const payloads = Object.values(data?.data ?? data ?? {});
  const refused = !answer.ok || data?.errors?.length > 0 || payloads.some((payload) => payload?.errors?.length);
  tell(refused ? "refused" : "sent", { key: entry.key, title: entry.title, status: answer.status, answer: data });
  return data;
};

export const outbox = {
  async list() {
    const all = (await within("readonly", (store) => store.getAll())) ?? [];
    return all.filter((entry) => entry.owner === whose()).sort((a, b) => a.at - b.at);
  },
  async put({ key = crypto.randomUUID(), url, body, title = "" }) {
    const entry = { key, url, body, title, owner: whose(), at: Date.now(), tries: 0 };
    await within("readwrite", (store) => store.put(entry));
    await this.changed();
    const answers = await this.flush();
    return answers.get(key) ?? null;
  },
  async remove(key) {
    await within("readwrite", (store) => store.delete(key));
    await this.changed();
  },
  async clear() {
    await within("readwrite", (store) => store.clear());
    await this.changed();
  },
  /** Send what waits, oldest first; stops at the first that finds no line. Gives the answers by key. */
  flush() {
    return alone(async () => {
      const answers = new Map();
      if (!navigator.onLine || !whose()) return answers;
      for (const entry of await this.list()) {
        const answer = await send(entry);
        if (answer === undefined) break;
        answers.set(entry.key, answer);
      }
      await this.changed();
      return answers;
    });
  },
  async changed() {
    tell("changed", { count: (await this.list()).length });
  },
};

const quietly = () => outbox.flush().catch(() => {});
window.addEventListener("online", quietly);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && quietly());
setInterval(() => document.visibilityState === "visible" && quietly(), 30_000);
quietly();
