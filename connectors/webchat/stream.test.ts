import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DoorMessage, Doors } from '../../src/sdk/index.js';
import { openStreams } from './stream.js';

/** A core whose history answers when the test says so. */
function slowCore() {
  const reads: ((page: readonly DoorMessage[]) => void)[] = [];
  let changed = (): void => undefined;
  const doors: Doors = {
    history: () => new Promise((resolve) => reads.push(resolve)),
    subscribe(_conversation, news) {
      changed = news;
      return () => undefined;
    },
  };
  return { doors, reads, news: () => changed() };
}

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a visitor who leaves while their history is read, and there is more, is read for no longer', async () => {
  const core = slowCore();
  const log = { info: () => undefined, warn: () => undefined };
  const streams = openStreams(core.doors, log);
  const opened = new Promise<ServerResponse>((resolve) => {
    server = createServer((_request, response) => {
      streams.open(response, 'aa', 0);
      resolve(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const aborter = new AbortController();
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/`, { signal: aborter.signal });
  const response = await opened;
  const closed = once(response, 'close');
  aborter.abort();
  await closed;
  core.news();
  core.reads[0]?.([]);
  // A reader that goes on here never lets the event loop turn again.
  await new Promise((resolve) => setImmediate(resolve));
  expect(core.reads).toHaveLength(1);
});
