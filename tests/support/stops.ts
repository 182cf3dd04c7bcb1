import type { TestDatabase } from './database.ts';
import { until } from './wait.ts';

/** Statements at which a server can be stopped; what it did before them is committed, or lost with their transaction. */
const PLACES = {
  'the payment is written': 'before insert on payments',
  'the payment is claimed': 'before update of started_at on payments',
  /** The answer to its start. */
  'the payment is told': 'before update of status on payments',
  'facts are written': 'before insert on payment_facts',
  'the message is kept': 'before insert on provider_messages',
  'the plan is given': 'before insert on entitlements',
  'the refund is written': 'before insert on refunds',
  'the refund is claimed': 'before update of started_at on refunds',
  'the outcome is kept': 'before update of outcome on idempotency_keys',
  'a job is done': 'before update of state on pgboss.job',
} as const;
export type Place = keyof typeof PLACES;

/** Holds servers up in the middle of what they write, so that they can be killed just there. */
export interface Stops {
  /** Whoever writes a row there in which all of these texts stand goes no further. Answers once somebody has come. */
  holdUp(place: Place, texts: readonly string[], begin: () => unknown): Promise<void>;
  /** Ends the statements that are held up, as if they had never come, and holds nobody up any more. */
  clear(): Promise<void>;
}

export async function makeStops({ query }: TestDatabase): Promise<Stops> {
  await query('create schema stops');
  await query('create table stops.marks (place text, texts text[])');
  // Longer than anybody waits: whoever is there is killed there.
  await query(`
    create function stops.stop() returns trigger language plpgsql as $$
    begin
      if exists (
        select from stops.marks where place = tg_argv[0]
          and (select bool_and(strpos(to_jsonb(new)::text, mark) > 0) from unnest(texts) as mark)
      ) then perform pg_sleep(3600); end if;
      return new;
    end $$`);
  for (const [index, [place, event]] of Object.entries(PLACES).entries())
    await query(`create trigger stop_${index} ${event} for each row execute function stops.stop('${place}')`);

  const heldUp = async () => {
    const [row] = await query<{ count: number }>(`
      select count(*)::int from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`);
    return row?.count ?? 0;
  };
  return {
    async holdUp(place, texts, begin) {
      const before = await heldUp();
      await query('insert into stops.marks values ($1, $2)', [place, texts]);
      begin();
      await until(`somebody is held up where ${place}`, async () => (await heldUp()) > before);
    },
    async clear() {
      await query('delete from stops.marks');
      await query(`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`);
    },
  };
}
