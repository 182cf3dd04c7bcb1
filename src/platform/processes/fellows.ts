import { isMessage, type ToProcess, type ToSupervisor } from './messages.ts';

/** The processes that serve behind one port, as one of them sees them. JSON carries what they tell each other. */
export interface Fellows {
  /** Tells all others. It is kept nowhere: a process that starts later does not hear of it. */
  tell(topic: string, payload: unknown): void;
  hear(topic: string, listener: (payload: unknown) => void): void;
  /** Asks all, this one among them. Those that do not answer in time are left out. */
  ask(topic: string): Promise<readonly unknown[]>;
  answer(topic: string, give: () => Promise<unknown>): void;
}

/** Of a process that is alone. */
export function createNoFellows(): Fellows {
  const answers = new Map<string, () => Promise<unknown>>();
  return {
    tell() {},
    hear() {},
    ask: async topic => {
      const give = answers.get(topic);
      return give ? [await give()] : [];
    },
    answer: (topic, give) => void answers.set(topic, give),
  };
}

/** Of a process that a Supervisor started. */
export function createFellows(): Fellows {
  let asked = 0;
  const waiting = new Map<number, (answers: readonly unknown[]) => void>();
  onMessage(message => {
    if (message.kind !== 'answers') return;
    waiting.get(message.id)?.(message.payloads);
    waiting.delete(message.id);
  });
  return {
    tell: (topic, payload) => tellSupervisor({ kind: 'broadcast', topic, payload }),
    hear: (topic, listener) =>
      onMessage(message => {
        if (message.kind === 'broadcast' && message.topic === topic) listener(message.payload);
      }),
    ask: topic =>
      new Promise(resolve => {
        asked += 1;
        waiting.set(asked, resolve);
        tellSupervisor({ kind: 'question', id: asked, topic });
      }),
    answer: (topic, give) =>
      onMessage(message => {
        if (message.kind !== 'question' || message.topic !== topic) return;
        // Where it fails, this process is one that did not answer.
        give().then(
          payload => tellSupervisor({ kind: 'answer', id: message.id, payload }),
          () => {},
        );
      }),
  };
}

/** Nothing where the supervisor is gone. */
export function tellSupervisor(message: ToSupervisor): void {
  if (process.connected) process.send?.(message, () => {});
}

/** Calls back when the supervisor wants this process to stop, or is gone. */
export function onSupervisorsWord(stop: () => void): void {
  onMessage(message => {
    if (message.kind === 'stop') stop();
  });
  process.on('disconnect', stop);
}

const onMessage = (listener: (message: ToProcess) => void) =>
  void process.on('message', (message: unknown) => {
    if (isMessage(message)) listener(message as ToProcess);
  });
