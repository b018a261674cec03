// Google's client for node against the server at BASE: what its documentation shows, printed as JSON.
import { GoogleGenAI } from "@google/genai";
import { readFile, stat } from "node:fs/promises";

const [base, key, model, picture, target] = process.argv.slice(2);
const open = (apiKey) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: base } });
const client = open(key);
const seen = {};

async function finish(operation) {
  while (!operation.done) {
    await new Promise((next) => setTimeout(next, 100));
    operation = await client.operations.getVideosOperation({ operation });
  }
  return operation;
}

async function refused(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.name, status: error.status, message: error.message };
  }
}

const prompt = "a wave";
const done = await finish(await client.models.generateVideos({ model, source: { prompt }, config: { durationSeconds: 4, numberOfVideos: 1 } }));
const [generated] = done.response.generatedVideos;
await client.files.download({ file: generated, downloadPath: target });
for (let n = 0; n < 50 && !(await stat(target).catch(() => null))?.size; n++) await new Promise((next) => setTimeout(next, 100));
seen.downloaded = (await stat(target)).size;
const image = { imageBytes: (await readFile(picture)).toString("base64"), mimeType: "image/png" };
seen.guided = (await client.models.generateVideos({ model, source: { prompt, image } })).name;
const longer = await finish(await client.models.generateVideos({ model, source: { prompt: "on", video: generated.video } }));
seen.extended = [longer.name, longer.response.generatedVideos.length];
seen.wrongKey = await refused(() => open("wrong").models.generateVideos({ model, source: { prompt } }));
seen.dear = await refused(() =>
  open(key).models.generateVideos({ model, source: { prompt }, config: { httpOptions: { headers: { "Reelwright-Max-Usd": "0.01" } } } }),
);
seen.wrongLength = await refused(() => client.models.generateVideos({ model, source: { prompt }, config: { durationSeconds: 99 } }));
console.log(JSON.stringify(seen));
