import { z } from 'zod';
import { isRegion } from '../model/phone.js';

const cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: 'a range of addresses was expected, as 10.0.0.0/8 or fd00::/8; one address is 10.1.2.3/32',
});
const cidrs = z.array(cidr).max(100);
const bytes = z.int().min(1_024).max(1_073_741_824);

const server = z
  .strictObject({
    port: z.int().min(0).max(65_535),
    host: z.string().min(1),
    publicUrl: z
      .url({ protocol: /^https?$/, error: 'an address as https://hub.example.com was expected' })
      .nullable(),
    trustedProxies: cidrs,
    bodyBytes: bytes,
    bodiesBytes: z.int().min(65_536),
    streams: z.int().min(1),
    streamsPerAddress: z.int().min(1),
    requestTimeout: z.int().min(100),
  })
  .check(({ value: { bodyBytes, bodiesBytes }, issues }) => {
    if (bodiesBytes >= bodyBytes) return;
    issues.push({
      code: 'custom',
      input: bodiesBytes,
      path: ['bodiesBytes'],
      message: `all bodies together need room for one of server.bodyBytes (${bodyBytes}), or the largest would never be taken: raise server.bodiesBytes or lower server.bodyBytes`,
    });
  });

/** Every knob, as `config/default.yaml` explains it. */
export const Config = z.strictObject({
  server,
  data: z.strictObject({
    dir: z.string().min(1),
    databaseUrl: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'postgres://user:password@host:5432/database was expected',
      })
      .nullable(),
    redisUrl: z.url({ protocol: /^rediss?$/, error: 'redis://host:6379 was expected' }).nullable(),
  }),
  process: z.strictObject({
    role: z.enum(['all', 'api', 'worker', 'connections']),
    logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  }),
  matching: z.strictObject({
    by: z.enum(['samePerson', 'evidence']),
    samePersonWithinDays: z.number().min(0).max(3_650),
  }),
  replies: z.strictObject({ reserved: z.int().min(0).max(10) }),
  phones: z.strictObject({
    region: z.string().refine(isRegion, 'an ISO 3166 code of a country, as CN'),
  }),
  network: z.strictObject({ allowPrivate: cidrs }),
  attachments: z.strictObject({ bytes, timeout: z.int().min(100) }),
});
export type Config = z.infer<typeof Config>;

/** What only the environment carries: secrets, and where to look for the rest. */
export interface Environment {
  readonly configDir: string | null;
  readonly masterKey: string | null;
  readonly bootstrapToken: string | null;
  /** Named points at which a test kills the process, `name:count` each. */
  readonly crashpoints: string | null;
}
