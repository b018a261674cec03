// OpenAI's client for node against the server at BASE: what its documentation shows, printed as JSON.
import OpenAI, { toFile } from "openai";
import { readFile } from "node:fs/promises";

const [base, key, model, picture] = process.argv.slice(2);
const open = (apiKey) => new OpenAI({ baseURL: `${base}/v1`, apiKey, maxRetries: 0 });
const client = open(key);
const seen = {};

async function finish(video) {
  while (video.status === "queued" || video.status === "in_progress") {
    await new Promise((next) => setTimeout(next, 100));
    video = await client.videos.retrieve(video.id);
  }
  return video;
}

async function refused(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, param: error.param, requestID: error.requestID };
  }
}

const made = await client.videos.create({ prompt: "a heron", model, seconds: "4", size: "1280x720" });
const video = await finish(made);
seen.status = video.status;
seen.seconds = video.seconds;
seen.downloaded = (await (await client.videos.downloadContent(video.id)).arrayBuffer()).byteLength;
seen.thumbnail = (await client.videos.downloadContent(video.id, { variant: "thumbnail" })).headers.get("content-type");
const file = await toFile(await readFile(picture), "first.png", { type: "image/png" });
const guided = await client.videos.create({ prompt: "a heron", model, input_reference: file });
const url = `data:image/png;base64,${(await readFile(picture)).toString("base64")}`;
const asUrl = await client.videos.create({ prompt: "a heron", model, input_reference: { image_url: url } });
seen.guided = [guided.id, asUrl.id];
const longer = await client.videos.extend({ prompt: "on", seconds: "4", video: { id: video.id } });
seen.extended = [longer.id, (await finish(longer)).status];
seen.listed = [];
for await (const one of client.videos.list({ limit: 2, order: "desc" })) seen.listed.push(one.id);
seen.wrongKey = await refused(() => open("sk-wrong").videos.create({ prompt: "a heron", model }));
seen.dear = await refused(() => client.videos.create({ prompt: "a heron", model, max_usd: "0.01" }));
seen.wrongSize = await refused(() => client.videos.create({ prompt: "a heron", model, size: "1080x1080" }));
seen.remixed = await refused(() => client.videos.remix(video.id, { prompt: "at night" }));
seen.deleted = (await client.videos.delete(video.id)).deleted;
console.log(JSON.stringify(seen));
