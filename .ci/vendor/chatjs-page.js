// The checks: Ana, a customer, and Ben, an agent, chat. Each has a chat client
// of its own, Ben's in a frame, since a page has but one client for a contact.

const given = Object.fromEntries(new URLSearchParams(location.search));
const event = 'application/vnd.amazonaws.connect.event.';

const post = async (path, body = null) =>
  (await fetch(path, { method: 'POST', body: JSON.stringify(body) })).json();

// check reports whether what is to be done succeeds, in time, and returns that.
async function check(name, todo) {
  let error = '';
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('it takes too long')), 60_000));
  try {
    await Promise.race([todo(), late]);
  } catch (e) {
    error = e?.stack?.toString?.() || JSON.stringify(e);
    if (e?.message && e.type) error = `${e.statusCode} ${e.type}: ${e.message}`; // the client's own kind of error
  }
  await post('/report', { name, error });
  return !error;
}

function same(what, got, want) {
  [got, want] = [JSON.stringify(got), JSON.stringify(want)];
  if (got !== want) throw new Error(`${what} is ${got}, not ${want}`);
}

// until waits for a condition; a browser shows everything later than it is.
async function until(what, condition) {
  for (let waited = 0; !(await condition()); waited += 50) {
    if (waited > 40_000) throw new Error(`${what}: not within 40 s`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

// A Guest is a participant with the client in a window, and what it has seen.
class Guest {
  seen = []; // [kind, data] of everything that the client has told

  constructor(window, type, host, participantToken, participantId) {
    const { ChatSession } = window.connect;
    ChatSession.setGlobalConfig({
      endpoint: `http://${host}:${given.port}`,
      region: 'us-east-1',
      features: { messageReceipts: { shouldSendMessageReceipts: true, throttleTime: 100 } },
    });
    this.session = ChatSession.create({
      type,
      disableCSM: true,
      chatDetails: {
        contactId: given.contact,
        initialContactId: given.contact,
        participantId,
        participantToken,
        getConnectionToken: () => Promise.reject(new Error('there is no Amazon Connect Streams here')),
      },
    });
    for (const kind of ['Message', 'Typing', 'ReadReceipt', 'DeliveredReceipt', 'ConnectionEstablished',
      'ConnectionLost', 'ConnectionBroken', 'DeepHeartbeatSuccess', 'DeepHeartbeatFailure', 'Ended']) {
      this.session['on' + kind]((told) => this.seen.push([kind, told?.data]));
    }
    this.session.onTranscriptUpdated((told) => { this.transcript = told.data.transcript; });
  }

  // all returns what was told of a kind.
  all(kind) { return this.seen.filter(([k]) => k === kind).map(([, data]) => data); }

  sees(kind, want = () => true) { return until(`to see ${kind}`, () => this.all(kind).some(want)); }

  async say(message) {
    return (await this.session.sendMessage({ contentType: 'text/plain', message })).data.Id;
  }

  async hears(id) {
    await this.sees('Message', (item) => item.Id === id);
    return this.all('Message').find((item) => item.Id === id);
  }

  receipt(kind, messageId) {
    return this.session.sendEvent({ contentType: `${event}message.${kind}`, content: JSON.stringify({ messageId }) });
  }

  // pages follows the transcript back to its start.
  async pages(maxResults) {
    const pages = [];
    let nextToken;
    do {
      const { data } = await this.session.getTranscript({ maxResults, nextToken });
      pages.push(data.Transcript);
      nextToken = data.NextToken;
    } while (nextToken);
    return pages;
  }
}

// The client hides most of the answers, so they are looked at on the way.
const answers = [];
const { fetch: plainFetch } = window;
window.fetch = async (...args) => {
  const response = await plainFetch(...args);
  if (new URL(response.url).port === given.port) answers.push(response);
  return response;
};

async function frame() {
  const element = document.createElement('iframe');
  element.src = `${location.pathname}?frame`;
  document.documentElement.append(element);
  await new Promise((loaded) => element.addEventListener('load', loaded));
  return element.contentWindow;
}

async function checks() {
  const ana = new Guest(window, 'CUSTOMER', '127.0.0.1', given.customer, given.customerId);
  const ben = new Guest(await frame(), 'AGENT', 'localhost', given.agent, given.agentId);
  const said = []; // the ids of all messages

  const connect = async (guest) => {
    same('success', (await guest.session.connect()).connectSuccess, true);
    await guest.sees('DeepHeartbeatSuccess'); // over the websocket
  };
  const together = await check('connect, at 127.0.0.1', () => connect(ana)) &&
    await check('connect, at localhost', () => connect(ben)) &&
    await check('both websockets are open', () =>
      until('two websockets', async () => (await post('/websockets')) === 2));
  if (!together) return; // nothing else can work
  await check('the page may read the ids of requests', async () => {
    const ids = answers.map((a) => a.headers.get('x-amzn-requestid'));
    same('the number of ids', ids.filter(Boolean).length, answers.length);
  });

  await check('message from the customer to the agent', async () => {
    said.push(await ana.say('Hello, my parcel has not come.'));
    const { Content, ParticipantRole, DisplayName } = await ben.hears(said.at(-1));
    same('what Ben hears', [Content, ParticipantRole, DisplayName],
      ['Hello, my parcel has not come.', 'CUSTOMER', 'Ana']);
  });
  await check('message from the agent to the customer', async () => {
    said.push(await ben.say('Ça va, it comes tomorrow.'));
    same('what Ana hears', (await ana.hears(said.at(-1))).Content, 'Ça va, it comes tomorrow.');
  });
  await check('typing', async () => {
    await ana.session.sendEvent({ contentType: `${event}typing` });
    await ben.sees('Typing', (item) => item.DisplayName === 'Ana');
    await ben.session.sendEvent({ contentType: `${event}typing` });
    await ana.sees('Typing', (item) => item.DisplayName === 'Ben');
  });
  await check('receipts, twice each', async () => {
    for (const kind of ['delivered', 'read']) {
      for (let n = 1; n <= 2; n++) {
        const messageId = await ana.say(`${kind} ${n}`);
        said.push(messageId);
        await ben.hears(messageId);
        await ben.receipt(kind, messageId);
        await ana.sees(kind === 'read' ? 'ReadReceipt' : 'DeliveredReceipt',
          ({ MessageMetadata }) => MessageMetadata.MessageId === messageId);
      }
    }
  });

  const file = new File(['all is well\n'.repeat(1000)], 'Übersicht 1+1.csv', { type: 'text/csv' });
  await check('attachment up', async () => {
    await ana.session.sendAttachment({ attachment: file });
    const put = answers.findLast((a) => new URL(a.url).pathname.startsWith('/_storage/'));
    same('the status of the upload', put?.status, 200);
    same('that the page may read the ETag', Boolean(put.headers.get('etag')), true);
    await ben.sees('Message', (item) => item.Type === 'ATTACHMENT');
  });
  await check('attachment down', async () => {
    const item = ben.all('Message').find(({ Type }) => Type === 'ATTACHMENT');
    same('the name', item.Attachments[0].AttachmentName, file.name);
    said.push(item.Id);
    const blob = await ben.session.downloadAttachment({ attachmentId: item.Attachments[0].AttachmentId });
    same('the type', blob.type, 'text/csv');
    same('that the content is the same', (await blob.text()) === (await file.text()), true);
  });

  await check('transcript with pages', async () => {
    while (said.length < 20) said.push(await ana.say(`message ${said.length}`));
    const pages = await ana.pages(6);
    same('the sizes of the pages', pages.map((page) => page.length), [6, 6, 6, 4]);
    const ids = pages.reverse().flat().filter(({ Type }) => Type !== 'EVENT').map(({ Id }) => Id);
    same('the transcript', ids, said);
  });
  await check('transcript from a position', async () => {
    const { data } = await ben.session.getTranscript({ startPosition: { id: said[3] }, scanDirection: 'FORWARD',
      maxResults: 2 });
    same('the transcript', data.Transcript.map(({ Id }) => Id), said.slice(3, 5));
  });
  await check('an error has its type', async () => {
    const error = await ana.session.getTranscript({ nextToken: 'x' }).catch((e) => e);
    same('the error', [error.type, error.statusCode], ['ValidationException', 400]);
  });

  await check('recovery of websockets that were cut', async () => {
    const before = [ana, ben].map((g) => g.all('ConnectionEstablished').length);
    await post('/drop');
    for (const [i, guest] of [ana, ben].entries()) {
      await guest.sees('ConnectionLost');
      await until('another connection', () => guest.all('ConnectionEstablished').length > before[i]);
    }
    await until('two websockets', async () => (await post('/websockets')) === 2);
    said.push(await ana.say('Are you there?'));
    await ben.hears(said.at(-1));
    said.push(await ben.say('I am.'));
    await ana.hears(said.at(-1));
  });
  await check('the transcript that the client keeps', async () => {
    for (const guest of [ana, ben]) {
      const ids = () => guest.transcript.filter(({ Type }) => Type !== 'EVENT').map(({ Id }) => Id);
      await until('all messages', () => ids().length >= said.length);
      same('the transcript', ids().sort(), [...said].sort());
    }
  });

  await check('the customer leaves', async () => {
    await ana.session.disconnectParticipant();
    for (const guest of [ana, ben]) {
      await guest.sees('Message', (item) => item.ContentType === `${event}participant.left` &&
        item.ParticipantRole === 'CUSTOMER');
      await guest.sees('Message', (item) => item.ContentType === `${event}chat.ended` && item.Id);
      await guest.sees('Ended');
    }
    await until('no websocket', async () => (await post('/websockets')) === 0);
  });
  await check('nobody tries to come back', async () => {
    const asked = answers.length;
    await new Promise((go) => setTimeout(go, 2_000));
    same('the number of calls', answers.length, asked);
    same('broken connections', [ana, ben].map((g) => g.all('ConnectionBroken').length), [0, 0]);
  });
  await check('no websocket was lost but those that were cut', async () => {
    same('their numbers', [ana, ben].map((g) => g.all('ConnectionLost').length), [1, 1]);
    same('failed heartbeats', [ana, ben].map((g) => g.all('DeepHeartbeatFailure').length), [0, 0]);
  });
}

if ('port' in given) {
  try {
    await checks();
  } catch (e) {
    await post('/report', { name: 'the page', error: e.stack });
  }
  await post('/end');
}
