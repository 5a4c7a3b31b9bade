import type { ServerResponse } from 'node:http';
import { problemDetails, type ProblemName } from '../model/problems.js';

export interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the catalogue's. */
  readonly status?: number | undefined;
}

/** Answers with problem details; nothing when an answer has begun already. */
export function answerProblem(
  response: ServerResponse,
  name: ProblemName,
  detail: string,
  { headers = {}, status }: ProblemExtras = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const problem = problemDetails(name, detail, status);
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
