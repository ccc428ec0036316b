// Lambda's Runtime API, asked for events and given answers (Lambda Developer Guide, "Building a custom runtime").
// It stands in for aws-lambda-ric, which does not build everywhere; it does less, so the row it gives is a fast one.
import http from "node:http";
import { handler } from "./handler.cjs"; // what esbuild makes of handler.mjs

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const options = { hostname, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` };
    const request = http.request(options, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      resolve({ id: response.headers["lambda-runtime-aws-request-id"], text: Buffer.concat(parts).toString() });
    });
    request.on("error", reject);
    request.end(body);
  });

for (;;) {
  const { id, text } = await ask("GET", "next");
  try {
    await ask("POST", `${id}/response`, JSON.stringify(await handler(JSON.parse(text))));
  } catch (error) {
    await ask("POST", `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
