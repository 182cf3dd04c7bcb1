import type { OperationDefinitionNode } from 'graphql';
import { Work } from '../platform/work.ts';
import type { OperationContext } from './context.ts';

/** By a request over HTTP, by a stream of events over HTTP, by a socket. */
export type Transport = 'http' | 'sse' | 'ws';

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface AskedOperation {
  readonly requestId: string | null;
  readonly transport: Transport;
  readonly kind: OperationKind;
  /** The client's own name for it; null where it has none. */
  readonly name: string | null;
  /** The root fields, by the names that the schema has for them. */
  readonly fields: readonly string[];
}

/** Nearly every operation has none, and makes no list for it. */
const NONE: readonly string[] = [];

/** A query or a mutation; of a subscription all of it, to its end. */
export class OperationWork extends Work {
  readonly transport: Transport;
  readonly kind: OperationKind;
  readonly name: string | null;
  readonly fields: readonly string[];
  context: Pick<OperationContext, 'viewerOrNull'> | null = null;
  /** Of errors, each once. */
  codes: readonly string[] = NONE;
  /** Of the userErrors that the client asked for, each once. */
  userErrors: readonly string[] = NONE;
  /** The limits that refused a call, by their names. */
  limits: readonly string[] = NONE;
  /** Of a subscription. */
  events = 0;

  constructor({ requestId, transport, kind, name, fields }: AskedOperation) {
    super({ requestId });
    this.transport = transport;
    this.kind = kind;
    this.name = name;
    this.fields = fields;
  }

  /** Null where nobody is signed in. */
  get viewerId(): string | null {
    return this.context?.viewerOrNull?.userId ?? null;
  }
}

/** An event of a subscription. */
export class EventWork extends Work {}

const fieldsOf = new WeakMap<OperationDefinitionNode, readonly string[]>();
const FIELDS_MAX = 10;

/** The root fields of an operation, each once: those of fragments are told as `...Name`. Kept with the parsed operation. */
export function rootFieldsOf(operation: OperationDefinitionNode): readonly string[] {
  const known = fieldsOf.get(operation);
  if (known) return known;
  const names = new Set<string>();
  for (const selection of operation.selectionSet.selections) {
    if (names.size === FIELDS_MAX) break;
    if (selection.kind === 'Field') names.add(selection.name.value);
    else if (selection.kind === 'FragmentSpread') names.add(shortened(`...${selection.name.value}`));
    else names.add('...');
  }
  const fields = [...names];
  fieldsOf.set(operation, fields);
  return fields;
}

const NAME_MAX_LENGTH = 100;

/** Clients choose these names, of any length. */
export const shortened = (name: string): string =>
  name.length <= NAME_MAX_LENGTH ? name : `${name.slice(0, NAME_MAX_LENGTH)}…`;
