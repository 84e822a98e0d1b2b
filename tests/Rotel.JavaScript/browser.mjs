// node browser.mjs <browser>: prints the origin of its page, then reads lines "http/protobuf|http/json <endpoint>" and says of each whether
// the page could send.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const { outputFiles } = await build({ entryPoints: ['page.mjs'], bundle: true, write: false, platform: 'browser', format: 'iife' });
const server = createServer((request, response) => {
  const isScript = request.url === '/page.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? outputFiles[0].contents : '<!doctype html><title>page</title><script src="/page.js"></script>');
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
console.log(`origin ${origin}`);

for await (const line of createInterface({ input: process.stdin })) {
  const [protocol, endpoint] = line.split(' ');
  await page.goto(origin);
  const problem = await page.evaluate(([p, e]) => globalThis.send(p, e).then(() => '', String), [protocol, endpoint]);
  console.log(problem === '' ? 'sent' : `failed ${problem.replaceAll('\n', ' ')}`);
}

await browser.close();
server.close();
