import type { Response } from 'express';
import { problemDetails, type ProblemName } from '../model/problems.js';

/** What a handler decided; `written`: it wrote to the response itself (a stream, a page). */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'moved'; readonly location: string }
  | { readonly kind: 'written' }
  | ProblemAnswer;

export interface ProblemAnswer {
  readonly kind: 'problem';
  readonly name: ProblemName;
  readonly detail: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ kind: 'json', status, body, headers });

export const empty = (status = 204): Answer => ({ kind: 'empty', status });

/** 307: the same method again, there. */
export const moved = (location: string): Answer => ({ kind: 'moved', location });

export const WRITTEN: Answer = { kind: 'written' };

export const problem = (
  name: ProblemName,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer => ({ kind: 'problem', name, detail, extra, headers });

export function writeAnswer(response: Response, answer: Answer): void {
  if (answer.kind === 'written' || response.headersSent || response.destroyed) return;
  switch (answer.kind) {
    case 'json':
      response.set(answer.headers ?? {});
      return void response.status(answer.status).json(answer.body);
    case 'empty':
      return void response.status(answer.status).end();
    case 'moved':
      return void response.status(307).set('location', answer.location).end();
    case 'problem':
      return writeProblem(response, answer);
  }
}

function writeProblem(response: Response, { name, detail, extra, headers }: ProblemAnswer): void {
  const details = { ...problemDetails(name, detail), ...extra };
  response.set(headers ?? {});
  response.status(details.status).type('application/problem+json').send(JSON.stringify(details));
}
