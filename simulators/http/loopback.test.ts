import { request } from 'node:http';
import {
  answer,
  createScript,
  delay,
  halfAnswer,
  lateAnswer,
  resetBeforeBody,
  resetWithoutAnswer,
  silence,
  type AnswerFault,
} from '../faults.js';
import { jsonAnswer } from './answer.js';
import { startLoopback, type Ending, type HttpRequest, type Loopback } from './loopback.js';

interface Answered {
  readonly status: number;
  readonly body: string;
}

/** One POST on a connection of its own; rejects when the connection breaks or `patienceMs` is over. */
function call(url: string, body: string, patienceMs = 2_000): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the loopback server', () => {
  const script = createScript<HttpRequest, AnswerFault>();
  let work: string[] = [];
  let endings: Ending[] = [];
  let server: Loopback;

  beforeAll(async () => {
    server = await startLoopback({
      script,
      maxBodyBytes: 100,
      handle(incoming) {
        work.push(incoming.body.toString());
        return jsonAnswer(201, { echoed: incoming.body.toString() });
      },
      observe: (_request, ending) => void endings.push(ending),
    });
  });
  beforeEach(() => {
    work = [];
    endings = [];
  });
  afterAll(() => server.close());

  test('does the work and answers', async () => {
    await expect(call(server.url, 'a')).resolves.toEqual({ status: 201, body: '{"echoed":"a"}' });
    expect(work).toEqual(['a']);
  });

  test('answers an error inside HTTP 200 without doing the work', async () => {
    script.add({ then: answer(200, { errcode: 45015 }) });
    await expect(call(server.url, 'a')).resolves.toEqual({
      status: 200,
      body: '{"errcode":45015}',
    });
    expect(work).toEqual([]);
  });

  test('answers an error although it did the work', async () => {
    script.add({ then: answer(500, 'oops', { taken: true }) });
    await expect(call(server.url, 'a')).resolves.toEqual({ status: 500, body: 'oops' });
    expect(work).toEqual(['a']);
  });

  test('waits and then answers rightly', async () => {
    script.add({ then: delay(20) });
    await expect(call(server.url, 'a')).resolves.toMatchObject({ status: 201 });
  });

  test('does the work at once and answers late', async () => {
    script.add({ then: lateAnswer(30) });
    const answering = call(server.url, 'a');
    while (work.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(endings).toEqual([]);
    await expect(answering).resolves.toMatchObject({ status: 201 });
    expect(work).toEqual(['a']);
  });

  test('resets before the body is read', async () => {
    script.add({ then: resetBeforeBody() });
    await expect(call(server.url, 'a')).rejects.toThrow();
    expect(work).toEqual([]);
    expect(endings).toEqual(['reset']);
  });

  test.each([true, false])('resets without an answer, the work being done: %s', async (taken) => {
    script.add({ when: (seen) => seen.body.length > 0, then: resetWithoutAnswer({ taken }) });
    await expect(call(server.url, 'a')).rejects.toThrow();
    expect(work).toEqual(taken ? ['a'] : []);
  });

  test('cuts its answer in half', async () => {
    script.add({ then: halfAnswer() });
    await expect(call(server.url, 'a')).rejects.toThrow('aborted');
    expect(work).toEqual(['a']);
  });

  test('never answers', async () => {
    script.add({ then: silence({ taken: true }) });
    await expect(call(server.url, 'a', 50)).rejects.toThrow('no answer');
    expect(work).toEqual(['a']);
  });

  test('refuses connections while it is offline and comes back on the same port', async () => {
    await server.goOffline();
    await expect(call(server.url, 'a')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.goOnline();
    await expect(call(server.url, 'a')).resolves.toMatchObject({ status: 201 });
  });

  test('refuses a body over its limit', async () => {
    await expect(call(server.url, 'x'.repeat(101))).resolves.toMatchObject({ status: 413 });
    expect(work).toEqual([]);
  });
});
