import { pino, type Logger } from 'pino';

export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The log: one sentence and ids a line, never content or secrets. Lines are JSON on standard error,
 * so that standard output stays for what a command prints.
 */
export interface Log {
  debug(sentence: string, fields?: Fields): void;
  info(sentence: string, fields?: Fields): void;
  warn(sentence: string, fields?: Fields): void;
  error(sentence: string, fields?: Fields): void;
  /** A log whose lines all carry these ids. */
  with(fields: Fields): Log;
}

export function createLog(level: string): Log {
  return wrap(pino({ level, base: null }, pino.destination({ fd: 2, sync: true })));
}

function wrap(logger: Logger): Log {
  return {
    debug: (sentence, fields = {}) => logger.debug(fields, sentence),
    info: (sentence, fields = {}) => logger.info(fields, sentence),
    warn: (sentence, fields = {}) => logger.warn(fields, sentence),
    error: (sentence, fields = {}) => logger.error(fields, sentence),
    with: (fields) => wrap(logger.child(fields)),
  };
}
