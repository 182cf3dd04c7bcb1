import type { ChangeRow } from './feed.ts';

/** A change as its resolvers find it. */
export interface ChangeSource {
  /** The type of the API's that shows it. */
  readonly __typename: 'TodoChange' | 'UserChange' | 'OrderChange' | 'PaymentChange';
  readonly ownerId: string;
  readonly change: ChangeRow;
}
