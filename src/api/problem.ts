import type { ServerResponse } from 'node:http';
import { problemDetails, type ProblemName } from '../model/problems.js';

/** Answers with problem details; the connection closes when the request was not read to its end. */
// eslint-friendly signature: the status is the catalogue's unless the treaty gave another.
export function answerProblem(
  response: ServerResponse,
  name: ProblemName,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  status?: number,
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
