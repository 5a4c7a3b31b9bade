import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { RouteId } from './access.js';
import type { Answer } from './answer.js';
import type { Caller } from './auth.js';

/** What the docs say of one answer. */
export interface AnswerDoc {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Content type, where it is not JSON. */
  readonly type?: string;
}

export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

/** How the bytes of a request are read. `raw` hands them over as they are, of any type. */
export interface BodyRule<B extends z.ZodType> {
  readonly schema: B;
  /** At most this many bytes; 1 MiB unless told. */
  readonly bytes?: number;
  /** An empty body reads as `{}`. */
  readonly optional?: boolean;
  /** What the problem is called when the JSON is readable and says something wrong. */
  readonly mistake?: 'badRequest' | 'invalidForm';
}

export interface RouteSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: z.ZodObject;
  readonly body?: BodyRule<B>;
  readonly raw?: { readonly bytes: number; readonly description: string };
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  readonly handle: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>;
}

/** One route as the app mounts it and the docs describe it. */
export interface Route {
  readonly id: RouteId;
  readonly spec: Omit<RouteSpec<z.ZodObject, z.ZodObject, z.ZodType>, 'handle'>;
  readonly handle: (asked: Asked<never, never, never>) => Promise<Answer>;
}

/** Ties a handler to its place in the table of access; what is not declared arrives as `{}`. */
export function route<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
>(id: RouteId, { handle, ...spec }: RouteSpec<P, Q, B>): Route {
  return {
    id,
    spec: spec,
    handle: handle,
  };
}

/** `GET` and `/api/v1/tickets/{number}` of a route's name. */
export function methodAndPath(id: RouteId): { readonly method: string; readonly path: string } {
  const space = id.indexOf(' ');
  return { method: id.slice(0, space), path: id.slice(space + 1) };
}
