import express, { type Express } from 'express';
import type { Parts } from './hub.js';

/** Everything over HTTP that is not on the hot path. */
export function createApp(parts: Parts): Express {
  const app = express();
  app.get(
    '/healthz',
    (_request, response) =>
      void response.json({ status: 'ok', role: parts.house.loaded.config.process.role }),
  );
  return app;
}
