// Sends the forms of the page /docs as requests to this server, and shows what it answers. Nothing goes to other hosts.
"use strict";

const MOST_SHOWN = 200_000; // characters of a text
const MOST_LOADED = 64 * 1024 * 1024; // bytes of a picture, a video or a file
const key = document.getElementById("api-key");

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  form.elements["content-type"]?.addEventListener("change", (event) => {
    for (const body of form.querySelectorAll("fieldset")) {
      body.hidden = body.disabled = body.dataset.type !== event.target.value;
    }
  });
}

// The address, method, headers and body that a form asks for, and the fields of its body for the command.
function buildRequest(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  if (key.value) headers.Authorization = `Bearer ${key.value}`;
  for (const input of form.querySelectorAll("[data-in]")) {
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value && input.dataset.in === "query") query.append(input.name, input.value);
    else if (input.value) headers[input.name] = input.value;
  }
  const address = location.origin + path + (query.size ? `?${query}` : "");
  const request = { address, method: form.dataset.method, headers, body: undefined, parts: [] };
  const shown = form.querySelector("fieldset:not([disabled])");
  if (!shown) return request;
  const whole = shown.querySelector("[data-body]");
  if (whole) {
    headers["Content-Type"] = shown.dataset.type;
    request.body = whole.type === "file" ? (whole.files[0] ?? "") : whole.value;
    return request;
  }
  request.body = new FormData();
  for (const input of shown.querySelectorAll("[data-part]")) {
    const values = input.type === "file" ? [...input.files] : input.value ? [input.value] : [];
    for (const value of values) request.body.append(input.name, value);
  }
  request.parts = [...request.body];
  return request;
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// The same request as a command for a shell; the key is named, not shown.
function formatCommand({ address, method, headers, body, parts }) {
  const words = ["curl", "-X", method, quote(address)];
  for (const [name, value] of Object.entries(headers)) {
    words.push("-H", name === "Authorization" ? '"Authorization: Bearer $API_KEY"' : quote(`${name}: ${value}`));
  }
  for (const [name, value] of parts) {
    words.push(value instanceof File ? `-F ${quote(`${name}=@${value.name}`)}` : `--form-string ${quote(`${name}=${value}`)}`);
  }
  if (body instanceof File) words.push(`--data-binary ${quote(`@${body.name}`)}`);
  else if (typeof body === "string") words.push(`--data-binary ${quote(body)}`);
  return words.join(" ");
}

async function send(form) {
  const output = form.querySelector("output");
  const command = form.querySelector(".command");
  const stop = form.elements.stop;
  const request = buildRequest(form);
  command.textContent = formatCommand(request);
  command.hidden = output.hidden = stop.hidden = false;
  output.replaceChildren("…");
  form.abort?.abort();
  const abort = (form.abort = new AbortController());
  stop.onclick = () => abort.abort();
  const begun = performance.now();
  try {
    const { address, method, headers, body } = request;
    const answer = await fetch(address, { method, headers, body, signal: abort.signal });
    const kind = answer.headers.get("Content-Type") ?? "";
    const status = document.createElement("b");
    const took = Math.round(performance.now() - begun);
    status.textContent = [`${answer.status} ${answer.statusText}`.trim(), kind, `${took} ms`].filter(Boolean).join(" · ");
    output.replaceChildren(status);
    await show(answer, kind, output, abort);
  } catch (error) {
    const note = document.createElement("p");
    note.textContent = error.name === "AbortError" ? "Stopped." : `No answer: ${error.message}`;
    output.append(note);
  } finally {
    if (form.abort === abort) stop.hidden = true;
  }
}

async function show(answer, kind, output, abort) {
  if (/json|^text\//.test(kind) || !kind) return showText(answer, kind, output);
  if (Number(answer.headers.get("Content-Length")) > MOST_LOADED) {
    output.append(" · too large for this page; use the command");
    return abort.abort();
  }
  const media = { image: "img", video: "video", audio: "audio" }[kind.split("/")[0]] ?? "a";
  const file = URL.createObjectURL(await answer.blob());
  const shown = document.createElement(media);
  if (media === "a") Object.assign(shown, { href: file, download: "", textContent: "Save the file" });
  else Object.assign(shown, { src: file, controls: true, alt: "the picture that was answered" });
  output.append(shown);
}

// A text is shown as it comes: a stream of events does not end.
async function showText(answer, kind, output) {
  const shown = document.createElement("pre");
  output.append(shown);
  let text = "";
  for await (const part of readParts(answer)) {
    text += part;
    shown.textContent = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n… cut` : text;
    if (text.length > MOST_SHOWN) return;
  }
  try {
    if (/json/.test(kind)) shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // shown as it came
  }
}

async function* readParts(answer) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel();
  }
}
