import type { Socket } from 'node:net';
import type { SMTPServer, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import type { Context, Emit } from '../../src/sdk/index.js';
import { callerLimit, LISTENER_LIMITS, refusal } from './listener-limits.js';
import { takeMail } from './listener-mail.js';
import type { Intake } from './listener-mail.js';
import { acceptsOf } from './recipients.js';
import type { Accepts } from './recipients.js';
import { readSettings } from './settings.js';
import type { Credentials, Settings } from './settings.js';

export interface Listener {
  listen(emit: Emit): Promise<{ readonly port: number }>;
  /** `closed`: not asked to listen here; another process may. `trouble`: the system's code, EADDRINUSE say. */
  state(): Promise<'closed' | 'listening' | { readonly trouble: string }>;
  close(): Promise<void>;
}

/**
 * The built-in SMTP listener. It takes mail for our own addresses only, relays nothing, and answers
 * 250 only after the mail is committed; a client that hears nothing sends again, under the same key.
 */
export function createListener(context: Context): Listener {
  let running: { readonly server: SMTPServer; readonly sockets: Set<Socket> } | null = null;
  let opening: Promise<{ readonly port: number }> | null = null;
  const open = async (emit: Emit): Promise<{ readonly port: number }> => {
    const { SMTPServer: Server } = await import('smtp-server');
    const settings = readSettings(context.account());
    if (settings?.listener === undefined) throw new Error('the listener is not configured');
    const { host, port } = settings.listener;
    const intake: Intake = {
      emit,
      limit: settings.listener.maxBytes,
      held: { bytes: 0 },
      cut: (session, code, why) => cutOff(server, session, code, why),
    };
    const server = new Server(serverOptions(context, settings, intake));
    const sockets = new Set<Socket>();
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await listening(server, port, host);
    // From here on an error is one client's trouble (a reset, a failed handshake), not ours.
    server.on('error', () => undefined);
    running = { server, sockets };
    const bound = server.server.address();
    return { port: typeof bound === 'object' && bound !== null ? bound.port : port };
  };
  return {
    listen: (emit) => (opening = open(emit)),
    state: async () => {
      if (opening === null) return 'closed';
      return opening.then(() => 'listening' as const, troubleOf);
    },
    close: async () => {
      if (running === null) return;
      const { server, sockets } = running;
      running = null;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, LISTENER_LIMITS.grace);
      await closed;
      clearTimeout(cut);
    },
  };
}

function troubleOf(error: unknown): { readonly trouble: string } {
  return { trouble: (error as { readonly code?: string }).code ?? 'unknown' };
}

function listening(server: SMTPServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function cutOff(server: SMTPServer, { id }: SMTPServerSession, code: number, why: string): void {
  for (const connection of server.connections) {
    if (connection.id !== id) continue;
    connection.send(code, why);
    connection.close();
  }
}

function serverOptions(context: Context, settings: Settings, intake: Intake): SMTPServerOptions {
  const { listener, address } = settings;
  const tls = tlsOf(listener?.certificate ?? '', context.account().credentials);
  const accepts = currentAccepts(context);
  const callers = callerLimit();
  return {
    ...tls,
    name: address.slice(address.lastIndexOf('@') + 1),
    banner: 'hubbub',
    // Nobody logs in here, and without a certificate of ours nobody is offered a foreign one.
    disabledCommands: tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    authOptional: true,
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    size: intake.limit,
    rejectOversized: true,
    maxClients: LISTENER_LIMITS.connections,
    maxRecipients: LISTENER_LIMITS.recipients,
    socketTimeout: LISTENER_LIMITS.idle,
    closeTimeout: LISTENER_LIMITS.grace,
    logger: false,
    onConnect: (session, done) => done(callers.enter(session)),
    onClose: (session) => callers.leave(session),
    onRcptTo: (recipient, _session, done) =>
      done(accepts(recipient.address) ? null : refusal(550, 'no such mailbox here')),
    onData: (stream, session, done) => {
      takeMail(stream, session, intake).then(
        (refused) => done(refused),
        () => done(refusal(451, 'the mail could not be stored, try again later')),
      );
    },
  };
}

function tlsOf(certificate: string, { listenerKey }: Credentials): SMTPServerOptions | null {
  if (certificate === '' || listenerKey === undefined) return null;
  return { cert: certificate, key: listenerKey, minVersion: 'TLSv1.2' };
}

/** The account is read anew when it changed, not at every recipient. */
function currentAccepts(context: Context): Accepts {
  let settings: unknown = null;
  let accepts: Accepts = () => false;
  return (address) => {
    const account = context.account();
    if (account.settings !== settings) {
      settings = account.settings;
      accepts = acceptsOf(account);
    }
    return accepts(address);
  };
}
