import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { generateKeyBetween } from 'fractional-indexing';
import pg from 'pg';
import { searchVector } from '../../src/platform/full-text.ts';
import { readBody, serve } from './http.ts';

/**
 * The limit: the least that Node can do for the same answers. No GraphQL, no checks, no headers; who asks is written in
 * the Authorization header as it is. Named statements, text for times as PostgreSQL gives it, rows made JSON by hand.
 */
const TIMESTAMPTZ = 1184;
const asText = (text: string) => text;

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_MAX),
  types: {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === TIMESTAMPTZ ? asText : pg.types.getTypeParser(oid, format as 'text'),
  },
});

const LIST = `
  select t.id, t.title, t.completed_at is not null as completed, t.due_at, t.created_at, u.id as owner_id, u.username, u.email
  from todos t join users u on u.id = t.owner_id and u.deleted_at is null
  where t.owner_id = $1 and t.deleted_at is null
  order by t.position, t.id
  limit $2`;

interface ListRow {
  id: string;
  title: string;
  completed: boolean;
  due_at: string | null;
  created_at: string;
  owner_id: string;
  username: string;
  email: string;
}

/** `2026-11-20 09:30:00.123+00` as `2026-11-20T09:30:00.123Z`. */
const toIso = (text: string) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;

async function list(userId: string): Promise<object> {
  const { rows } = await pool.query<ListRow>({ name: 'page', text: LIST, values: [userId, 20] });
  const nodes = rows.map(row => ({
    id: row.id,
    title: row.title,
    completed: row.completed,
    dueAt: row.due_at === null ? null : toIso(row.due_at),
    createdAt: toIso(row.created_at),
    owner: { id: row.owner_id, username: row.username, email: row.email },
  }));
  return { data: { todos: { nodes } } };
}

/** As in src/todo/todo-list.ts. */
const LOCK_LIST = `
  select open_count, last_position, plan, plan_expires_at from todo_lists join users on users.id = owner_id
  where owner_id = $1 for update of todo_lists`;

const INSERT = `
  insert into todos (id, owner_id, title, description, completed_at, due_at, priority, tags, position, search, version, created_at, updated_at, deleted_at)
  values ($1, $2, $3, null, null, null, 'NONE', '{}', $4, $6::tsvector, 1, $5, $5, null)`;

/** As in src/change/feed.ts. */
const FEED = `
  with entry as (
    select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[])
      with ordinality as entry (owner_id, entity, entity_id, kind, place)
  ),
  raised as (
    insert into feeds (owner_id, last_seq)
    select owner_id, count(*) from entry group by owner_id order by owner_id
    on conflict (owner_id) do update set last_seq = feeds.last_seq + excluded.last_seq
    returning owner_id, last_seq
  ),
  written as (
    insert into changes (owner_id, seq, entity, entity_id, kind, at)
    select
      owner_id,
      last_seq - count(*) over (partition by owner_id) + row_number() over (partition by owner_id order by place),
      entity, entity_id, kind, clock_timestamp()
    from entry join raised using (owner_id)
  )
  select owner_id, last_seq from raised`;

async function create(userId: string, title: string): Promise<object> {
  const id = randomUUIDv7();
  const createdAt = new Date().toISOString();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const list = await client.query<{ last_position: string }>({ name: 'list', text: LOCK_LIST, values: [userId] });
    const position = generateKeyBetween(list.rows[0]?.last_position ?? null, null);
    const search = searchVector(userId, { title, body: '' });
    await client.query({ name: 'insert', text: INSERT, values: [id, userId, title, position, createdAt, search] });
    await client.query({ name: 'feed', text: FEED, values: [[userId], ['todo'], [id], ['CREATED']] });
    await client.query('commit');
    return { data: { createTodo: { todo: { id, title, position, createdAt }, userErrors: [] } } };
  } finally {
    client.release();
  }
}

const userOf = ({ headers }: IncomingMessage) => headers.authorization?.slice('Bearer '.length) ?? '';

await serve(async (request, response) => {
  const body = JSON.parse(await readBody(request)) as { title?: string };
  const answer = body.title === undefined ? await list(userOf(request)) : await create(userOf(request), body.title);
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answer));
});
