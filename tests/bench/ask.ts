import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Longer than most takes that is asked here. */
const PATIENCE_MS = 120_000;

/** A question for a child process, and its answer: one at a time. Throws where the child ends instead, or does not answer. */
export async function ask<Answer>(child: ChildProcess, question: unknown, patienceMs = PATIENCE_MS): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const answered = (answer: unknown) => resolve(answer as Answer);
  const ended = (code: number | null) => reject(new Error(`A process ended with ${code} instead of answering.`));
  const patience = setTimeout(() => reject(new Error(`A process gave no answer for ${patienceMs} ms.`)), patienceMs);
  child.once('message', answered).once('exit', ended);
  try {
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode);
    else child.send(question as object);
    return await promise;
  } finally {
    clearTimeout(patience);
    child.off('message', answered).off('exit', ended);
  }
}

/** A script beside this one in a process of its own, which runs where this process does. */
export interface Helper extends Disposable {
  ask<Answer>(question: unknown, patienceMs?: number): Promise<Answer>;
}

export function startHelper(script: string): Helper {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)));
  return {
    ask: (question, patienceMs) => ask(child, question, patienceMs),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** In the child: answers every question, and ends with whoever asks. What throws ends it too. */
export function answer<Question>(reply: (question: Question) => unknown): void {
  process.on('message', async question => process.send?.(await reply(question as Question)));
  process.on('disconnect', () => process.exit());
}
