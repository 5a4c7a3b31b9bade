import { createHash } from 'node:crypto';

/** The page brings all it needs: its own style and script, named by hash; nothing is loaded from anywhere. */
const STYLE = `
:root{color-scheme:light dark;--line:#8883;--soft:#8881;--accent:#2b6cb0}
body{font:15px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);box-sizing:border-box}
nav a{display:block;color:inherit;text-decoration:none;padding:.1rem 0;font-size:13px;overflow-wrap:anywhere}
nav h2{font-size:12px;text-transform:uppercase;letter-spacing:.06em;margin:1rem 0 .2rem;opacity:.7}
nav input{width:100%;box-sizing:border-box;padding:.35rem .5rem;font:inherit}
main{padding:1.5rem 2rem;max-width:60rem}
code,pre,.method{font-family:ui-monospace,monospace;font-size:13px}
pre{background:var(--soft);padding:.7rem;overflow:auto;border-radius:6px}
section{border-top:1px solid var(--line);padding:1rem 0}
h3{margin:.2rem 0;font-size:15px}
.method{font-weight:700;color:var(--accent);margin-right:.5rem}
table{border-collapse:collapse;width:100%;font-size:14px;margin:.3rem 0}
td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem .25rem 0;text-align:left;vertical-align:top}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto}}
`;

const SCRIPT = `
const field=document.getElementById('find');
field.addEventListener('input',()=>{const words=field.value.toLowerCase();
for(const one of document.querySelectorAll('[data-words]'))one.hidden=!one.dataset.words.includes(words)});
`;

const hash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const PAGE_POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; content?: Content }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Schema = Readonly<Record<string, unknown>>;
interface Document {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The OpenAPI document as a page to read. */
export function docsPage(openApi: object): string {
  const document = openApi as Document;
  const entries = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
  const schemas = Object.entries(document.components.schemas ?? {});
  const body = `<nav><strong>${escape(document.info.title)}</strong>
<p><input id="find" type="search" placeholder="find a route or shape" aria-label="find"></p>
${contents(entries, schemas)}</nav>
<main><h1>${escape(document.info.title)} API</h1>${prose(document.info.description)}
<p><a href="/api/openapi.json">OpenAPI 3.1</a> · <a href="/docs/errors">errors</a></p>
${entries.map(section).join('\n')}
<h2>Shapes</h2>${schemas.map(shape).join('\n')}</main><script>${SCRIPT}</script>`;
  return page(`${document.info.title} API`, body);
}

/** A whole HTML page in the house style. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

function contents(entries: readonly Entry[], schemas: readonly (readonly [string, Schema])[]) {
  const tags = [...new Set(entries.flatMap(({ operation }) => operation.tags))];
  const routes = tags.map((tag) => {
    const links = entries
      .filter(({ operation }) => operation.tags.includes(tag))
      .map(
        (entry) =>
          `<a href="#${anchor(entry)}" data-words="${words(entry)}"><span class="method">${entry.method}</span>${escape(entry.path.replace('/api/v1', ''))}</a>`,
      );
    return `<h2>${escape(tag)}</h2>${links.join('')}`;
  });
  const shapes = schemas.map(
    ([name]) =>
      `<a href="#shape-${escape(name)}" data-words="${escape(name.toLowerCase())}">${escape(name)}</a>`,
  );
  return `${routes.join('')}<h2>Shapes</h2>${shapes.join('')}`;
}

const anchor = ({ method, path }: Entry): string =>
  `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const words = ({ method, path, operation }: Entry): string =>
  escape(`${method} ${path} ${operation.summary}`.toLowerCase());

function section(entry: Entry): string {
  const { method, path, operation } = entry;
  const body = operation.requestBody?.content;
  return `<section id="${anchor(entry)}" data-words="${words(entry)}">
<h3><span class="method">${method}</span><code>${escape(path)}</code></h3>
<p>${escape(operation.summary)}</p>${prose(operation.description ?? '')}
${parameters(operation.parameters ?? [])}
${body === undefined ? '' : `<h4>Body</h4>${contentOf(body)}`}
<h4>Answers</h4><table>${Object.entries(operation.responses)
    .map(
      ([status, answer]) =>
        `<tr><td><code>${status}</code></td><td>${escape(answer.description)}${answer.content === undefined ? '' : contentOf(answer.content)}</td></tr>`,
    )
    .join('')}</table></section>`;
}

function parameters(list: readonly Parameter[]): string {
  if (list.length === 0) return '';
  const rows = list.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${escape(place)}${required === true ? ', required' : ''}</td><td>${escape(brief(schema ?? {}))}</td><td>${escape(description ?? textOf(schema ?? {}))}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

const contentOf = (content: Content): string =>
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<div><code>${escape(type)}</code> ${schema === undefined ? '' : linked(schema)}</div>`,
    )
    .join('');

/** A named shape as a link, anything else in a few words. */
function linked(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== null) return `<a href="#shape-${escape(name)}">${escape(name)}</a>`;
  return schema['properties'] === undefined ? escape(brief(schema)) : `<pre>${json(schema)}</pre>`;
}

const nameOf = (schema: Schema): string | null => {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? (reference.split('/').at(-1) ?? null) : null;
};

function brief(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== null) return name;
  const {
    type,
    enum: values,
    anyOf,
    items,
  } = schema as {
    readonly type?: unknown;
    readonly enum?: readonly unknown[];
    readonly anyOf?: readonly Schema[];
    readonly items?: Schema;
  };
  if (values !== undefined) return values.map(String).join(' | ');
  if (anyOf !== undefined) return anyOf.map(brief).join(' | ');
  if (items !== undefined) return `list of ${brief(items)}`;
  return Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'any';
}

const textOf = ({ description }: Schema): string =>
  typeof description === 'string' ? description : '';

function shape([name, schema]: readonly [string, Schema]): string {
  const properties = Object.entries(
    (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>,
  );
  const rows = properties.map(
    ([field, one]) =>
      `<tr><td><code>${escape(field)}</code></td><td>${nameOf(one) === null ? escape(brief(one)) : linked(one)}</td><td>${escape(textOf(one))}</td></tr>`,
  );
  return `<section id="shape-${escape(name)}" data-words="${escape(name.toLowerCase())}"><h3>${escape(name)}</h3>
<p>${escape(textOf(schema))}</p><table>${rows.join('')}</table>
<details><summary>JSON Schema</summary><pre>${json(schema)}</pre></details></section>`;
}

const json = (value: unknown): string => escape(JSON.stringify(value, null, 2));

const prose = (text: string): string =>
  text
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${escape(paragraph).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`)
    .join('');

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
