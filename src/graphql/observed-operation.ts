import { type DocumentNode, type ExecutionResult, getOperationAST } from 'graphql';
import type { Observation } from '../platform/observation.ts';
import { currentWork, within } from '../platform/work.ts';
import type { OperationContext } from './context.ts';
import { OperationWork, rootFieldsOf, shortened, type Transport } from './operation-work.ts';

interface Asked {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly requestId: string;
  readonly transport: Transport;
}

type Results = AsyncIterableIterator<ExecutionResult>;

const isStream = (result: object): result is Results => Symbol.asyncIterator in result;

/**
 * Runs an operation as a piece of work, and notes what came of it. A subscription goes on until its results do. What the
 * operation answers is not touched.
 */
export async function observeOperation<Result extends object>(
  observation: Observation,
  asked: Asked,
  run: () => Promise<Result>,
): Promise<Result> {
  const work = workFor(asked);
  observation.began(work);
  try {
    const result = await within(work, run);
    // It gives the same results, one by one.
    if (isStream(result)) return new ObservedResults(result, work, observation) as AsyncIterable<unknown> as Result;
    note(work, result as ExecutionResult);
    observation.ended(work);
    return result;
  } catch (error) {
    work.codes = withOne(work.codes, 'INTERNAL');
    observation.ended(work);
    throw error;
  }
}

/** Whose operation it is that is under way here, as far as the context knows when somebody asks. */
export function observeContext(context: OperationContext): void {
  const work = currentWork();
  if (work instanceof OperationWork) work.context = context;
}

/** An operation that is not run, such as one that the schema does not have. */
export function observeRefusal(observation: Observation, requestId: string, errors: ExecutionResult['errors']): void {
  const work = new OperationWork({ requestId, transport: 'ws', kind: 'query', name: null, fields: [] });
  observation.began(work);
  note(work, errors ? { errors } : {});
  observation.ended(work);
}

function workFor({ document, operationName, requestId, transport }: Asked): OperationWork {
  const operation = getOperationAST(document, operationName);
  return new OperationWork({
    requestId,
    transport,
    kind: operation?.operation ?? 'query',
    name: operation?.name ? shortened(operation.name.value) : null,
    fields: operation ? rootFieldsOf(operation) : [],
  });
}

function note(work: OperationWork, { data, errors }: ExecutionResult): void {
  for (const { extensions } of errors ?? []) {
    if (typeof extensions.code === 'string') work.codes = withOne(work.codes, extensions.code);
    if (extensions.code === 'RATE_LIMITED') work.limits = [...work.limits, nameOfLimit(extensions.limit)];
  }
  if (work.kind !== 'mutation' || !data) return;
  for (const payload of Object.values(data as Record<string, { userErrors?: unknown } | null>)) {
    if (!Array.isArray(payload?.userErrors)) continue;
    for (const { code } of payload.userErrors)
      if (typeof code === 'string') work.userErrors = withOne(work.userErrors, code);
  }
}

const withOne = (codes: readonly string[], code: string) => (codes.includes(code) ? codes : [...codes, code]);

const nameOfLimit = (limit: unknown): string => {
  const { name } = (limit ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : 'other';
};

/** The results of a subscription, as they are. Whoever asks for the next one works for the subscription meanwhile. */
class ObservedResults implements Results {
  readonly #results: Results;
  readonly #work: OperationWork;
  readonly #observation: Observation;

  constructor(results: Results, work: OperationWork, observation: Observation) {
    this.#results = results;
    this.#work = work;
    this.#observation = observation;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      const { done, value } = await within(this.#work, () => this.#results.next());
      if (done) {
        this.#observation.ended(this.#work);
        return { done, value: undefined };
      }
      this.#work.events += 1;
      note(this.#work, value);
      return { done: false, value };
    } catch (error) {
      this.#observation.ended(this.#work);
      throw error;
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      await within(this.#work, async () => this.#results.return?.());
      return { done: true, value: undefined };
    } finally {
      this.#observation.ended(this.#work);
    }
  }
}
