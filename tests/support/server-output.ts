import { knownSecrets } from './secrets.ts';

interface Output {
  readonly read: () => string;
  readonly hasEnded: () => boolean;
}

const outputs = new Set<Output>();

/** From now on no test passes while this holds a secret that a test knows. */
export function watchOutput(output: Output): void {
  outputs.add(output);
}

/** The lines with a secret that servers have printed. What has ended is looked through for the last time. */
export function findSecretsInOutputs(): string[] {
  const found = [...outputs].flatMap(({ read }) => knownSecrets.findIn(read().split('\n')));
  for (const output of outputs) if (output.hasEnded()) outputs.delete(output);
  return found;
}
