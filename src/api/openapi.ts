import type { ZodOpenApiObject, ZodOpenApiOperationObject } from 'zod-openapi';
import { isOpen, whoMay } from './access.js';
import { methodAndPath, type AnswerDoc, type Route } from './route.js';
import { Problem } from './schemas/ids.js';

const ABOUT = `Many channels in, one ticket, the answer back out on the channel where the customer is.

Send \`Authorization: Bearer <token>\`. Lists come in pages: \`?limit&cursor\` → \`{items, nextCursor}\`. Errors are problem details (RFC 9457); /docs/errors explains every code. Times are UTC.`;

/** OpenAPI 3.1, generated from the shapes that the routes check with. Its generator loads when it is first asked for. */
export async function openApiDocument(routes: readonly Route[]): Promise<object> {
  const { createDocument } = await import('zod-openapi');
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const { method, path } = methodAndPath(route.id);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route) };
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: { title: 'Hubbub', version: '1', description: ABOUT },
    paths: paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
  return createDocument(document);
}

function operationOf({ id, spec }: Route): ZodOpenApiOperationObject {
  const params = {
    ...(spec.params === undefined ? {} : { path: spec.params }),
    ...(spec.query === undefined ? {} : { query: spec.query }),
    ...(spec.headers === undefined ? {} : { header: spec.headers }),
  };
  const body = bodyOf(spec);
  return {
    operationId: operationId(id),
    tags: [spec.tag],
    summary: spec.summary,
    description: [spec.description, isOpen(id) ? null : `For: ${whoMay(id)}.`]
      .filter((line) => typeof line === 'string')
      .join('\n\n'),
    ...(isOpen(id) ? {} : { security: [{ bearer: [] }] }),
    ...(Object.keys(params).length === 0 ? {} : { requestParams: params }),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, doc]) => [status, responseOf(doc)]),
      ),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: Problem } },
      },
    },
  } as ZodOpenApiOperationObject;
}

function bodyOf({ body, raw }: Route['spec']): object | null {
  if (body !== undefined) {
    return {
      required: body.optional !== true,
      content: { 'application/json': { schema: body.schema } },
    };
  }
  if (raw === undefined) return null;
  return {
    required: true,
    description: raw.description,
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  };
}

function responseOf({ description, schema, type }: AnswerDoc): object {
  if (schema === undefined && type === undefined) return { description };
  const shape = schema ?? { type: 'string' };
  return { description, content: { [type ?? 'application/json']: { schema: shape } } };
}

/** `get_tickets_number` of `GET /api/v1/tickets/{number}`. */
function operationId(id: string): string {
  return id
    .toLowerCase()
    .replace('/api/v1', '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
