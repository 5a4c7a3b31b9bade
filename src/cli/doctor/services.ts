import type { Loaded } from '../../config/load.js';
import { checked, note, ok, wrong, type Finding } from './finding.js';

const PATIENCE_MS = 3_000;

/** Redis, and how platforms reach us. */
export async function examineServices({ config }: Loaded): Promise<readonly Finding[]> {
  const { redisUrl } = config.data;
  const redis =
    redisUrl === null
      ? []
      : await checked(
          'redis',
          'start it, or mend HUBBUB_REDIS_URL; nothing is lost meanwhile',
          () => redisFindings(redisUrl),
        );
  return [...redis, publicUrl(config.server.publicUrl)];
}

async function redisFindings(url: string): Promise<readonly Finding[]> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return [ok('redis', 'answers')];
  } finally {
    client.disconnect();
  }
}

function publicUrl(url: string | null): Finding {
  if (url === null) {
    return note(
      'public address',
      'none is set: platforms on the internet cannot reach this hub',
      'set HUBBUB_PUBLIC_URL to its https address when a platform is to call it',
    );
  }
  return url.startsWith('https://')
    ? ok('public address', url)
    : wrong(
        'public address',
        `${url} is not https`,
        'put TLS in front, and name it in HUBBUB_PUBLIC_URL',
      );
}
