import type { Request } from 'express';
import type { z } from 'zod';
import { readBody, type BodyLimits } from './body.js';
import { problem, type ProblemAnswer } from './answer.js';
import type { BodyRule, Route } from './route.js';
import { readJson } from '../model/json.js';
import { mistakeOf, type Issue } from '../model/mistakes.js';
import { unknownFields } from '../model/unknown-field.js';

export const JSON_BODY_BYTES = 1_048_576;
const MOST_MISTAKES = 20;

/** How long a body may take, and the room it has. */
export type Within = Omit<BodyLimits, 'bytes'>;

const ENDS = { connection: 'close' };

/** What a request says, or the problem it is answered with. */
export type Understood =
  | {
      readonly ok: true;
      readonly params: unknown;
      readonly query: unknown;
      readonly body: unknown;
    }
  | { readonly ok: false; readonly problem: ProblemAnswer };

/** Reads path, query and body by the route's shapes. Nothing of it is believed before. */
export async function understand(
  { spec }: Route,
  request: Request,
  within: Within,
): Promise<Understood> {
  const params = spec.params?.safeParse(request.params);
  if (params?.success === false) {
    return refuse(problem('notFound', `nothing is called ${request.path.slice(0, 200)}`));
  }
  // A misspelt filter that is left out in silence answers another question than was asked.
  const query = spec.query?.strict().safeParse(request.query);
  if (query?.success === false) {
    return refuse(mistakes('badRequest', 'the query', issuesOf(spec.query, request.query, query)));
  }
  const body = await readAnyBody(spec, request, within);
  return body.ok
    ? { ok: true, params: params?.data ?? {}, query: query?.data ?? {}, body: body.value }
    : refuse(body.problem);
}

type BodyUnderstood =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: ProblemAnswer };

async function readAnyBody(
  { body, raw }: Route['spec'],
  request: Request,
  within: Within,
): Promise<BodyUnderstood> {
  if (body !== undefined) return readJsonBody(body, request, within);
  if (raw === undefined) {
    request.resume();
    return { ok: true, value: {} };
  }
  const read = await readBytes(request, { ...within, bytes: raw.bytes });
  return read.ok ? { ok: true, value: read.bytes } : read;
}

async function readJsonBody(
  rule: BodyRule<z.ZodType>,
  request: Request,
  within: Within,
): Promise<BodyUnderstood> {
  const read = await readBytes(request, { ...within, bytes: rule.bytes ?? JSON_BODY_BYTES });
  if (!read.ok) return read;
  const nothing = read.bytes.length === 0 && rule.optional === true;
  if (!nothing && !isJson(request.headers['content-type'])) {
    return refuse(problem('wrongType', 'send the body as content-type: application/json'));
  }
  const json = nothing ? ({ ok: true, value: {} } as const) : readJson(read.bytes);
  if (!json.ok) return refuse(problem('badRequest', json.why));
  const parsed = rule.schema.safeParse(json.value);
  const issues = issuesOf(rule.schema, json.value, parsed);
  return parsed.success && issues.length === 0
    ? { ok: true, value: parsed.data }
    : refuse(mistakes(rule.mistake ?? 'badRequest', 'the body', issues));
}

type Bytes =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly problem: ProblemAnswer };

async function readBytes(request: Request, limits: BodyLimits): Promise<Bytes> {
  const read = await readBody(request, limits);
  if (read.kind === 'read') return { ok: true, bytes: read.bytes };
  const headers = read.kind === 'busy' ? { ...ENDS, 'retry-after': '5' } : ENDS;
  return refuse(problem(read.kind, read.why, {}, headers));
}

/** `application/json` and its relatives, whatever parameters follow. */
function isJson(contentType: string | undefined): boolean {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}

interface AnyIssue extends Issue {
  /** What each alternative of a union finds wrong. */
  readonly errors?: readonly (readonly AnyIssue[])[];
}

/** Fields nobody knows first, each with the one that was meant: what then seems missing often is what it stands for. */
function issuesOf(
  schema: z.ZodType | undefined,
  value: unknown,
  { error }: z.ZodSafeParseResult<unknown>,
): readonly Issue[] {
  const unknown = schema === undefined ? [] : unknownFields(schema, value, MOST_MISTAKES);
  const named = unknown.map(({ path, nearest }): Issue => {
    const key = String(path.at(-1));
    const about = { path: path.slice(0, -1), keys: [key], nearest };
    return { ...about, code: 'unrecognized_keys', message: 'Unrecognized key' };
  });
  const others = ((error?.issues ?? []) as readonly AnyIssue[]).flatMap(plain);
  return named.length === 0
    ? others
    : [...named, ...others.filter(({ code }) => code !== 'unrecognized_keys')];
}

/** Of alternatives, the one that was meant is the one that fits deepest. */
function plain(issue: AnyIssue): readonly Issue[] {
  if (issue.errors === undefined) return [issue];
  const depth = (branch: readonly AnyIssue[]): number =>
    Math.max(0, ...branch.map(({ path }) => path.length));
  const [meant = []] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
  if (meant.length === 0) return [{ path: issue.path, message: issue.message }];
  return meant.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** Each mistake with its field, the first of them in the sentence. */
function mistakes(
  name: 'badRequest' | 'invalidForm',
  where: string,
  issues: readonly Issue[],
): ProblemAnswer {
  const problems = issues.slice(0, MOST_MISTAKES).map((issue) => {
    const why = mistakeOf(issue);
    return { field: issue.path.map(String).join('.'), message: why.en, why };
  });
  const [first] = problems;
  const place = first === undefined || first.field === '' ? where : `${where}: ${first.field}`;
  return problem(name, `${place}: ${first?.message ?? 'is wrong'}`, { problems });
}

const refuse = (
  answer: ProblemAnswer,
): { readonly ok: false; readonly problem: ProblemAnswer } => ({
  ok: false,
  problem: answer,
});
