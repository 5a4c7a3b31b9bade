/** Time limits of one client's exchanges, which also end when the connection closes. */
export interface Limits {
  start(milliseconds: number): Limit;
  /** Ends every exchange under way. */
  close(): void;
}

export interface Limit {
  /** Aborts with an Error whose message is the reason. */
  readonly signal: AbortSignal;
  end(): void;
}

/** One limit an exchange: over resolving, connecting, every hop and the whole answer. */
export function openLimits(outer: AbortSignal | undefined): Limits {
  const open = new Set<AbortController>();
  const closing = new Error('the connection is closing');
  // One listener for all: a connection lives for months and its signal must not gather them.
  const close = () => {
    for (const controller of open) controller.abort(closing);
  };
  outer?.addEventListener('abort', close, { once: true });
  return {
    start(milliseconds: number) {
      const controller = new AbortController();
      const expire = () => controller.abort(new Error(`no answer within ${milliseconds} ms`));
      const timer = setTimeout(expire, milliseconds);
      open.add(controller);
      if (outer?.aborted === true) controller.abort(closing);
      return {
        signal: controller.signal,
        end: () => {
          clearTimeout(timer);
          open.delete(controller);
        },
      };
    },
    close() {
      outer?.removeEventListener('abort', close);
      close();
    },
  };
}
