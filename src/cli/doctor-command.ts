import { statfs } from 'node:fs/promises';
import { easyPaisaFaults } from '../payment/providers/easypaisa/faults.ts';
import { jazzCashFaults } from '../payment/providers/jazzcash/settings.ts';
import { stripeFaults } from '../payment/providers/stripe/settings.ts';
import { readSettings } from '../platform/config.ts';
import { withCertainTls } from '../platform/database-address.ts';
import { addressChecks } from '../platform/doctor/address-checks.ts';
import type { Check, Told } from '../platform/doctor/check.ts';
import { databaseAccess } from '../platform/doctor/database-access.ts';
import { databaseConnectionChecks } from '../platform/doctor/database-connection-checks.ts';
import { databaseRightsChecks } from '../platform/doctor/database-rights-checks.ts';
import { databaseSchemaChecks } from '../platform/doctor/database-schema-checks.ts';
import { databaseServerChecks } from '../platform/doctor/database-server-checks.ts';
import { type Installation, LIMITS, readableSettings } from '../platform/doctor/installation.ts';
import { machineChecks } from '../platform/doctor/machine-checks.ts';
import { mailChecks } from '../platform/doctor/mail-checks.ts';
import { poolerChecks } from '../platform/doctor/pooler-checks.ts';
import { redisChecks } from '../platform/doctor/redis-checks.ts';
import { runChecks } from '../platform/doctor/run-checks.ts';
import { secretChecks } from '../platform/doctor/secret-checks.ts';
import { settingChecks } from '../platform/doctor/setting-checks.ts';
import { Environment } from '../platform/environment.ts';
import { SetupError } from '../platform/errors.ts';
import { accountChecks } from './doctor-account-checks.ts';
import { PAYMENT_SETTINGS, paymentChecks } from './doctor-payment-checks.ts';

/** In the order in which they are told. */
export const CHECKS: readonly Check[] = [
  ...settingChecks,
  ...secretChecks,
  ...addressChecks,
  ...databaseConnectionChecks,
  ...databaseRightsChecks,
  ...databaseSchemaChecks,
  ...databaseServerChecks,
  ...poolerChecks,
  ...accountChecks,
  ...redisChecks,
  ...mailChecks,
  ...paymentChecks,
  ...machineChecks,
];

export const KNOWN_SETTINGS: readonly string[] = [...Object.keys(Environment.shape), ...PAYMENT_SETTINGS];

export interface ExamineOptions {
  /** Names of checks and groups; null: all. */
  readonly only: readonly string[] | null;
  /** What a test puts in the place of the world. */
  readonly world?: Partial<Installation>;
}

/** Looks at the installation that has these settings. Throws a SetupError where `only` names what there is not. */
export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  { only, world = {} }: ExamineOptions,
): Promise<Told[]> {
  const checks = only === null ? CHECKS : chosen(only);
  const { given, faults: ownFaults } = readSettings(environment);
  const settings = readableSettings(given);
  const database = databaseAccess({
    url: settings.DATABASE_URL && withCertainTls(settings.DATABASE_URL),
    directUrl: settings.DATABASE_DIRECT_URL && withCertainTls(settings.DATABASE_DIRECT_URL),
    dataDir: settings.DATA_DIR,
  });
  try {
    return await runChecks(checks, {
      given,
      settings,
      faults: productionFaults(given, ownFaults),
      known: KNOWN_SETTINGS,
      folder: process.cwd(),
      database,
      now: Date.now,
      nodeVersion: process.version,
      statfs,
      limits: LIMITS,
      ...world,
    });
  } finally {
    await database.close();
  }
}

/** What production would refuse at its start, whichever environment this is. */
function productionFaults(given: Readonly<Record<string, string | undefined>>, own: readonly string[]): string[] {
  const production = { ...given, NODE_ENV: 'production' };
  return [
    ...own.filter(fault => fault.startsWith('NODE_ENV ')),
    ...readSettings(production).faults,
    ...stripeFaults(production),
    ...jazzCashFaults(production),
    ...easyPaisaFaults(production),
  ];
}

const groupOf = (id: string) => id.split('.')[0] ?? id;

function chosen(names: readonly string[]): readonly Check[] {
  const unknown = names.find(name => !CHECKS.some(({ id }) => id === name || groupOf(id) === name));
  if (unknown !== undefined)
    throw new SetupError(
      `There is no check "${unknown}". Groups: ${[...new Set(CHECKS.map(({ id }) => groupOf(id)))].join(', ')}. deploy/doctor.md lists the checks.`,
    );
  return CHECKS.filter(({ id }) => names.includes(id) || names.includes(groupOf(id)));
}
