import { explainFault } from '../connection.ts';
import { Deadline, DeadlineError } from '../deadline.ts';
import type { Check, Finding, Told } from './check.ts';
import type { Installation } from './installation.ts';
import { withoutSecrets } from './known-secrets.ts';

/** A check that takes longer is given up: nobody's release waits for a server that does not answer. */
const CHECK_TIMEOUT_MS = 20_000;

/** Runs them side by side. The answers come in the order of the checks, with `ok` for each that found nothing. */
export async function runChecks(checks: readonly Check[], installation: Installation): Promise<Told[]> {
  return (await Promise.all(checks.map(check => runCheck(check, installation)))).flat();
}

async function runCheck(check: Check, installation: Installation): Promise<Told[]> {
  const found = await look(check, installation);
  if (found === null) return [];
  const { id, ok } = check;
  if (found.length === 0) return [{ id, severity: 'ok', subject: null, what: ok, why: null, mend: null }];
  // Texts have been made from what others answered.
  const clean = (text: string) => withoutSecrets(text, installation.given);
  return found.map(({ severity, subject, what, why, mend }) => ({
    id,
    severity,
    subject: subject ?? null,
    what: clean(what),
    why,
    mend,
  }));
}

/** One that fails does not keep the others from being told. */
async function look({ id, timeoutMs = CHECK_TIMEOUT_MS, look: run }: Check, installation: Installation) {
  try {
    return await new Deadline(timeoutMs).race(Promise.resolve(run(installation)));
  } catch (error) {
    const reason =
      error instanceof DeadlineError ? `there was no answer within ${timeoutMs / 1000} seconds` : explainFault(error);
    const finding: Finding = {
      severity: 'warn',
      what: `This could not be looked at: ${reason}.`,
      why: 'What was not looked at may be wrong.',
      mend: `npm run doctor -- --only ${id}`,
    };
    return [finding];
  }
}
