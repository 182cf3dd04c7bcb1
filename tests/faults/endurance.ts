import { expect } from 'vitest';
import { until } from '../support/wait.ts';
import type { OwnPostgres } from './own-postgres.ts';
import type { OwnServer } from './own-server.ts';
import { improper, type PeopleAtWork, startWork } from './people-at-work.ts';
import { ROUNDS } from './rounds.ts';

export interface Installation {
  readonly server: OwnServer;
  readonly postgres: OwnPostgres;
}

/** OPERATION_TIMEOUT_MS, and room for a machine that is busy. */
const SLOWEST_MS = 20_000 + 10_000;
const WARM_WRITES = 100;

/** What every server does once: code is compiled, pools are filled. Without it, this would look like a leak. */
export async function warmUp({ server, postgres }: Installation): Promise<void> {
  const work = await startWork(server.url, postgres);
  await until('it is warm', () => work.acknowledged() > WARM_WRITES, 60_000);
  await work.finish();
}

/**
 * People work while the fault comes and goes, as often as FAULT_ROUNDS says. Fails where the server does not go on by
 * itself, a write is lost or doubled, an answer is no proper one, or it holds more afterwards than before.
 */
export async function endure(
  { server, postgres }: Installation,
  fault: (work: PeopleAtWork) => Promise<void>,
): Promise<PeopleAtWork> {
  const before = await server.holdings();
  const work = await startWork(server.url, postgres);
  await until('all are at work', () => work.acknowledged() > 20);
  for (let round = 0; round < ROUNDS; round += 1) {
    await fault(work);
    await goesOn(server, work);
  }
  await work.finish();

  expect(improper(work.answers, SLOWEST_MS)).toEqual([]);
  await server.holdsNoMoreThan(before);
  return work;
}

export async function goesOn(server: OwnServer, work: PeopleAtWork): Promise<void> {
  const before = work.acknowledged();
  await until('writes are acknowledged again', () => server.isAlive() && work.acknowledged() > before + 20, 30_000);
  await until('all of it is up', async () => {
    const { status, body } = await server.ready();
    const { listener, jobs } = body.dependencies;
    return status === 200 && listener === 'up' && jobs === 'up';
  });
}

/** The codes of all answers. */
export const codesOf = ({ answers }: PeopleAtWork): Set<string> => new Set(answers.flatMap(({ codes }) => codes));
