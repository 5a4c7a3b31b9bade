import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { CERTIFICATE, SECRET, openLoopback, to } from './loopback.js';

const loopback = openLoopback();
afterEach(() => {
  loopback.end();
});

describe('the guard', () => {
  test.each([
    ['short', 'http://127.1:PORT/'],
    ['decimal', 'http://2130706433:PORT/'],
    ['octal', 'http://0177.0.0.1:PORT/'],
    ['hexadecimal', 'http://0x7f.0x0.0x0.0x1:PORT/'],
    ['one hexadecimal number', 'http://0x7f000001:PORT/'],
    ['with a trailing dot', 'http://127.0.0.1.:PORT/'],
    ['in full-width digits', 'http://１２７.０.０.１:PORT/'],
    ['mapped into IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['unspecified', 'http://0.0.0.0:PORT/'],
    ['its name', 'http://localhost:PORT/'],
  ])('loopback written %s is not connected to', async (_how, pattern) => {
    let connections = 0;
    const port = await loopback.tcp(() => (connections += 1));
    const client = loopback.client({ allowPrivate: [] });
    const url = pattern.replace('PORT', String(port));
    const result = await client.request({ method: 'GET', url });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
    expect(connections).toBe(0);
  });

  test('a public name that leads to a private address (nip.io and its like) is not connected to', async () => {
    let connections = 0;
    const port = await loopback.tcp(() => (connections += 1));
    const lookup = () => Promise.resolve(to('127.0.0.1'));
    const result = await loopback.client({ allowPrivate: [], lookup }).request({
      method: 'GET',
      url: `http://127-0-0-1.nip.example:${port}/`,
    });
    expect(result).toEqual({
      kind: 'notSent',
      cause: 'forbidden',
      why: '127-0-0-1.nip.example is at a private or reserved address',
    });
    expect(connections).toBe(0);
  });

  test('one private address among several closes the name', async () => {
    const lookup = () => Promise.resolve(to('127.0.0.1', '10.0.0.1'));
    const url = 'http://mixed.example:9/';
    const result = await loopback.client({ lookup }).request({ method: 'GET', url });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
  });

  test('the address that was checked is the one connected to: the name is asked once', async () => {
    const answers = [to('127.0.0.1'), to('127.0.0.2')];
    let asked = 0;
    const lookup = () => Promise.resolve(answers[asked++] ?? []);
    const port = await loopback.web((_request, response) =>
      response.setHeader('connection', 'close').end(),
    );
    let trapped = 0;
    const trap = createTcpServer(() => (trapped += 1));
    await new Promise<void>((resolve) => trap.listen(port, '127.0.0.2', resolve));

    const client = loopback.client({ allowPrivate: ['127.0.0.1/32'], lookup });
    const url = `http://rebinding.example:${port}/`;
    expect(await client.request({ method: 'GET', url })).toMatchObject({ kind: 'answer' });
    expect(asked).toBe(1);
    expect(await client.request({ method: 'GET', url })).toMatchObject({ cause: 'forbidden' });
    expect(asked).toBe(2);
    expect(trapped).toBe(0);
    trap.close();
  });

  test('the next address of a name is tried when the first refuses', async () => {
    const port = await loopback.web((_request, response) => response.end());
    const lookup = () => Promise.resolve(to('127.0.0.9', '127.0.0.1'));
    const url = `http://two.example:${port}/`;
    const result = await loopback.client({ lookup }).request({ method: 'GET', url });
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
  });

  test.each([
    ['no URL', 'not a url'],
    ['a file', 'file:///etc/passwd'],
    ['gopher', 'gopher://127.0.0.1:70/'],
    ['a name and password', `http://user:${SECRET}@127.0.0.1/`],
    ['a zone', 'http://[fe80::1%25eth0]/'],
  ])('%s is not requested', async (_what, url) => {
    const result = await loopback.client().request({ method: 'GET', url });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test('only allowed ports, where the installation names them', async () => {
    const port = await loopback.web((_request, response) => response.end());
    const url = `http://127.0.0.1:${port}/`;
    const refused = await loopback.client({ ports: [443] }).request({ method: 'GET', url });
    expect(refused).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
    const allowed = await loopback.client({ ports: [443, port] }).request({ method: 'GET', url });
    expect(allowed).toMatchObject({ kind: 'answer' });
  });
});

describe('redirects', () => {
  const redirecting = (location: string, status = 302) =>
    loopback.web((_request, response) => response.writeHead(status, { location }).end());

  test('are not followed unless asked, and never for anything but GET', async () => {
    const port = await redirecting('/elsewhere');
    const url = `http://127.0.0.1:${port}/`;
    const get = await loopback.client().request({ method: 'GET', url });
    const post = await loopback.client().request({ method: 'POST', url, redirects: 5 });
    expect(get).toMatchObject({ kind: 'answer', status: 302 });
    expect(post).toMatchObject({ kind: 'answer', status: 302 });
  });

  test('to a private address are not followed', async () => {
    const port = await redirecting('http://10.0.0.1/latest/meta-data');
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'GET', url, redirects: 3 });
    expect(result).toEqual({
      kind: 'notSent',
      cause: 'forbidden',
      why: '10.0.0.1 is a private or reserved address; network.allowPrivate in hubbub.yaml opens what is yours',
    });
  });

  test('to a name that leads to a private address are not followed', async () => {
    const port = await redirecting('http://inside.example/');
    const lookup = () => Promise.resolve(to('192.168.1.1'));
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client({ lookup }).request({ method: 'GET', url, redirects: 3 });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
  });

  test('to another scheme are not followed', async () => {
    const port = await redirecting('file:///etc/passwd');
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'GET', url, redirects: 3 });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
  });

  test('in a circle end after the hops that were asked for', async () => {
    let requests = 0;
    const port = await loopback.web((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    const url = `http://127.0.0.1:${port}/`;
    const result = await loopback.client().request({ method: 'GET', url, redirects: 3 });
    expect(result).toMatchObject({ kind: 'answer', status: 302 });
    expect(requests).toBe(4);
  });

  test('leave every header that could be a credential behind when the host changes', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const record: RequestListener = (request, response) => {
      seen.push(request.headers);
      response.end('there');
    };
    const other = await loopback.web(record);
    const first = await loopback.web((request, response) => {
      const onward = request.url === '/' ? '/same-host' : `http://127.0.0.1:${other}/`;
      seen.push(request.headers);
      response.writeHead(302, { location: onward }).end();
    });
    const headers = {
      Authorization: SECRET,
      Cookie: SECRET,
      'x-api-key': SECRET,
      accept: 'image/*',
    };
    const url = `http://127.0.0.1:${first}/`;
    const result = await loopback.client().request({ method: 'GET', url, headers, redirects: 2 });
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(seen[1]).toMatchObject({ authorization: SECRET, cookie: SECRET, 'x-api-key': SECRET });
    expect(JSON.stringify(seen[2])).not.toContain(SECRET);
    expect(seen[2]).toMatchObject({ accept: 'image/*' });
  });

  test('from https to plain http are not followed', async () => {
    const plain = await loopback.web((_request, response) => response.end());
    const port = await loopback.tls((_request, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${plain}/` }).end(),
    );
    const lookup = () => Promise.resolve(to('127.0.0.1'));
    const result = await loopback.client({ lookup, ca: CERTIFICATE }).request({
      method: 'GET',
      url: `https://platform.example:${port}/`,
      redirects: 1,
    });
    expect(result).toMatchObject({ kind: 'notSent', cause: 'forbidden' });
  });
});
