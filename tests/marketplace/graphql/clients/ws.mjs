// Drives the npm client graphql-ws: node ws.mjs URL TOKEN QUERY VARIABLES COUNT; prints one line an event.
import { createRequire } from "node:module";
const require = createRequire(process.env.ENTREPOT_NODE_ROOT + "/package.json");
const { createClient } = require("graphql-ws");
const WebSocket = require("ws");

const [url, token, query, variables, count] = process.argv.slice(2);
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  keepAlive: 1000,
  connectionParams: token ? { Authorization: `Bearer ${token}` } : {},
});
let seen = 0;
const stop = client.subscribe(
  { query, variables: JSON.parse(variables) },
  {
    next: (value) => {
      tell({ next: value });
      seen += 1;
      if (seen === Number(count)) stop();
    },
    error: (error) => {
      const told = Array.isArray(error) ? error.map((e) => e.extensions.code) : (error.code ?? String(error));
      tell({ error: told });
      process.exit(0);
    },
    complete: () => { tell({ complete: true }); client.dispose(); process.exit(0); },
  },
);
