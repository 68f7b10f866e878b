// A server of its own process for files, and for the API's answers about one workload, which it holds
// in memory:
//
//     node files.mjs SITE [ANSWERS]
//
// prints its address. The pages are cross-origin isolated, so that their clock is fine enough for
// drawings of a millisecond. ANSWERS is a folder with what is answered, uncompressed.

import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const [site, folder] = process.argv.slice(2);
const answer = (name) => (folder ? readFileSync(join(folder, name)) : undefined);
const ANSWERS = [
  ['/metrics/data', answer('data.json')],
  ['/metrics/available', answer('available.json')],
  ['/workloads/made', answer('workload.json')],
];

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://host').pathname));
  const body = ANSWERS.find(([end]) => path.endsWith(end))?.[1];
  if (body) {
    response.writeHead(200, { ...ISOLATED, 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
    return;
  }
  const file = join(site, path);
  const size = statSync(file, { throwIfNoEntry: false });
  if (!size?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { ...ISOLATED, 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Length': size.size });
  createReadStream(file).pipe(response);
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
