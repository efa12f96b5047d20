// Mounts GraphiQL on our endpoint: queries and mutations by POST with the session's CSRF token, subscriptions by SSE.
(() => {
  const main = document.getElementById("explorer");
  const headers = { "Content-Type": "application/json", "X-CSRFToken": main.dataset.csrf };

  const post = async (params, options) => {
    const response = await fetch(main.dataset.endpoint, {
      method: "POST",
      credentials: "same-origin",
      headers: { ...headers, ...((options && options.headers) || {}) },
      body: JSON.stringify(params),
    });
    return response.json();
  };

  async function* stream(params, options) {
    const response = await fetch(`${main.dataset.endpoint}stream`, {
      method: "POST",
      credentials: "same-origin",
      headers: { ...headers, Accept: "text/event-stream", ...((options && options.headers) || {}) },
      body: JSON.stringify(params),
    });
    if (!(response.headers.get("Content-Type") || "").startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const messages = rest.split("\n\n");
      rest = messages.pop();
      for (const message of messages) {
        const lines = message.split("\n");
        if (lines.includes("event: complete")) return;
        const data = lines.find((line) => line.startsWith("data: "));
        if (data) yield JSON.parse(data.slice(6));
      }
    }
  }

  const isSubscription = (params) => {
    const name = params.operationName;
    const pattern = name ? new RegExp(`subscription\\s+${name}\\b`) : /(^|\n|\})\s*subscription\b/;
    return pattern.test(params.query);
  };

  const fetcher = (params, options) => (isSubscription(params) ? stream(params, options) : post(params, options));
  const root = ReactDOM.createRoot(main);
  root.render(React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: true }));
})();
