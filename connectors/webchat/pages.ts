import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

/** The widget is served as it was written; dist/ holds compiled code only. */
const BROWSER = join(import.meta.dirname, '../../../connectors/webchat/browser');

const DEMO_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface Pages {
  widget(response: ServerResponse): Promise<void>;
  demo(response: ServerResponse): Promise<void>;
}

/** The two files a browser gets, read once. */
export function openPages(): Pages {
  const files = new Map<string, Promise<Buffer>>();
  const read = (name: string): Promise<Buffer> => {
    const file = files.get(name) ?? readFile(join(BROWSER, name));
    files.set(name, file);
    return file;
  };
  return {
    async widget(response) {
      send(response, await read('widget.js'), {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=300',
        'cross-origin-resource-policy': 'cross-origin',
      });
    },
    async demo(response) {
      send(response, await read('demo.html'), {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': DEMO_POLICY,
        'referrer-policy': 'no-referrer',
      });
    },
  };
}

function send(response: ServerResponse, body: Buffer, headers: Record<string, string>): void {
  response.writeHead(200, {
    ...headers,
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
