// What is kept on this device: drafts, and what waits to be sent. IndexedDB, because it outlives a reload offline.

const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("entrepot-pad", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("sends", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

let database = null;

const ask = async (store, mode, work) => {
  database ??= open();
  const transaction = (await database).transaction(store, mode);
  const asked = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
};

// A browser that forbids storage costs the convenience, not the order: then nothing is there, and nothing fails.
const quietly = (otherwise) => (error) => {
  database = null;
  console.warn("pad: nothing can be kept on this device", error);
  return otherwise;
};

export const read = (store, key) => ask(store, "readonly", (rows) => rows.get(key)).catch(quietly(undefined));
export const all = (store) => ask(store, "readonly", (rows) => rows.getAll()).catch(quietly([]));
export const write = (store, row) => ask(store, "readwrite", (rows) => rows.put(row)).then(() => true, quietly(false));
export const erase = (store, key) => ask(store, "readwrite", (rows) => rows.delete(key)).then(() => true, quietly(false));
