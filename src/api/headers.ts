import type { NextFunction, Request, Response } from 'express';

/** JSON shows nothing and runs nothing, wherever somebody opens it. Pages and downloads set their own policy. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const A_YEAR = 'max-age=31536000';

/** Security headers of every answer that Express gives. */
export function securityHeaders(publicUrl: () => string) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.set(HEADERS);
    if (publicUrl().startsWith('https:')) response.set('strict-transport-security', A_YEAR);
    next();
  };
}
