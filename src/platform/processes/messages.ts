/** What a process tells its supervisor. */
export type ToSupervisor =
  | { readonly kind: 'serving'; readonly url: string; readonly metricsUrl: string | null }
  | { readonly kind: 'broadcast'; readonly topic: string; readonly payload: unknown }
  /** To be put to all processes, the one that asks among them. */
  | { readonly kind: 'question'; readonly id: number; readonly topic: string }
  | { readonly kind: 'answer'; readonly id: number; readonly payload: unknown };

/** What a supervisor tells its processes. */
export type ToProcess =
  | { readonly kind: 'stop' }
  | { readonly kind: 'broadcast'; readonly topic: string; readonly payload: unknown }
  | { readonly kind: 'question'; readonly id: number; readonly topic: string }
  /** What all of them answered, those left out that did not. */
  | { readonly kind: 'answers'; readonly id: number; readonly payloads: readonly unknown[] };

/** Others may use the same channel, such as the cluster's own: theirs have no kind. */
export const isMessage = (value: unknown): value is { kind: unknown } =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** So long one process waits for the answers of the others. */
export const ANSWER_TIMEOUT_MS = 6_000;
