import { SetupError } from '../platform/errors.ts';

/** Runs a command: what the operator can put right is told without a stack, and whatever fails ends it with 1. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const told = error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`${told}\n`);
    process.exitCode = 1;
  });
}
