import { z } from 'zod';
import type { Localised } from '../model/localised.js';
import type { AddressGuard } from './address.js';
import { approve } from './target.js';

/** Which field, and what to do. */
export interface ClosedUrl {
  readonly field: string;
  readonly message: string;
  readonly why: Localised;
}

type Tree = Readonly<Record<string, unknown>>;

/** The part of a JSON Schema that says which fields hold a URL that the hub requests. */
interface Shape {
  readonly called?: boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
}

/**
 * URLs of a form that the guarded client would refuse, as far as that shows without asking for a
 * name: the admin learns it now, not when the first answer fails. What stays as it was is not judged.
 */
export function closedUrls(
  schema: z.ZodObject,
  form: { readonly settings: Tree; readonly before: Tree },
  guard: AddressGuard,
): readonly ClosedUrl[] {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const before = new Map(urlsOf(shape, form.before, 'settings'));
  return urlsOf(shape, form.settings, 'settings')
    .filter(([field, url]) => before.get(field) !== url)
    .flatMap(([field, url]) => problemOf(field, url, guard));
}

type Named = readonly [field: string, url: string];

function urlsOf(shape: Shape, value: unknown, path: string): readonly Named[] {
  if (shape.called === true && typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(shape.properties ?? {}).flatMap(([name, below]) =>
    urlsOf(below, (value as Tree)[name], `${path}.${name}`),
  );
}

function problemOf(field: string, url: string, guard: AddressGuard): readonly ClosedUrl[] {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const isHere = host === 'localhost' || host.endsWith('.localhost');
  const judged = approve(isHere ? url.replace(host, '127.0.0.1') : url, {
    guard,
    ports: undefined,
  });
  if (judged.kind === 'approved') return [];
  const message = `${judged.why} (add its range there and start the hub again)`;
  const zh = `该地址不可访问（${host}）：若属内部网络，请在 hubbub.yaml 的 network.allowPrivate 中加入其网段并重启服务`;
  return [{ field, message, why: { en: message, zh } }];
}
