import { toGlobalId } from '../../src/platform/ids.ts';
import type { TestApp } from '../support/app.ts';
import { FIELDS, type Fields, type Overwrite, same } from './offline-merge.ts';
import type { Asked, Deed, Device } from './offline-person.ts';

/** A row of the table, as a client would have it. */
export interface Row extends Fields {
  readonly id: string;
  readonly position: string;
  readonly version: number;
  readonly deleted: boolean;
}

type RawRow = Record<'id' | 'title' | 'position' | 'priority', string> &
  Record<'description' | 'due_at' | 'completed_at' | 'deleted_at' | 'recurrence' | 'remind_at', string | null> & {
    version: number;
    tags: string[];
    remind_minutes_before: number | null;
  };

const toRow = (raw: RawRow): Row => ({
  id: toGlobalId('todo', raw.id),
  title: raw.title,
  description: raw.description,
  completed: raw.completed_at !== null,
  dueAt: raw.due_at && new Date(raw.due_at).toISOString(),
  priority: raw.priority,
  tags: raw.tags,
  recurrence: raw.recurrence,
  reminder: reminderOf(raw),
  position: raw.position,
  version: raw.version,
  deleted: raw.deleted_at !== null,
});

function reminderOf({ remind_at, remind_minutes_before: minutesBefore }: RawRow): Row['reminder'] {
  if (minutesBefore !== null) return { minutesBefore };
  return remind_at === null ? null : { at: new Date(remind_at).toISOString() };
}

export async function table({ database }: TestApp): Promise<Row[]> {
  const rows = await database.query<{ row: RawRow }>(
    'select to_jsonb(todos) as row from todos order by position, todos.id',
  );
  return rows.map(({ row }) => toRow(row));
}

/** From here on each state of each todo is kept. */
export async function rememberHistory({ database }: TestApp): Promise<void> {
  await database.query('create table history (n serial, row jsonb)');
  await database.query(`create function remember() returns trigger language plpgsql as
    $$ begin insert into history (row) values (to_jsonb(new) - 'search'); return null; end $$`);
  await database.query(
    'create trigger remember after insert or update on todos for each row execute function remember()',
  );
}

export const overwritesOf = ({ reports }: Device): Overwrite[] =>
  reports.flatMap(report => (report.kind === 'overwritten' ? report.overwrite : []));

/** Whose request made a version out of another one, what they had done, and what they were told. */
interface Step {
  readonly before: Row;
  readonly now: Row;
  /** More than one where a move left the todo where it was. */
  readonly by: readonly Device[];
  readonly deeds: readonly Deed[];
  readonly told: readonly Overwrite[];
}

/** What was lost in silence: values whose place another one took that knew nothing of them, and deeds without effect. */
export async function findSilentLosses({ database }: TestApp, devices: readonly Device[]): Promise<unknown[]> {
  const history = await database.query<{ row: RawRow }>('select row from history order by n');
  const keys = await database.query<{ key: string }>('select key from idempotency_keys');
  const versions = Map.groupBy(
    history.map(({ row }) => toRow(row)),
    ({ id }) => id,
  );
  // Only what was done has kept its key.
  const kept = new Set(keys.map(({ key }) => key.split(' ')[0]));
  const done = devices.flatMap(device =>
    [...device.asked].filter(([key]) => kept.has(key)).map(([, asked]) => ({ device, asked })),
  );
  return [
    ...[...versions].flatMap(([id, rows]) => lostIn(stepsOf(id, rows, done), done, id)),
    ...devices.flatMap(device => withoutEffect(device, versions, done)),
  ];
}

type Done = readonly { readonly device: Device; readonly asked: Asked }[];

const devicesOf = (done: Done, id: string, version: number) =>
  done.filter(({ asked }) => asked.id === id && asked.expectedVersion === version).map(({ device }) => device);

function stepsOf(id: string, rows: readonly Row[], done: Done): Step[] {
  return rows.slice(1).flatMap((now, index) => {
    const before = rows[index];
    if (!before) return [];
    const by = devicesOf(done, id, before.version);
    const deeds = by.flatMap(device => device.deeds.filter(deed => deed.id === id));
    const told = by.flatMap(device => overwritesOf(device).filter(overwrite => overwrite.id === id));
    return { before, now, by, deeds, told };
  });
}

function lostIn(steps: readonly Step[], done: Done, id: string): unknown[] {
  let placedBy: readonly Device[] = devicesOf(done, id, 0);
  return steps.flatMap(step => {
    const { before, now, by } = step;
    const lost: string[] = FIELDS.filter(field => !same(before[field], now[field]) && !isKnown(step, field));
    if (before.position !== now.position) {
      // Where nobody asked for it, it was moved aside for another one.
      const known = by.length === 0 || by.some(device => placedBy.includes(device)) || isPlaceKnown(step);
      if (!known) lost.push('position');
      placedBy = by;
    }
    if (!before.deleted && now.deleted && !isSeenWhole(step)) lost.push('what is in the trash now');
    if (before.deleted && !now.deleted && !isReturnKnown(step)) lost.push('deleted');
    return lost.map(field => ({ id, field, before, now, by: by.map(({ name }) => name) }));
  });
}

/** Who wrote it had seen what was there, or was told. */
const isKnown = ({ before, now, deeds, told }: Step, field: keyof Fields) =>
  deeds.some(
    deed =>
      deed.kind === 'edit' && deed.field === field && same(deed.seen, before[field]) && same(deed.value, now[field]),
  ) || told.some(one => one.field === field && same(one.lost, before[field]) && same(one.kept, now[field]));

const isPlaceKnown = ({ before, deeds, told }: Step) =>
  deeds.some(deed => deed.kind === 'move' && deed.seen === before.position) ||
  told.some(({ field, lost }) => field === 'position' && lost === before.position);

const isSeenWhole = ({ before, deeds }: Step) =>
  deeds.some(deed => deed.kind === 'delete' && FIELDS.every(field => same(deed.seen[field], before[field])));

const isReturnKnown = ({ deeds, told }: Step) =>
  deeds.some(({ kind }) => kind === 'restore') ||
  told.some(({ field, whose }) => field === 'deleted' && whose === 'theirs');

/** Deeds that came to nothing, and of which their person was not told. */
function withoutEffect(device: Device, versions: ReadonlyMap<string, readonly Row[]>, done: Done): unknown[] {
  const told = overwritesOf(device).filter(({ whose }) => whose === 'mine');
  const isTold = (id: string, name: string) => told.some(one => one.id === id && one.field === name);
  const isLost = (deed: Deed): boolean => {
    const rows = versions.get(deed.id) ?? [];
    switch (deed.kind) {
      case 'create':
        return rows.length === 0;
      case 'edit':
        return !rows.some(row => same(row[deed.field], deed.value)) && !isTold(deed.id, deed.field);
      case 'delete':
        return !rows.some(({ deleted }) => deleted) && !isTold(deed.id, 'deleted');
      case 'restore':
      case 'move':
        // To where it is already is done too: they are counted.
        return false;
    }
  };
  const lost = device.deeds.filter(isLost);
  const moves = done.filter(one => one.device === device && one.asked.mutation === 'moveTodo').length;
  const given = told.filter(({ field }) => field === 'position').length;
  const wanted = device.deeds.filter(({ kind }) => kind === 'move').length;
  return moves + given === wanted ? lost : [...lost, { by: device.name, moves, given, wanted }];
}
