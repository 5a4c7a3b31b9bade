import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CERTIFICATE, SECRET, openLoopback, to } from './loopback.js';

const loopback = openLoopback();
afterEach(() => {
  loopback.end();
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('an exchange that works', () => {
  test('sends method, headers and body and reads status, headers and body', async () => {
    const port = await loopback.web((request, response) => {
      void textOf(request).then((text) => {
        response.setHeader('x-twice', ['a', 'b']);
        response
          .writeHead(201)
          .end(`${request.method} ${String(request.headers['x-test'])} ${text}`);
      });
    });
    const result = await loopback.client().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/things?a=1`,
      headers: { 'x-test': 'yes' },
      body: '退款',
    });
    expect(result).toMatchObject({ kind: 'answer', status: 201 });
    if (result.kind !== 'answer') return;
    expect(result.body.toString()).toBe('POST yes 退款');
    expect(result.headers['x-twice']).toBe('a, b');
  });

  test('asks for an uncompressed answer and frames the request itself', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const port = await loopback.web((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    await loopback.client().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/`,
      headers: { 'Accept-Encoding': 'gzip', 'Content-Length': '99', Host: 'other.example' },
      body: 'four',
    });
    expect(seen[0]).toMatchObject({
      'accept-encoding': 'identity',
      'content-length': '4',
      host: `127.0.0.1:${port}`,
    });
  });

  test('keeps a connection for the next request', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end());
    server.on('connection', () => (connections += 1));
    const port = await loopback.listening(server);
    const client = loopback.client();
    for (let i = 0; i < 5; i += 1) {
      await client.request({ method: 'GET', url: `http://127.0.0.1:${port}/` });
    }
    expect(connections).toBe(1);
  });

  test('speaks TLS to a host whose certificate its authority signed', async () => {
    const port = await loopback.tls((_request, response) => response.end('over TLS'));
    const lookup = () => Promise.resolve(to('127.0.0.1'));
    const url = `https://platform.example:${port}/`;
    const trusted = await loopback
      .client({ lookup, ca: CERTIFICATE })
      .request({ method: 'GET', url });
    expect(trusted).toMatchObject({ kind: 'answer', status: 200, body: Buffer.from('over TLS') });
    const untrusted = await loopback.client({ lookup }).request({ method: 'GET', url });
    expect(untrusted).toMatchObject({ kind: 'notSent', cause: 'tls' });
    const elsewhere = await loopback.client({ lookup, ca: CERTIFICATE }).request({
      method: 'GET',
      url: `https://other.example:${port}/`,
    });
    expect(elsewhere).toMatchObject({ kind: 'notSent', cause: 'tls' });
  });

  test('fifty at once leave one listener on the signal they share', async () => {
    const port = await loopback.web((_request, response) => response.end('ok'));
    const { signal } = new AbortController();
    const client = loopback.client({ signal });
    const url = `http://127.0.0.1:${port}/`;
    const under = Array.from({ length: 50 }, () => client.request({ method: 'GET', url }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    const results = await Promise.all(under);
    expect(results.every((result) => result.kind === 'answer')).toBe(true);
    client.close();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('trouble before the first byte left is notSent', () => {
  test('nobody listens', async () => {
    const port = await loopback.tcp(() => undefined);
    loopback.end();
    const result = await loopback
      .client()
      .request({ method: 'POST', url: `http://127.0.0.1:${port}/` });
    expect(result).toEqual({
      kind: 'notSent',
      cause: 'network',
      why: '127.0.0.1: ECONNREFUSED',
    });
  });

  test('a name that does not resolve', async () => {
    const gone = Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    const result = await loopback.client({ lookup: () => Promise.reject(gone) }).request({
      method: 'POST',
      url: 'http://gone.example/',
    });
    expect(result).toEqual({ kind: 'notSent', cause: 'dns', why: 'gone.example: ENOTFOUND' });
  });

  test('a name with no address at all', async () => {
    const client = loopback.client({ lookup: () => Promise.resolve([]) });
    const result = await client.request({ method: 'GET', url: 'http://empty.example/' });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'dns' });
  });

  test('a resolver that never answers, until the time is up', async () => {
    const client = loopback.client({ lookup: () => new Promise(() => undefined) });
    const result = await client.request({
      method: 'POST',
      url: 'http://slow.example/',
      timeout: 30,
    });
    expect(result).toEqual({
      kind: 'notSent',
      cause: 'network',
      why: 'slow.example: no answer within 30 ms',
    });
  });

  test('a server that speaks no TLS', async () => {
    const port = await loopback.web((_request, response) => response.end());
    const result = await loopback
      .client()
      .request({ method: 'POST', url: `https://127.0.0.1:${port}/` });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'tls' });
  });

  test('a reset inside the TLS handshake', async () => {
    const port = await loopback.tcp((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    );
    const result = await loopback
      .client()
      .request({ method: 'POST', url: `https://127.0.0.1:${port}/` });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'network' });
  });

  test('a header that cannot be written, whose value is not repeated', async () => {
    const port = await loopback.web((_request, response) => response.end());
    const result = await loopback.client().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/`,
      headers: { authorization: `Bearer ${SECRET}\r\nx-injected: 1` },
    });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test('a client whose connection was already closed', async () => {
    const result = await loopback.client({ signal: AbortSignal.abort() }).request({
      method: 'POST',
      url: 'http://127.0.0.1:9/',
    });
    expect(result).toMatchObject({ kind: 'notSent', why: '127.0.0.1: the connection is closing' });
  });
});

describe('trouble after the first byte left is unanswered', () => {
  const trouble: readonly [string, (socket: Socket) => void][] = [
    ['reset after the request', (socket) => socket.resetAndDestroy()],
    ['closed after the request', (socket) => socket.end()],
    ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['half a body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')],
    [
      'half a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha'),
    ],
    ['no HTTP', (socket) => socket.end('+OK POP3 ready\r\n')],
    [
      'another protocol',
      (socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
        ),
    ],
  ];

  test.each(trouble)('%s', async (_what, happen) => {
    const port = await loopback.tcp((socket) => socket.once('data', () => happen(socket)));
    const result = await loopback.client().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/${SECRET}?token=${SECRET}`,
      headers: { authorization: SECRET },
      body: SECRET,
    });
    expect(result).toMatchObject({ kind: 'unanswered' });
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test('silence, until the time is up', async () => {
    const port = await loopback.tcp(() => undefined);
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'POST', url, timeout: 50 });
    expect(result).toEqual({ kind: 'unanswered', why: '127.0.0.1: no answer within 50 ms' });
  });

  test('an answer that drips byte by byte counts against the whole exchange', async () => {
    const port = await loopback.tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 5);
      socket.once('close', () => clearInterval(drip));
    });
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'POST', url, timeout: 60 });
    expect(result).toEqual({ kind: 'unanswered', why: '127.0.0.1: no answer within 60 ms' });
  });

  test('an answer over its limit is not read to its end', async () => {
    let written = 0;
    const port = await loopback.web((_request, response) =>
      pour(response, (bytes) => (written += bytes)),
    );
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'GET', url, maxBytes: 100_000 });
    expect(result).toEqual({
      kind: 'unanswered',
      why: '127.0.0.1: the answer is over 100000 bytes',
    });
    expect(written).toBeLessThan(50_000_000);
  });

  test('an answer of exactly its limit is read', async () => {
    const port = await loopback.web((_request, response) => response.end(Buffer.alloc(1_000)));
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'GET', url, maxBytes: 1_000 });
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
  });

  test('closing the connection ends what is under way at once', async () => {
    const closing = new AbortController();
    const port = await loopback.tcp((socket) => socket.once('data', () => closing.abort()));
    const client = loopback.client({ signal: closing.signal });
    const result = await client.request({ method: 'POST', url: `http://127.0.0.1:${port}/` });
    expect(result).toEqual({ kind: 'unanswered', why: '127.0.0.1: the connection is closing' });
  });
});

function pour(response: ServerResponse, count: (bytes: number) => void): void {
  const block = Buffer.alloc(64 * 1024);
  const more = () => {
    while (!response.destroyed) {
      count(block.length);
      if (!response.write(block)) return;
    }
  };
  response.on('drain', more);
  more();
}
