import { startTestHub, until } from '../hub.js';
import { connect, openPlatform, tell } from './platform.js';

test('without its Redis a hub is ready and says what is away, and messages are filed all the same', async () => {
  const hub = await startTestHub({ env: { HUBBUB_REDIS_URL: 'redis://127.0.0.1:1' } });
  const platform = await openPlatform();
  try {
    const ready = await fetch(`${hub.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      {
        ready: true,
        degraded: [expect.stringMatching(/^queue: redis does not answer/) as string],
        queue: { kind: 'redis', ok: false },
      },
    ]);
    const { number } = await tell(hub, await connect(hub, platform), 'unheard');
    await until('its message', async () => {
      const { body } = await hub.api('GET', `/tickets/${number}`);
      return (body as { counts: { in: number } }).counts.in === 1;
    });
  } finally {
    await platform.close();
    await hub.end();
  }
});
