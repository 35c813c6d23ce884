// What the checks with the SDK for JavaScript share.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const text = readFileSync(process.argv[2], 'utf8');

// said returns what the emulator printed behind a title.
export function said(title) {
  const line = text.split('\n').find((l) => l.trim().startsWith(title + ' '));
  if (!line) throw new Error(`the emulator has not printed: ${title}`);
  return line.trim().slice(title.length).trim();
}

export const url = said('docferry emulator at');

// load loads a package from the folder that the environment names.
export const load = (name) => createRequire(process.env.MODULES + '/x.js')(name);

export function same(what, got, want) {
  [got, want] = [JSON.stringify(got), JSON.stringify(want)];
  if (got !== want) throw new Error(`${what} is ${got}, not ${want}`);
}

// Calls sends commands and keeps account of which there are.
export class Calls {
  done = new Set(); // those that have succeeded
  errors = new Map(); // those that were refused, with the last error

  constructor(sdk, client) {
    this.sdk = sdk;
    this.client = client;
  }

  // call sends a command and returns the answer.
  async call(name, input = {}, client = this.client) {
    const answer = await client.send(new this.sdk[name + 'Command'](input));
    this.done.add(name);
    return answer;
  }

  // refused wants a command to fail with an error of a class of the SDK.
  async refused(name, input, error, client = this.client) {
    try {
      await client.send(new this.sdk[name + 'Command'](input));
    } catch (e) {
      same(`the error of ${name}`, [e.name, e.$metadata?.httpStatusCode > 399], [error, true]);
      if (this.sdk[error] && !(e instanceof this.sdk[error])) throw new Error(`${name}: ${error} is not of its class`);
      this.errors.set(name, error);
      return;
    }
    throw new Error(`${name} was not refused with ${error}`);
  }

  // report prints a line for each operation, and fails if one has not succeeded. Those
  // of unable are the ones that the emulator can only refuse.
  report(title, unable = []) {
    const all = Object.keys(this.sdk).filter((key) => /^[A-Z].*Command$/.test(key)).map((key) => key.slice(0, -7));
    const missed = [];
    for (const name of all) {
      const refusal = unable.includes(name) && this.errors.get(name);
      if (!this.done.has(name) && !refusal) missed.push(name);
      console.log(`${this.done.has(name) ? 'ok     ' : refusal ? 'refused' : 'MISSED '}  ${title} ${name} ${refusal || ''}`.trim());
    }
    if (missed.length > 0) throw new Error(`these have not succeeded: ${missed.join(', ')}`);
    console.log(`all ${all.length} operations of ${title} were called; ${unable.length} of them can only be refused`);
  }
}
