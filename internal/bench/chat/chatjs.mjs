// The client process with amazon-connect-chatjs: it reads orders, a line of JSON
// each, and writes what it has done and what its chats have told. docferry.go does
// the same with docferry.

import { createInterface } from 'node:readline';
import WebSocket from 'ws';

// chatjs is made for browsers. This is all that it misses here.
globalThis.window = globalThis;
globalThis.self = globalThis;
globalThis.WebSocket = WebSocket;
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true, userAgent: 'Node' }, configurable: true });
for (const level of ['debug', 'info', 'log', 'warn', 'error']) console[level] = () => {}; // stdout is for lines

await import('amazon-connect-chatjs');
const { ChatSession } = globalThis.connect;

// now is the time in nanoseconds since 1970.
const now = () => Math.round((performance.timeOrigin + performance.now()) * 1e6);
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const rest = (ms) => new Promise((go) => setTimeout(go, ms));

const sessions = [];

// enter takes a participant into a chat and reports what it is told: each message,
// and each message that the transcript which chatjs keeps did not have before.
async function enter({ index, token, contact, participant }) {
  const session = ChatSession.create({
    type: 'CUSTOMER',
    disableCSM: true,
    chatDetails: { contactId: contact, initialContactId: contact, participantId: participant, participantToken: token },
  });
  session.onMessage(({ data }) => {
    if (data.Type === 'MESSAGE') write({ chat: index, text: data.Content, at: now(), by: 'event' });
  });
  const known = new Set();
  session.onTranscriptUpdated(({ data }) => {
    const at = now();
    for (const { Id, Type, Content } of data.transcript) {
      if (Type !== 'MESSAGE' || known.has(Id)) continue;
      known.add(Id);
      write({ chat: index, text: Content, at, by: 'transcript' });
    }
  });
  session.onConnectionLost(() => write({ chat: index, state: 'lost', at: now() }));
  session.onConnectionBroken(() => write({ chat: index, state: 'ended', at: now() }));
  session.onDeepHeartbeatFailure(() => write({ chat: index, state: 'deep heartbeat failed', at: now() }));
  sessions.push(session);
  await session.connect();
}

const orders = {
  async open({ url, places, gap }) {
    ChatSession.setGlobalConfig({ endpoint: url, region: 'us-east-1' });
    for (const place of places) {
      await enter(place);
      if (gap) await rest(gap);
    }
  },
  async gc() {
    for (let n = 0; n < 3; n++) {
      globalThis.gc();
      await rest(1000); // the collector gives memory back a little later
    }
  },
};

write({ version: process.version });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  let error = '';
  try {
    await orders[order.do](order);
  } catch (e) {
    error = e?.stack ?? JSON.stringify(e);
  }
  write({ done: order.do, error });
}
process.exit(0);
