export interface SchemaChange {
  /** What has changed: Todo.title, Query.todos.first, CreateTodoInput.title, Priority.HIGH. */
  readonly path: string;
  /** By which it was judged: a type of graphql-inspector's, or one of our own. */
  readonly rule: string;
  /**
   * breaking: an operation that was valid may be refused, or its answer have another shape. dangerous: it is valid and may
   * get what the client has not foreseen.
   */
  readonly level: 'breaking' | 'dangerous' | 'safe';
  /** A sentence. */
  readonly message: string;
}

/** By which a list of exceptions names it. */
export const keyOf = ({ rule, path }: Pick<SchemaChange, 'rule' | 'path'>) => `${rule} ${path}`;
