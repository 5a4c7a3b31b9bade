import { z } from 'zod';

const cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: 'a range of addresses was expected, as 10.0.0.0/8 or fd00::/8; one address is 10.1.2.3/32',
});
const cidrs = z.array(cidr).max(100);
const bytes = z.int().min(1_024).max(1_073_741_824);

/** Every knob, as `config/default.yaml` explains it. */
export const Config = z.strictObject({
  server: z.strictObject({
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
  }),
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
