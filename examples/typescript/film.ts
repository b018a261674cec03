// Makes a film of an idea on a Reelwright server: reads its price, orders it, follows its job and saves the MP4.
//   node film.js http://127.0.0.1:8000 'A film for "Fenn", a desk lamp. "It never flickers."' film.mp4
//   node film.js ADDRESS IDEA FILE --model openrouter-wan-2.7 --max-usd 2.50
// An API key of the server, where it needs one, stands in REELWRIGHT_KEY. Every type comes from the description of the
// server (`npm run types`): where the two differ, this file does not compile.
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { components, paths } from "./reelwright.js";

type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;
type Wanted = Json<NonNullable<paths["/api/v1/quotes"]["post"]["requestBody"]>>;
type Order = Json<NonNullable<paths["/api/v1/projects"]["post"]["requestBody"]>>;
type Quote = Json<paths["/api/v1/quotes"]["post"]["responses"][200]>;
type Queued = Json<paths["/api/v1/projects"]["post"]["responses"][202]>;
type Job = Json<paths["/api/v1/jobs/{job}"]["get"]["responses"][200]>;
type Problem = components["schemas"]["Problem"];

const POLL_MS = 500;

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
  }
}

class Client {
  constructor(private readonly address: string, private readonly key: string | undefined) {}

  quote(wanted: Wanted): Promise<Quote> {
    return this.readJson<Quote>("/api/v1/quotes", { method: "POST", body: JSON.stringify(wanted) });
  }

  // The same `idempotencyKey` is the same order: after a lost answer it can be sent again, and is bought once.
  order(order: Order, idempotencyKey: string): Promise<Queued> {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.readJson<Queued>("/api/v1/projects", { method: "POST", headers, body: JSON.stringify(order) });
  }

  // Yields the job whenever its state or its progress is another one; the last is that of a job that goes no further.
  async *follow(job: string): AsyncGenerator<Job, void> {
    let shown = "";
    for (;;) {
      const found = await this.readJson<Job>(`/api/v1/jobs/${encodeURIComponent(job)}`);
      const now = `${found.state} ${found.progress}`;
      if (now !== shown) yield found;
      shown = now;
      if (found.state !== "queued" && found.state !== "running") return;
      await wait(POLL_MS);
    }
  }

  async download(job: string, file: string): Promise<void> {
    const answer = await this.send(`/api/v1/jobs/${encodeURIComponent(job)}/files/0`);
    if (answer.body === null) throw new Error("the server sent no file");
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(`${file}.part`));
    await rename(`${file}.part`, file); // a download that breaks off leaves no half of a film under its name
  }

  private async readJson<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    return (await (await this.send(path, init)).json()) as Body;
  }

  private async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (init.body) headers.set("Content-Type", "application/json");
    if (this.key) headers.set("Authorization", `Bearer ${this.key}`);
    const answer = await fetch(new URL(path, this.address), { ...init, headers });
    if (!answer.ok) throw new Refused((await answer.json()) as Problem);
    return answer;
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { model: { type: "string" }, "max-usd": { type: "string" }, "short-side": { type: "string" } },
  });
  const [address, idea, file] = positionals;
  if (!address || !idea || !file) {
    console.error("node film.js ADDRESS IDEA FILE [--model NAME] [--max-usd USD] [--short-side PIXELS]");
    return 2;
  }
  const wanted: Wanted = { brief: idea };
  if (values.model) wanted.models = [values.model];
  if (values["short-side"]) wanted.short_side = Number(values["short-side"]);
  const order: Order = { ...wanted };
  if (values["max-usd"]) order.max_usd = values["max-usd"]; // consent to a price; without it, the server's limit counts
  const client = new Client(address, process.env["REELWRIGHT_KEY"]);
  console.log(`at most $${(await client.quote(wanted)).usd}`);
  const { job } = await client.order(order, randomUUID());
  let last: Job | undefined;
  for await (last of client.follow(job)) console.log(`${last.state}, ${last.progress} %`);
  if (last?.state !== "done") {
    console.error(last?.message ?? "the job is gone");
    return 1;
  }
  await client.download(job, file);
  console.log(file);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
