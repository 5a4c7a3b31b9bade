import { z } from 'zod';

const cidrs = z.array(z.union([z.cidrv4(), z.cidrv6()])).max(100);
const bytes = z.int().min(1_024).max(1_073_741_824);

/** Every knob, as `config/default.yaml` explains it. */
export const Config = z.strictObject({
  server: z.strictObject({
    port: z.int().min(0).max(65_535),
    host: z.string().min(1),
    publicUrl: z.url({ protocol: /^https?$/ }).nullable(),
    trustedProxies: cidrs,
    bodyBytes: bytes,
    requestTimeout: z.int().min(100),
  }),
  data: z.strictObject({
    dir: z.string().min(1),
    databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).nullable(),
    redisUrl: z.url({ protocol: /^rediss?$/ }).nullable(),
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
