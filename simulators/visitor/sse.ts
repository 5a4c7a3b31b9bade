/** One event of a `text/event-stream`. */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads an event stream piece by piece, as the HTML standard defines it (9.2.6). */
export interface EventReader {
  /** Feeds text as it arrived, cut anywhere; gives the events it completes. */
  feed(text: string): readonly ServerEvent[];
  /** The last `id:` that a complete event carried. */
  readonly lastEventId: string;
  /** The last `retry:` in milliseconds, or null. */
  readonly retry: number | null;
}

export function createEventReader(lastEventId = ''): EventReader {
  let rest = '';
  let id = lastEventId;
  let retry: number | null = null;
  let event = '';
  let data: string[] = [];

  function take(line: string): ServerEvent | null {
    if (line === '') return dispatch();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    if (name === 'event') event = value;
    if (name === 'id' && !value.includes('\0')) id = value;
    if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value);
    return null;
  }

  function dispatch(): ServerEvent | null {
    const complete = { id, event: event === '' ? 'message' : event, data: data.join('\n') };
    const isEmpty = data.length === 0;
    event = '';
    data = [];
    return isEmpty ? null : complete;
  }

  return {
    feed(text) {
      rest += text;
      // A carriage return at the end may be half of a line break.
      const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      const lines = whole.split(/\r\n|\r|\n/);
      rest = (lines.pop() ?? '') + rest.slice(whole.length);
      return lines.map(take).filter((one) => one !== null);
    },
    get lastEventId() {
      return id;
    },
    get retry() {
      return retry;
    },
  };
}
