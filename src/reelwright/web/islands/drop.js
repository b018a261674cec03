// The drop zone: a file is checked where it is dropped, sent in parts that survive a lost connection, then priced.
const PART_BYTES = 8 * 1024 ** 2, TRIES = 6, LONGEST_PAUSE_MS = 8000;
const root = new URL(document.documentElement.dataset.root, location.href).href;
const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

class ReelDrop extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.input = this.querySelector("input[type=file]");
    this.state = this.querySelector(".drop-state");
    this.send = this.querySelector(".drop-send");
    this.input.removeAttribute("name");  // its bytes go before the form, which then names them
    this.send.hidden = true;
    this.input.addEventListener("change", (event) => { event.stopPropagation(); this.take(this.input.files[0]); });
    this.input.addEventListener("input", (event) => event.stopPropagation());
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, () => this.classList.remove("is-over"));
    this.addEventListener("drop", (event) => { event.preventDefault(); this.take(event.dataTransfer.files[0]); });
  }

  disconnectedCallback() { this.stopped = true; }

  tell(text, isBad = false, share = 0) {
    this.state.textContent = text;
    this.state.style.setProperty("--share", `${100 * share}%`);
    this.state.classList.toggle("is-bad", isBad);
  }

  async take(file) {
    this.input.value = "";
    if (!file) return;
    const kind = findKind(file, this.input.accept), texts = this.state.dataset, fault = findFault(file, texts, kind);
    if (fault) { this.tell(`${file.name}: ${fault}.`, true); return; }
    const wanted = Number(this.dataset.seconds), seconds = kind === "clip" ? await measure(file) : 0;
    if (seconds && seconds + .05 < wanted) {
      const short = texts.short.replace("{seconds}", seconds.toFixed(1)).replace("{wanted}", wanted.toFixed(1));
      this.tell(`${file.name}: ${short}.`, true);
      return;
    }
    try {
      this.classList.add("is-sending");
      const made = await uploadFile(file, kind, texts, (text, share) => this.tell(text, false, share), () => this.stopped);
      this.tell(file.name);
      this.send.value = `${this.dataset.way ?? kind}:${made.id}`;
      this.send.form.requestSubmit(this.send);
    } catch (fault) {
      this.tell(`${file.name}: ${fault.message}`, true);
    } finally {
      this.classList.remove("is-sending");
    }
  }
}

/** Return what a file is by its type: a picture, a clip, or nothing that a field with these accepted types can use. */
export function findKind(file, accepted = "video/") {
  return file.type.startsWith("image/") ? "picture" : file.type.startsWith("video/") && accepted.includes("video/") ? "clip" : "";
}

/** Return why a file cannot be taken, in the words of the page (`drop_state` in shell/parts.html); "" if it can. */
export function findFault(file, texts, kind = findKind(file)) {
  return !kind ? texts.neither : file.size > Number(texts.most) ? texts.large : file.size ? "" : texts.empty;
}

/**
 * Send a file in parts, from where the server has it after each lost connection; return the asset that it became. A
 * server that is away is waited for, as long as the page is open: nothing that arrived is sent again.
 */
export async function uploadFile(file, kind, texts, tell, isStopped = () => false) {
  let offset = 0;
  const say = (text) => tell(`${file.name}: ${text}`, offset / file.size);
  const wait = (pause) => { say(`${Math.floor(100 * offset / file.size)} %, ${texts.paused}`); return pause; };
  const metadata = `kind ${encode(kind)},filename ${encode(file.name)}`;
  const begun = await insist(`${root}api/v1/uploads`, { method: "POST", headers: { "Upload-Length": String(file.size), "Upload-Metadata": metadata } }, wait, isStopped);
  if (!begun.ok) throw new Error((await begun.json()).detail);
  const url = `${root}api/v1/uploads/${begun.headers.get("location").split("/").at(-1)}`;
  let tries = 0;
  while (offset < file.size && !isStopped()) {
    say(`${Math.floor(100 * offset / file.size)} %`);
    const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    const answer = await ask(url, { method: "PATCH", headers, body: file.slice(offset, offset + PART_BYTES) }).catch(() => null);
    if (answer?.ok) { offset = Number(answer.headers.get("upload-offset")); tries = 0; continue; }
    if (answer && ((tries += 1) > TRIES || (answer.status !== 409 && answer.status < 500))) throw new Error((await answer.json().catch(() => null))?.detail ?? texts.lost);
    if (answer) await pause(500 * tries);
    const found = await insist(url, { method: "HEAD" }, wait, isStopped);
    if (!found.ok) throw new Error(texts.lost);  // it expired meanwhile
    offset = Number(found.headers.get("upload-offset"));
  }
  const kept = await insist(`${url}/asset`, { method: "POST" }, wait, isStopped);
  const made = await kept.json();
  if (!kept.ok) throw new Error(made.detail ?? made.title);
  return made;
}

/** Ask again, ever less often, until there is an answer other than that the server is away. */
async function insist(url, options, wait, isStopped) {
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const answer = await ask(url, options).catch(() => null);
    if (answer && (answer.status < 502 || isStopped())) return answer;
    if (isStopped()) throw new Error("");
    await pause(wait(pauseMs));
  }
}

function ask(url, options) {
  return fetch(url, { ...options, headers: { "Tus-Resumable": "1.0.0", ...options.headers } });
}

/** Measure the length of a clip in seconds; 0 where this browser cannot play it. */
function measure(file) {
  return new Promise((done) => {
    const video = document.createElement("video"), url = URL.createObjectURL(file);
    const end = (seconds) => { URL.revokeObjectURL(url); done(Number.isFinite(seconds) ? seconds : 0); };
    video.preload = "metadata";
    video.onloadedmetadata = () => end(video.duration);
    video.onerror = () => end(0);
    video.src = url;
  });
}
customElements.define("reel-drop", ReelDrop);
