import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/** What may be deprecated: a field, an argument, a field of an input, a value of an enum. */
export interface Deprecatable {
  /** Todo.title, Query.todos.first, CreateTodoInput.title, Priority.HIGH. */
  readonly path: string;
  /** Null where it is not deprecated. */
  readonly reason: string | null;
}

/** How every reason ends. The date is the last day on which the thing is served for certain, in UTC. */
const REMOVAL = /\S\. Removed after (\d{4}-\d{2}-\d{2})\.$/;

/** So long what is deprecated is served from the release that says so. */
export const NOTICE_DAYS = 90;

export function listDeprecatable(schema: GraphQLSchema): Deprecatable[] {
  return Object.values(schema.getTypeMap())
    .filter(type => !isIntrospectionType(type))
    .flatMap(type => {
      if (isEnumType(type)) return type.getValues().map(value => entry(`${type.name}.${value.name}`, value));
      if (isInputObjectType(type))
        return Object.values(type.getFields()).map(field => entry(`${type.name}.${field.name}`, field));
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap(field => [
        entry(`${type.name}.${field.name}`, field),
        ...field.args.map(argument => entry(`${type.name}.${field.name}.${argument.name}`, argument)),
      ]);
    });
}

const entry = (path: string, { deprecationReason }: { deprecationReason?: string | null | undefined }) => ({
  path,
  reason: deprecationReason ?? null,
});

/** The day after which a thing with this reason may go, as 2027-03-31; null where the reason does not say one. */
export function removalDate(reason: string): string | null {
  const [, date] = REMOVAL.exec(reason) ?? [];
  // The 30th of February is no day.
  return date && new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) === date ? date : null;
}

export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

/** The first day that is far enough away for a deprecation that is released today. */
export const earliestRemoval = (now: Date): string => dayOf(new Date(now.getTime() + NOTICE_DAYS * 86_400_000));

/** What is wrong with the deprecations of what is served: a sentence for each. */
export function deprecationFaults(released: GraphQLSchema, served: GraphQLSchema): string[] {
  const before = new Map(listDeprecatable(released).map(({ path, reason }) => [path, reason]));
  return listDeprecatable(served).flatMap(({ path, reason }) => {
    if (reason === null) return [];
    const date = removalDate(reason);
    if (!date)
      return [
        `${path} is deprecated without a date: end its reason with the day until which it is served for certain, @deprecated(reason: "Use … instead. Removed after 2027-03-31.")`,
      ];
    const promised = removalDate(before.get(path) ?? '');
    return promised && date < promised
      ? [
          `${path} was promised until ${promised} by the last release and now goes after ${date}: a date may only be moved to a later day.`,
        ]
      : [];
  });
}

/** Deprecations that the last release did not have and that leave less than NOTICE_DAYS: a sentence for each. */
export function shortNotices(released: GraphQLSchema, served: GraphQLSchema, now: Date): string[] {
  const known = new Set(
    listDeprecatable(released).flatMap(({ path, reason }) => (reason && removalDate(reason) ? [path] : [])),
  );
  const earliest = earliestRemoval(now);
  return listDeprecatable(served).flatMap(({ path, reason }) => {
    const date = reason && removalDate(reason);
    return date && !known.has(path) && date < earliest
      ? [
          `${path} is deprecated for the first time and goes after ${date}: give clients ${NOTICE_DAYS} days, until ${earliest} at the least.`,
        ]
      : [];
  });
}
