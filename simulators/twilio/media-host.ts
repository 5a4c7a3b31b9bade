import { randomBytes } from 'node:crypto';
import { createScript, type AnswerFault } from '../faults.js';
import { emptyAnswer, type HttpAnswer } from '../http/answer.js';
import { startLoopback, type HttpRequest, type Loopback } from '../http/loopback.js';
import type { StoredMedia } from './account.js';

/** A fetch of a media file from the host to which Twilio redirects. */
export interface MediaFetch {
  readonly mediaSid: string;
  readonly status: number;
  /** The hub sent its Twilio credentials to another host: a leak. */
  readonly leakedCredentials: boolean;
}

/** The storage host behind Twilio's media URLs: files by signed URL, on a port of its own. */
export interface MediaHost {
  /** A URL under which this file can be had without credentials. */
  sign(media: StoredMedia): string;
  readonly loopback: Loopback;
}

/** Starts the storage host. */
export async function startMediaHost(observe: (fetch: MediaFetch) => void): Promise<MediaHost> {
  const signed = new Map<string, StoredMedia>();
  const loopback = await startLoopback({
    script: createScript<HttpRequest, AnswerFault>(),
    handle: (request) => serveMedia(signed, request),
    observe: (request, ending) => {
      const media = signed.get(request.query.get('Signature') ?? '');
      const leakedCredentials = request.headers['authorization'] !== undefined;
      observe({ mediaSid: media?.sid ?? '', status: Number(ending), leakedCredentials });
    },
  });
  return {
    loopback,
    sign(media) {
      const signature = randomBytes(16).toString('hex');
      signed.set(signature, media);
      return `${loopback.url}/${media.sid}?Signature=${signature}`;
    },
  };
}

function serveMedia(signed: ReadonlyMap<string, StoredMedia>, request: HttpRequest): HttpAnswer {
  const media = signed.get(request.query.get('Signature') ?? '');
  if (media === undefined) return emptyAnswer(403);
  // As object stores do: a signed URL and an Authorization header together are refused.
  if (request.headers['authorization'] !== undefined) return emptyAnswer(400);
  return { status: 200, headers: { 'content-type': media.contentType }, body: media.body };
}
