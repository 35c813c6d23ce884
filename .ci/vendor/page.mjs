// Uses the emulator's page in Chromium and prints what works.
//
//   node page.mjs GUIDE PROFILE SCREENSHOT
//
// GUIDE is what the emulator has printed, PROFILE an empty folder for the
// browser, SCREENSHOT the PNG file to write. The browser is told what to do over a
// pipe, in the DevTools protocol.

import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const patience = 15_000; // ms for each thing to happen

const [guideFile, profile, screenshot] = process.argv.slice(2);
const guide = await readFile(guideFile, 'utf8');

// said returns what the emulator printed behind a title.
function said(title) {
  const line = guide.split('\n').find((l) => l.trim().startsWith(title + ' '));
  if (!line) throw new Error(`the emulator has not printed: ${title}`);
  return line.trim().slice(title.length).trim();
}

const emulator = said('docferry emulator at');
const authorization = `Basic ${Buffer.from(said('user and password')).toString('base64')}`;

const browser = spawn('chromium', [
  '--headless', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-proxy-server',
  '--window-size=1200,1400', `--user-data-dir=${profile}`,
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ...(process.getuid() === 0 ? ['--no-sandbox'] : []), 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
process.on('exit', () => browser.kill());
const broken = new Promise((_, reject) => {
  browser.on('error', (error) => reject(new Error(`Chromium does not start: ${error.message}`)));
  browser.on('exit', () => reject(new Error('Chromium has ended')));
});
broken.catch(() => {}); // what waits for it says so
const [, , , orders, answers] = browser.stdio;
orders.on('error', () => {}); // the browser has ended, which is seen above

// Messages are JSON, each with a zero byte at its end.
const waiting = new Map();
const complaints = [];
let sent = 0;
let rest = '';
answers.setEncoding('utf8');
answers.on('data', (text) => {
  const messages = (rest + text).split('\0');
  rest = messages.pop();
  for (const { id, result, error, method, params } of messages.map((m) => JSON.parse(m))) {
    if (id) {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      error ? reject(new Error(error.message)) : resolve(result);
    } else if (method === 'Log.entryAdded' && params.entry.level === 'error') {
      complaints.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    } else if (method === 'Runtime.exceptionThrown') {
      complaints.push(params.exceptionDetails.text);
    }
  }
});

let sessionId;
const order = (method, params = {}) => Promise.race([broken, new Promise((resolve, reject) => {
  waiting.set(++sent, { resolve, reject });
  orders.write(JSON.stringify({ id: sent, method, params, sessionId }) + '\0');
})]);

// inPage returns the value of an expression in the page.
async function inPage(expression) {
  const { result, exceptionDetails } = await order('Runtime.evaluate', { expression, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

// until waits for an expression in the page to be true. Pages come and go
// meanwhile, and with them what could have been asked.
async function until(expression) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await inPage(expression).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not come true: ${expression}`);
}

// has asks for a text below the form, which lists every operation.
const has = (text, where = '#live') =>
  `document.querySelector('${where}').innerText.includes(${JSON.stringify(text)})`;
const onDocument = (path) => until(`location.href === ${JSON.stringify(emulator + path)} && document.readyState === 'complete'`);

async function open(url) {
  await order('Page.navigate', { url });
  await until(`location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`);
}

// click presses the mouse in the middle of a button, as a person does.
async function click(selector) {
  const point = await inPage(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    element.scrollIntoView({ block: 'center' });
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  })()`);
  for (const type of ['mousePressed', 'mouseReleased']) {
    await order('Input.dispatchMouseEvent', { type, ...point, button: 'left', clickCount: 1 });
  }
}

const list = async () => {
  try {
    return (await fetch(`${emulator}/documents/api/1.2/folders/items`, { headers: { authorization } })).status;
  } catch {
    return 'no answer';
  }
};

function equal(got, want) {
  if (got !== want) throw new Error(`${got}, want ${want}`);
}

const choose = (kind) => inPage(`document.querySelector('[name=operation]').value = 'oracle/GetHomeFolderContents';
  document.querySelector('[name=kind]').value = '${kind}'`);

const checks = {
  'it shows what was seeded': async () => {
    await open(`${emulator}/`);
    equal(await inPage('document.title'), 'docferry emulator');
    await until(has('Reports/May report.txt'));
  },
  'its style applies': async () => {
    equal(await inPage(`getComputedStyle(document.querySelector('.fault')).display`), 'flex');
  },
  'a call appears by itself': async () => {
    await inPage(`document.querySelector('[name=every]').value = '7'; window.before = true`);
    equal(await list(), 200);
    await until(has('GetHomeFolderContents'));
    // The page was not loaded anew, and the form keeps what was filled in.
    equal(await inPage(`window.before && document.querySelector('[name=every]').value`), '7');
  },
  'a fault is switched on': async () => {
    await inPage(`document.querySelector('[name=every]').value = '1'`);
    await choose('refuse');
    await click('.fault button');
    await until(has('Switch all off'));
    equal(await list(), 503);
  },
  'and off': async () => {
    await click('[name=id][value=all]');
    await until(`!${has('Switch all off')} && ${has('None.')}`);
    equal(await list(), 200);
  },
  'an answer is lost': async () => {
    await choose('lose-answer');
    await click('.fault button');
    await until(has('Switch off'));
    equal(await list(), 'no answer');
    await until(has('no answer'));
    await writeFile(screenshot, Buffer.from((await order('Page.captureScreenshot')).data, 'base64'));
    await click('[name=id][value=all]');
    await until(has('None.'));
  },
  'the button exports': async () => {
    await click('form[action="/-/export"] button');
    await until(has('2 files written'));
  },
  'nothing is refused by its own policy': async () => {
    equal(complaints.filter((text) => !text.includes('favicon')).join('; '), '');
  },
  'another page cannot switch faults': async () => {
    const form = `<form method="post" action="${emulator}/-/faults"><input name="operation" value="oracle/GetHomeFolderContents">
      <input name="kind" value="refuse"><button>Win a prize</button></form>`;
    const other = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(form));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    await open(`http://127.0.0.1:${other.address().port}/`);
    await click('button');
    await onDocument('/-/faults');
    await until(has('cross-origin', 'body'));
    other.closeAllConnections();
    other.close();
    equal(await list(), 200);
  },
  'it works without scripts': async () => {
    await order('Emulation.setScriptExecutionDisabled', { value: true });
    await open(`${emulator}/?still`);
    await choose('refuse'); // by the debugger, which may
    await click('.fault button');
    await until(has('Switch all off'));
    equal(await list(), 503);
    await click('[name=id][value=all]');
    await until(`${has('None.')} && !${has('Switch all off')}`);
    // The page loads itself anew, and so shows what has happened meanwhile.
    const folder = `Made at ${Date.now()}`;
    await fetch(`${emulator}/documents/api/1.2/folders/self`, { method: 'POST', body: JSON.stringify({ name: folder }),
      headers: { authorization, 'content-type': 'application/json' } });
    await until(has(folder));
    await order('Emulation.setScriptExecutionDisabled', { value: false });
  },
};

const failed = [];
try {
  const { targetInfos } = await order('Target.getTargets');
  const { targetId } = targetInfos.find(({ type }) => type === 'page');
  ({ sessionId } = await order('Target.attachToTarget', { targetId, flatten: true }));
  for (const domain of ['Page', 'Runtime', 'Log']) await order(`${domain}.enable`);
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}: ${error.message}`);
    }
  }
} catch (error) {
  failed.push(error.message);
}
const gone = new Promise((resolve) => browser.once('close', resolve));
if (browser.exitCode === null && browser.kill()) await gone;
console.log(failed.length ? `FAILED: ${failed.join('; ')}` : `all ${Object.keys(checks).length} checks passed`);
process.exit(failed.length ? 1 : 0);
