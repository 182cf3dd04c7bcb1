import { isMessage, type ToSupervisor } from './messages.ts';

/** The processes that serve behind one port, as one of them sees the others. */
export interface Fellows {
  /** Tells all others. It is kept nowhere: a process that starts later does not hear of it. JSON carries the payload. */
  tell(topic: string, payload: unknown): void;
  hear(topic: string, listener: (payload: unknown) => void): void;
}

/** Of a process that has none. */
export const noFellows: Fellows = { tell: () => {}, hear: () => {} };

/** Of a process that a Supervisor started. */
export const fellowsBySupervisor: Fellows = {
  tell: (topic, payload) => tellSupervisor({ kind: 'broadcast', topic, payload }),
  hear: (topic, listener) =>
    void process.on('message', (message: unknown) => {
      if (isMessage(message) && message.kind === 'broadcast' && message.topic === topic) listener(message.payload);
    }),
};

/** Nothing where the supervisor is gone. */
export function tellSupervisor(message: ToSupervisor): void {
  if (process.connected) process.send?.(message, () => {});
}

/** Calls back when the supervisor wants this process to stop, or is gone. */
export function onSupervisorsWord(stop: () => void): void {
  process.on('message', (message: unknown) => {
    if (isMessage(message) && message.kind === 'stop') stop();
  });
  process.on('disconnect', stop);
}
