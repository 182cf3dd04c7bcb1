/** The same work in each contender's own words, and what its answer has to look like. */
export const LIST = {
  duely: {
    query: '{ todos(first: 20) { nodes { id title completed dueAt createdAt owner { id username email } } } }',
  },
  limit: {},
  postgraphile: {
    query:
      '{ todos: allTodos(first: 20, orderBy: POSITION_ASC) { nodes { id: rowId title completedAt dueAt createdAt owner: userByOwnerId { id: rowId username email } } } }',
  },
} as const;

export const TYPENAME = { query: '{ __typename }' } as const;

export const CREATE = {
  duely: {
    query:
      'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { id title position createdAt } userErrors { code } } }',
    variables: { title: 'Water the plants' },
  },
  limit: { title: 'Water the plants' },
  postgraphile: {
    query:
      'mutation ($title: String!) { createTodo(input: { todo: { title: $title, position: "a0" } }) { todo { id: rowId title position createdAt } } }',
    variables: { title: 'Water the plants' },
  },
} as const;

type Answer = {
  errors?: unknown;
  data?: {
    __typename?: string;
    todos?: { nodes?: { title?: string; owner?: { username?: string } }[] };
    createTodo?: { todo?: { id?: string; title?: string } };
  };
};

function expect(condition: boolean | undefined): void {
  if (!condition) throw new Error('This is not the answer to what was asked.');
}

/** Twenty of the viewer's own, each with its owner. */
export const isList = (username: string) => (answer: unknown) => {
  const { errors, data } = answer as Answer;
  const nodes = data?.todos?.nodes ?? [];
  expect(!errors && nodes.length === 20 && nodes.every(node => node.title && node.owner?.username === username));
};

export const isTypename = (answer: unknown) => expect((answer as Answer).data?.__typename === 'Query');

export const isCreated = (answer: unknown) => {
  const { errors, data } = answer as Answer;
  expect(!errors && data?.createTodo?.todo?.id !== undefined);
};
