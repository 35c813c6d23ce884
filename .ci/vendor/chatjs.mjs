// Opens the page of the checks in Chromium and prints what it reports.
//
//   node chatjs.mjs CHATJS GUIDE PROFILE
//
// CHATJS is the bundle of amazon-connect-chatjs, GUIDE what the emulator has
// printed, PROFILE an empty folder for the browser.
//
// The page reaches the emulator through a relay of its own, which can cut
// websockets as a network does.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import * as net from 'node:net';

const patience = 240_000; // ms for all checks

const [chatjs, guideFile, profile] = process.argv.slice(2);
const guide = await readFile(guideFile, 'utf8');
const here = (name) => new URL(name, import.meta.url);

// said returns what the emulator printed behind a title.
function said(title) {
  const line = guide.split('\n').find((l) => l.trim().startsWith(title + ' '));
  if (!line) throw new Error(`the emulator has not printed: ${title}`);
  return line.trim().slice(title.length).trim();
}

const listen = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

// The relay passes on bytes, and knows which connections are websockets.
const emulator = new URL(said('docferry emulator at'));
const websockets = new Set();
const relay = net.createServer((client) => {
  const server = net.connect(emulator.port, emulator.hostname);
  client.once('data', (first) => {
    if (first.toString('latin1').startsWith('GET /_websocket')) websockets.add(client);
  });
  for (const [from, to] of [[client, server], [server, client]]) {
    from.pipe(to);
    from.on('error', () => {});
    from.on('close', () => {
      websockets.delete(client);
      to.destroy();
    });
  }
});
const relayPort = await listen(relay);

const files = {
  '/': [await readFile(here('chatjs.html')), 'text/html'],
  '/chatjs-page.js': [await readFile(here('chatjs-page.js')), 'text/javascript'],
  '/chatjs.js': [await readFile(chatjs), 'text/javascript'],
};

const failed = [];
let checks = 0;
let end;
const ended = new Promise((resolve) => { end = resolve; });

// What the page may POST, each with what it has to say. The answer is JSON.
const actions = {
  '/report': ({ name, error }) => {
    checks++;
    if (error) failed.push(name);
    console.log(error ? `FAILED  ${name}: ${error}` : `ok      ${name}`);
  },
  '/drop': () => { for (const socket of websockets) socket.destroy(); },
  '/websockets': () => websockets.size,
  '/end': () => end(),
};

const site = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://page').pathname;
  const action = actions[path];
  const [file, type] = files[path] ?? [];
  if (request.method === 'POST' && action) {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(action(JSON.parse(body)) ?? null));
  } else if (request.method === 'GET' && file) {
    response.setHeader('Content-Type', type);
    response.end(file);
  } else {
    response.writeHead(404).end();
  }
});

// The page is of another origin than the emulator, as a chat widget's is.
const page = new URL(`http://127.0.0.1:${await listen(site)}/`);
page.search = new URLSearchParams({
  port: relayPort,
  contact: said('contact'),
  customer: said("customer's token"),
  customerId: said("customer's id"),
  agent: said("agent's token"),
  agentId: said("agent's id"),
});

const browser = spawn('chromium', [
  '--headless', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server', `--user-data-dir=${profile}`,
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--enable-logging=stderr', ...(process.getuid() === 0 ? ['--no-sandbox'] : []), page.href,
], { stdio: ['ignore', 'ignore', 'pipe'] });
process.on('exit', () => browser.kill());
let complaints = '';
browser.stderr.on('data', (text) => { complaints += text; });
browser.on('error', (error) => end(`Chromium does not start: ${error.message}`));
browser.on('exit', () => end('Chromium has ended'));
const deadline = setTimeout(() => end(`not done after ${patience / 1000} s`), patience);

const broken = await ended;
clearTimeout(deadline);
const gone = new Promise((resolve) => browser.once('close', resolve));
if (browser.exitCode === null && browser.kill()) await gone;

if (broken) failed.push(broken);
if (failed.length > 0) {
  // Without a desktop, most of what the browser says is that there is none.
  const lines = complaints.split('\n').filter((line) => line && !line.includes('dbus'));
  console.log(['the browser said:', ...lines].join('\n'));
}
console.log(failed.length ? `FAILED: ${failed.join('; ')}` : `all ${checks} checks passed`);
process.exit(failed.length || !checks ? 1 : 0);
