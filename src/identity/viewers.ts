import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { NOBODY } from '../change/transact.ts';
import type { AccessTokens } from '../platform/access-tokens.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, sqlOf } from '../platform/database.ts';
import type { AuthenticationFailure } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import type { Signals } from '../platform/signal.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { ExternalSessions } from './external-sessions.ts';
import type { Device } from './session.service.ts';
import type { SharedViewers } from './shared-viewers.ts';
import type { Role } from './user.entity.ts';
import type { Viewer } from './viewer.ts';

/** Says that a session or an account changed: `session <id>` or `user <id>`. */
export const VIEWER_TOPIC = 'viewer';

/** How long a change of a session or an account goes unseen where its wake-up was lost. */
const TTL_MS = 5_000;
const CACHED_MAX = 50_000;
/** Nothing that was read before a change is left by then. */
const CHANGED_MS = 2 * TTL_MS;

interface SessionState {
  readonly userId: string;
  readonly role: Role;
  /** Ended, run out, or its account is locked or closed. */
  readonly isOver: boolean;
  /** Not to be gone by any longer, in milliseconds since 1970. */
  readonly until: number;
}

interface ViewerTables {
  sessions: { id: string; user_id: string; ended_at: string | null; expires_at: string };
  users: { id: string; role: Role; is_active: boolean; deleted_at: string | null };
}

/** Finds out who a token belongs to. Keeps what it found for a few seconds, and drops it at once when it is told to. */
export class Viewers {
  readonly #tokens: AccessTokens;
  readonly #externalSessions: ExternalSessions | null;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #shared: SharedViewers | null;
  /** By session. A promise, so that a drop in the middle of a read leaves nothing stale behind. */
  readonly #states = new LRUCache<string, { userId: string; state: Promise<SessionState> }>({
    max: CACHED_MAX,
    ttl: TTL_MS,
  });
  /** Sessions and users that changed of late: what other processes read of them may be of before. */
  readonly #changed = new LRUCache<string, true>({ max: CACHED_MAX, ttl: CHANGED_MS });
  readonly #watchers = new Map<string, { userId: string; role: Role; listeners: Set<() => void> }>();
  readonly #unlisten: (() => void)[];
  readonly #timer: NodeJS.Timeout;
  #sweeping = false;

  constructor({
    tokens,
    externalSessions,
    database,
    clock,
    signals,
    shared,
  }: {
    tokens: AccessTokens;
    /** Null: no tokens but our own are taken. */
    externalSessions: ExternalSessions | null;
    database: Database;
    clock: Clock;
    signals: Signals;
    /** Null: each process looks for itself. */
    shared: SharedViewers | null;
  }) {
    this.#tokens = tokens;
    this.#externalSessions = externalSessions;
    this.#database = database;
    this.#clock = clock;
    this.#shared = shared;
    this.#unlisten = [
      signals.listen(VIEWER_TOPIC, payload => this.#drop(payload)),
      signals.onGap(() => void this.#sweep()),
    ];
    this.#timer = setInterval(() => void this.#sweep(), TTL_MS);
    this.#timer.unref();
  }

  /**
   * The viewer of an access token, or why there is none. The device is that of the session that a new token of another
   * issuer begins. Throws where it cannot be looked up.
   */
  async byToken(token: string, device: Device): Promise<Viewer | AuthenticationFailure> {
    const claims = this.#tokens.verify(token);
    if (claims === 'INVALID' && this.#externalSessions) {
      const session = await this.#externalSessions.byToken(token, device);
      return typeof session === 'string' ? session : this.#viewerOf(session);
    }
    if (typeof claims === 'string') return claims;
    const userId = fromGlobalId('user', claims.sub);
    const sessionId = fromGlobalId('session', claims.sid);
    return userId && sessionId ? this.#viewerOf({ userId, sessionId, exp: claims.exp }) : 'INVALID';
  }

  /** The same viewer as things are now, or why there is no longer one. */
  async renew(viewer: Viewer): Promise<Viewer | AuthenticationFailure> {
    if (this.#clock().getTime() >= viewer.tokenExpiresAt) return 'EXPIRED';
    const state = await this.#stateOf(viewer.sessionId, viewer.userId);
    return state.isOver ? 'REVOKED' : { ...viewer, role: state.role };
  }

  /**
   * Calls back whenever something of the viewer's session or account may have changed; a few seconds late where it ended,
   * or the role changed, and the wake-up was lost. Returns how to stop.
   */
  watch(viewer: Viewer, listener: () => void): () => void {
    const { userId, role } = viewer;
    const watched = this.#watchers.get(viewer.sessionId) ?? { userId, role, listeners: new Set() };
    this.#watchers.set(viewer.sessionId, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watchers.get(viewer.sessionId) === watched)
        this.#watchers.delete(viewer.sessionId);
    };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const unlisten of this.#unlisten) unlisten();
  }

  async #viewerOf({
    userId,
    sessionId,
    exp,
  }: {
    userId: string;
    sessionId: string;
    exp: number;
  }): Promise<Viewer | AuthenticationFailure> {
    const state = await this.#stateOf(sessionId, userId);
    if (state.isOver || state.userId !== userId) return 'REVOKED';
    return { userId, sessionId, role: state.role, tokenExpiresAt: exp * 1000 };
  }

  #stateOf(sessionId: string, userId: string): Promise<SessionState> {
    const known = this.#states.get(sessionId);
    if (known) return known.state;
    const entry = { userId, state: this.#find(sessionId, userId) };
    this.#states.set(sessionId, entry);
    const isKept = () => this.#states.peek(sessionId) === entry;
    entry.state.then(
      ({ until }) => {
        // It counts from when it was read, by whichever process and its clock. A life of 0 would be one without end.
        const ttl = Math.min(TTL_MS, Math.max(1, until - this.#clock().getTime()));
        if (isKept()) this.#states.set(sessionId, entry, { ttl });
      },
      () => {
        // What could not be read is asked again.
        if (isKept()) this.#states.delete(sessionId);
      },
    );
    return entry.state;
  }

  async #find(sessionId: string, userId: string): Promise<SessionState> {
    const hasChanged = () => this.#changed.has(sessionId) || this.#changed.has(userId);
    const shared = this.#shared && !hasChanged() ? await this.#shared.find(sessionId, userId) : null;
    if (shared && !hasChanged()) return { userId, isOver: false, ...shared };
    const state = await this.#read(sessionId);
    if (!state.isOver && state.userId === userId && !hasChanged()) this.#shared?.keep(sessionId, userId, state);
    return state;
  }

  async #read(sessionId: string): Promise<SessionState> {
    const until = this.#clock().getTime() + TTL_MS;
    const db = sqlOf<ViewerTables>(this.#database.em.fork());
    const [row] = await runStatement(
      db,
      'viewer',
      () =>
        db
          .selectFrom('sessions')
          .innerJoin('users', 'users.id', 'sessions.user_id')
          .select([
            'users.id as userId',
            'users.role',
            'users.is_active',
            'users.deleted_at',
            'sessions.ended_at',
            'sessions.expires_at',
          ])
          .where('sessions.id', '=', slot<string>('sessionId')),
      { sessionId },
    );
    if (!row) return { userId: NOBODY, role: 'USER', isOver: true, until };
    const expired = new Date(row.expires_at) <= this.#clock();
    return {
      userId: row.userId,
      role: row.role,
      isOver: expired || row.ended_at !== null || row.deleted_at !== null || !row.is_active,
      until,
    };
  }

  /** Finds the ends that a lost wake-up would have told to whoever watches: one query for all. */
  async #sweep(): Promise<void> {
    const ids = [...this.#watchers.keys()];
    if (ids.length === 0 || this.#sweeping) return;
    this.#sweeping = true;
    try {
      const db = sqlOf<ViewerTables>(this.#database.em.fork());
      const rows = await runStatement(
        db,
        'watched sessions',
        () =>
          db
            .selectFrom('sessions')
            .innerJoin('users', 'users.id', 'sessions.user_id')
            .select(['sessions.id', 'users.role'])
            .where('sessions.id', '=', sql<string>`any(${slot('ids')}::uuid[])`)
            .where('sessions.ended_at', 'is', null)
            .where('sessions.expires_at', '>', slot<string>('now'))
            .where('users.deleted_at', 'is', null)
            .where('users.is_active', '=', true),
        { ids, now: this.#clock() },
      );
      const roles = new Map(rows.map(row => [row.id, row.role]));
      for (const id of ids) {
        const watched = this.#watchers.get(id);
        if (watched && roles.get(id) !== watched.role) this.#drop(`session ${id}`);
      }
    } catch {
      // A database that is away ends no session; it is asked again in a few seconds.
    } finally {
      this.#sweeping = false;
    }
  }

  #drop(payload: string): void {
    const [kind, id = ''] = payload.split(' ');
    this.#changed.set(id, true);
    const concerned = ([sessionId, { userId }]: [string, { userId: string }]) =>
      (kind === 'session' ? sessionId : userId) === id;
    for (const [sessionId] of [...this.#states.entries()].filter(concerned)) this.#states.delete(sessionId);
    for (const [, { listeners }] of [...this.#watchers.entries()].filter(concerned))
      for (const listener of listeners) listener();
  }
}
