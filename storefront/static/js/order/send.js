// A form with files, sent with its progress; the answer is the bare data of the operation.

export class Refused extends Error {}

export const send = (data, progress = () => {}) =>
  new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress((100 * event.loaded) / event.total));
    request.addEventListener("error", () => failed(new Error("line")));
    request.addEventListener("load", () => {
      if (request.status !== 200) return failed(new Error(String(request.status)));
      const [answer] = Object.values(JSON.parse(request.responseText));
      if (answer?.errors?.length) return failed(new Refused(answer.errors.map((error) => error.message).join(" ")));
      done(answer);
    });
    request.send(data);
  });

// What to say of what went wrong: what the server refused, or that the line is down.
export const words = (error) => {
  const told = document.getElementById("toasts").dataset;
  return error instanceof Refused ? error.message : error.message === "line" ? told.offline : told.failed;
};
