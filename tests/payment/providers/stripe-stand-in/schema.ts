import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { isObject, type Json } from './form.ts';

/** Stripe's own description of its API, as far as it is used: see ../stripe-schema/extract.ts. */
const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../stripe-schema/${name}`, import.meta.url), 'utf8'));

interface Description {
  readonly operations: readonly { method: string; path: string; body: object; query: object; answer: object }[];
  readonly schemas: Readonly<Record<string, object>>;
}

/** Parameters that are newer than the description. */
const NEWER = ['adaptive_pricing'];

export interface Operation {
  readonly method: string;
  readonly path: string;
  /** What is wrong with the parameters; null where nothing. Turns their texts into numbers and booleans. */
  parameterFault(parameters: Json): string | null;
  /** What is wrong with an answer; null where nothing. */
  answerFault(answer: unknown): string | null;
}

export interface StripeSchema {
  readonly operations: readonly Operation[];
  faultOf(schema: string, value: unknown): string | null;
  /** Stripe's own example of an object, a copy. */
  example(object: string): Json;
}

let loaded: StripeSchema | null = null;

/** Read and compiled once for each process: it holds no state. */
export function loadStripeSchema(): StripeSchema {
  loaded ??= compile();
  return loaded;
}

function compile(): StripeSchema {
  const description = read('schema.yaml') as Description;
  const examples = read('fixtures.yaml') as Record<string, Json>;
  const $defs = converted(description.schemas);
  const strict = new Ajv({ strict: false, validateFormats: false });
  const coercing = new Ajv({ strict: false, validateFormats: false, coerceTypes: true });
  strict.addSchema({ $id: 'stripe', $defs });
  coercing.addSchema({ $id: 'stripe', $defs });
  const answers = new Map<string, ValidateFunction>();
  const fault = (ajv: Ajv, validate: ValidateFunction, value: unknown) =>
    validate(value) ? null : ajv.errorsText(validate.errors);

  return {
    operations: description.operations.map(({ method, path, body, query, answer }) => {
      const checkParameters = coercing.compile(converted(method === 'post' ? body : query));
      const checkAnswer = strict.compile(converted(answer));
      return {
        method: method.toUpperCase(),
        path,
        parameterFault(parameters) {
          const older = Object.fromEntries(Object.entries(parameters).filter(([key]) => !NEWER.includes(key)));
          const found = fault(coercing, checkParameters, older);
          Object.assign(parameters, older);
          return found;
        },
        answerFault: value => fault(strict, checkAnswer, value),
      };
    }),
    faultOf(schema, value) {
      const validate = answers.get(schema) ?? strict.compile({ $ref: `stripe#/$defs/${schema}` });
      answers.set(schema, validate);
      return fault(strict, validate, value);
    },
    example: object => structuredClone(examples[object] ?? {}),
  };
}

/** From OpenAPI's dialect to JSON Schema's. */
function converted<Value>(value: Value): Value;
function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => converted(item));
  if (!isObject(value)) return value;
  const { nullable, $ref, ...others } = value;
  const schema: Json = Object.fromEntries(Object.entries(others).map(([key, inner]) => [key, converted(inner)]));
  if (typeof $ref === 'string') schema.$ref = $ref.replace('#/components/schemas/', 'stripe#/$defs/');
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}
