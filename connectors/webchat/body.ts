import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { readJson, SECOND } from '../../src/sdk/index.js';
import type { Problem } from './answer.js';

const MAX_BYTES = 64 * 1024;
const TIMEOUT = 10 * SECOND;

export type BodyRead<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Reads the JSON this route takes, whatever the headers call it, within 64 kB and 10 seconds. */
export async function readBody<T>(
  request: IncomingMessage,
  schema: z.ZodType<T>,
): Promise<BodyRead<T>> {
  const bytes = await collect(request);
  if (!Buffer.isBuffer(bytes)) return { ok: false, problem: bytes };
  const json = readJson(bytes);
  if (!json.ok) return refuse(400, 'Not JSON', json.why);
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.');
  return refuse(400, 'Not what this route takes', `${place}: ${issue?.message ?? 'malformed'}`);
}

function refuse(status: Problem['status'], title: string, detail: string): BodyRead<never> {
  return { ok: false, problem: { status, title, detail } };
}

function collect(request: IncomingMessage): Promise<Buffer | Problem> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(tooSlow), TIMEOUT);
    const finish = (result: Buffer | Problem): void => {
      clearTimeout(timer);
      request.off('data', take);
      request.resume();
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > MAX_BYTES) finish(tooLarge);
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => finish(Buffer.concat(chunks)));
    request.once('error', () => finish(cutOff));
    request.once('close', () => finish(cutOff));
  });
}

const tooLarge: Problem = {
  status: 413,
  title: 'Too large',
  detail: `Send at most ${MAX_BYTES / 1024} kB.`,
};
const tooSlow: Problem = {
  status: 408,
  title: 'Too slow',
  detail: `Send the whole body within ${TIMEOUT / SECOND} seconds.`,
};
const cutOff: Problem = {
  status: 400,
  title: 'Cut off',
  detail: 'The connection ended before the body was complete; send it again.',
};
