/** What the supervisor and its processes tell each other. */
export type ToSupervisor =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'broadcast'; readonly topic: string; readonly payload: unknown };

export type ToProcess =
  | { readonly kind: 'stop' }
  | { readonly kind: 'broadcast'; readonly topic: string; readonly payload: unknown };

/** Others may use the same channel, such as the cluster's own: theirs have no kind. */
export const isMessage = (value: unknown): value is ToSupervisor | ToProcess =>
  typeof value === 'object' && value !== null && 'kind' in value;
