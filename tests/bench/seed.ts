import jwt from 'jsonwebtoken';
import type pg from 'pg';

/** Protects nothing: of this benchmark's servers on this machine alone. */
export const SECRET = 'a-secret-of-the-benchmark-that-protects-nothing-0123456789';

export interface Viewer {
  readonly username: string;
  /** The user's UUID. */
  readonly id: string;
  /** How each server knows them. */
  readonly tokens: { readonly duely: string; readonly limit: string; readonly postgraphile: string };
}

const SIGN_UP = 'mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken userErrors { code message } } }';

/** Signs up over the API. */
export async function signUp(url: string, database: pg.Client, username: string): Promise<Viewer> {
  const input = { email: `${username}@example.com`, username, password: 'Correct horse 7' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SIGN_UP, variables: { input } }),
  });
  const text = await response.text();
  const token = (JSON.parse(text) as { data?: { signUp?: { accessToken?: string } } }).data?.signUp?.accessToken;
  if (!token) throw new Error(`Nobody can sign up: ${text}`);
  const { rows } = await database.query<{ id: string }>('select id from users where username = $1', [username]);
  const id = rows[0]?.id ?? '';
  const postgraphile = jwt.sign({ role: 'app_user', user_id: id }, SECRET, {
    audience: 'postgraphile',
    expiresIn: '1d',
  });
  return { username, id, tokens: { duely: token, limit: id, postgraphile } };
}

/** What one statement inserts: a bound for its memory and its log. */
const BATCH = 50_000;

/** Todos of one owner, a third of them done and a third of them due. Their places are those that createTodo would give. */
export async function addTodos(database: pg.Client, owner: Viewer, count: number): Promise<void> {
  for (let from = 1; from <= count; from += BATCH) {
    await database.query(
      `insert into todos (id, owner_id, title, completed_at, due_at, position, created_at, updated_at)
       select
         uuidv7(), $1, 'Water plant number ' || n,
         case when n % 3 = 0 then now() end,
         case when n % 3 = 1 then now() + n * interval '1 minute' end,
         'g' || lpad(n::text, 7, '0'),
         now() - n * interval '1 second', now() - n * interval '1 second'
       from generate_series($2::int, $3::int) as n`,
      [owner.id, from, Math.min(from + BATCH - 1, count)],
    );
  }
}

/**
 * What PostGraphile needs of the same tables: a role, policies that show to each person what is theirs, and defaults for
 * what Duely's own code gives; and leave to order by a column that no index begins with. Duely's connection owns the tables, and is not subject to them.
 */
export const PEER_SQL = `
  create role app_user;
  create function current_user_id() returns uuid language sql stable as $$
    select nullif(current_setting('jwt.claims.user_id', true), '')::uuid
  $$;
  alter table todos alter id set default uuidv7(), alter owner_id set default current_user_id();
  comment on column todos.position is '@behavior +orderBy';
  grant usage on schema public to app_user;
  grant select on users to app_user;
  grant select, insert on todos to app_user;
  grant select, update on todo_lists to app_user;
  alter table users enable row level security;
  alter table todos enable row level security;
  create policy own on users for select to app_user using (id = (select current_user_id()) and deleted_at is null);
  create policy own on todos for select to app_user using (owner_id = (select current_user_id()) and deleted_at is null);
  create policy add_own on todos for insert to app_user with check (owner_id = (select current_user_id()));
`;
