// Google's client for node 3 against the server at BASE: it sends videos on the path of Vertex alone.
import { GoogleGenAI } from "@google/genai-3";

const [base, key, model] = process.argv.slice(2);
const open = (apiKey) => new GoogleGenAI({ vertexai: true, apiKey, httpOptions: { baseUrl: base } });
const client = open(key);
const seen = {};

let operation = await client.models.generateVideos({ model, source: { prompt: "a wave" } });
seen.name = operation.name;
while (!operation.done) {
  await new Promise((next) => setTimeout(next, 100));
  operation = await client.operations.getVideosOperation({ operation });
}
seen.bytes = operation.response.generatedVideos[0].video.videoBytes.length;
try {
  await open("wrong").models.generateVideos({ model, source: { prompt: "a wave" } });
} catch (error) {
  seen.wrongKey = { status: error.status };
}
console.log(JSON.stringify(seen));
