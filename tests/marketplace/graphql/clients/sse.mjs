// Drives the npm client graphql-sse: node sse.mjs URL TOKEN QUERY VARIABLES COUNT [single]; prints one line an event.
import { createRequire } from "node:module";
const require = createRequire(process.env.ENTREPOT_NODE_ROOT + "/package.json");
const { createClient } = require("graphql-sse");

const [url, token, query, variables, count, mode] = process.argv.slice(2);
const client = createClient({
  url,
  headers: token ? { Authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
  singleConnection: mode === "single",
});
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
let seen = 0;
const stop = client.subscribe(
  { query, variables: JSON.parse(variables) },
  {
    next: (value) => {
      tell({ next: value });
      seen += 1;
      if (seen === Number(count)) stop();
    },
    error: (error) => { tell({ error: String(error.message ?? error) }); process.exit(0); },
    complete: () => { tell({ complete: true }); client.dispose(); process.exit(0); },
  },
);
