import type { BenchDatabase } from './database.ts';
import { startDuely } from './duely.ts';
import { median } from './rounds.ts';
import { signUp } from './seed.ts';

/** Medians in milliseconds, for an account that exists and for one that does not. */
export interface Timing {
  readonly known: number;
  readonly unknown: number;
}

const LOG_IN = `mutation ($name: String!) {
  logIn(input: { login: $name, password: "Wrong horse 7" }) { userErrors { code } }
}`;
const RESET = `mutation ($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { userErrors { code } } }`;

/** Whether the time of an answer tells if there is such an account: so many calls of each kind, by turns. */
export async function measureTiming(
  { url, client }: BenchDatabase,
  calls: number,
): Promise<{ logIn: Timing; reset: Timing }> {
  // Limits on guessing would answer most of them at once.
  const env = { NODE_ENV: 'development', RATE_LIMITS: 'off', WORKER: 'off' };
  const server = await startDuely(url, { env });
  try {
    const { username } = await signUp(server.url, client, 'timed');
    const byTurns = async (query: string, variablesFor: (name: string) => object): Promise<Timing> => {
      const taken: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
      for (let call = 0; call < calls; call += 1) {
        taken.known.push(await timeOf(server.url, query, variablesFor(username)));
        taken.unknown.push(await timeOf(server.url, query, variablesFor(`nobody${call}`)));
      }
      return { known: median(taken.known), unknown: median(taken.unknown) };
    };
    return {
      logIn: await byTurns(LOG_IN, name => ({ name })),
      reset: await byTurns(RESET, name => ({ email: `${name}@example.com` })),
    };
  } finally {
    await server.stop();
  }
}

async function timeOf(url: string, query: string, variables: object): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(`The answer is an error: ${JSON.stringify(errors)}`);
  return performance.now() - begun;
}
