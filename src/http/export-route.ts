import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openSnapshot, type Snapshot } from '../change/snapshot.ts';
import type { Services } from '../graphql/context.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Config } from '../platform/config.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportFormatName,
  type ExportFormats,
} from '../platform/export/export-format.ts';
import type { Limit } from '../platform/rate-limits/rate-limited.ts';
import { preferredType } from './accept.ts';
import { ConnectionLimit } from './connection-limits.ts';
import { sendError } from './errors.ts';
import { sendProblem } from './problem.ts';
import { countRequest, isMethod, requireViewer, takePlace } from './viewer-route.ts';

const LIMIT: Limit = { name: 'export/viewer/3600s', max: 10, windowSeconds: 3_600 };
/**
 * So much is read ahead of the client, so that the snapshot of nearly everybody is over at once, however slowly they read.
 * Beyond it reading waits for the client.
 */
const READ_AHEAD_BYTES = 4 * 1_024 * 1_024;
/** Less than what PostgreSQL allows a transaction to stand still. */
const STALLED_MS = 30_000;

export interface ExportOptions {
  readonly services: Services;
  readonly formats: ExportFormats;
  readonly config: Pick<Config, 'trustProxy' | 'database'>;
  /** A client that takes nothing for so long is gone. */
  readonly stalledMs?: number;
}

/**
 * GET /export: all that is kept of the viewer, as a file. What it begins with, it says of one moment. Where the viewer's
 * session or account ends meanwhile, the connection is broken off; a token that only expires may see it to its end.
 */
export function createExportRoute({ services, formats, config, stalledMs = STALLED_MS }: ExportOptions) {
  const places = {
    perViewer: new ConnectionLimit(1),
    // Each holds a connection of the pool while its client reads.
    inAll: new ConnectionLimit(Math.max(1, Math.floor(config.database.poolMax / 4))),
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isMethod(request, response, 'GET')) return;
    const name = readFormat(request, response, formats);
    if (!name) return;
    try {
      const { viewer, device } = await requireViewer(request, services, config.trustProxy);
      await countRequest(LIMIT, viewer, services);
      if (!takePlace(response, viewer, places)) return;
      await services.security.recordAlone({ kind: 'DATA_EXPORTED', userId: viewer.userId, device });
      await using snapshot = await openSnapshot(services.database, viewer.userId);
      await send(response, { snapshot, viewer, name, format: formats[name], services, stalledMs });
    } catch (error) {
      if (!isLeft(error)) sendError(request, response, error, services);
    }
  };
}

/** The client left, or was broken off: there is nobody to tell, and nothing to log. */
const isLeft = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

interface Sending {
  readonly snapshot: Snapshot;
  readonly viewer: Viewer;
  readonly name: ExportFormatName;
  readonly format: ExportFormat;
  readonly services: Services;
  readonly stalledMs: number;
}

async function send(
  response: ServerResponse,
  { snapshot, viewer, name, format, services: { viewers, clock }, stalledMs }: Sending,
): Promise<void> {
  // The client left before there was anything to send.
  if (response.destroyed) return;
  const text = Readable.from(untilRead(snapshot, format.write(snapshot.em, viewer.userId)), {
    objectMode: false,
    highWaterMark: READ_AHEAD_BYTES,
  });
  const stopWatching = viewers.watch(viewer, async () => {
    const now = await viewers.renew({ ...viewer, tokenExpiresAt: Number.POSITIVE_INFINITY }).catch(() => viewer);
    if (typeof now === 'string') response.destroy();
  });
  response.writeHead(200, {
    'Content-Type': `${format.mediaType}; charset=utf-8`,
    'Content-Disposition': `attachment; filename="duely-${clock().toISOString().slice(0, 10)}.${name}"`,
    'Cache-Control': 'no-store',
  });
  response.setTimeout(stalledMs, () => response.destroy());
  try {
    await pipeline(text, response);
  } finally {
    stopWatching();
  }
}

/** The connection goes back when everything is read, which the client may take some time to take. */
async function* untilRead(snapshot: Snapshot, pieces: AsyncIterable<string>) {
  yield* pieces;
  await snapshot.close();
}

/** By `format` in the address, else by Accept. Null where neither can be, which it has told the client. */
function readFormat(
  request: IncomingMessage,
  response: ServerResponse,
  formats: ExportFormats,
): ExportFormatName | null {
  const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('format');
  const known = EXPORT_FORMATS.find(name => name === asked);
  if (known) return known;
  if (asked !== null) {
    sendProblem(
      response,
      400,
      'Bad Request',
      `There is no format "${asked.slice(0, 50)}": ask for ${EXPORT_FORMATS.join(' or ')}.`,
    );
    return null;
  }
  const types = EXPORT_FORMATS.map(name => formats[name].mediaType);
  const preferred = preferredType(request.headers.accept, types);
  const name = EXPORT_FORMATS.find(one => formats[one].mediaType === preferred);
  if (name) return name;
  sendProblem(response, 406, 'Not Acceptable', `An export is ${types.join(' or ')}: accept one of these.`);
  return null;
}
