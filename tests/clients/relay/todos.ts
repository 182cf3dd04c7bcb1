/** In an app: `import { graphql } from 'react-relay'`. The compiler looks for the tag alone. */
declare function graphql(text: TemplateStringsArray): unknown;

/** For usePaginationFragment. */
export const todosOfViewer = graphql`
  fragment todos_viewer on Query
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "TodoFilter" }
  )
  @refetchable(queryName: "todosPageQuery") {
    todos(first: $count, after: $cursor, filter: $filter) @connection(key: "todos_todos", filters: ["filter"]) {
      edges {
        node {
          id
          ...todos_item
        }
      }
    }
  }
`;

/** For useRefetchableFragment: a node by its id. */
export const todoItem = graphql`
  fragment todos_item on Todo @refetchable(queryName: "todosItemQuery") {
    title
    completed
    version
    owner {
      username
    }
  }
`;

export const todosQuery = graphql`
  query todosQuery($filter: TodoFilter) {
    me {
      username
    }
    ...todos_viewer @arguments(filter: $filter)
  }
`;

export const createTodo = graphql`
  mutation todosCreateMutation($input: CreateTodoInput!, $connections: [ID!]!) {
    createTodo(input: $input) {
      todo @appendNode(connections: $connections, edgeTypeName: "TodoEdge") {
        id
        ...todos_item
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;

export const deleteTodo = graphql`
  mutation todosDeleteMutation($id: ID!, $connections: [ID!]!) {
    deleteTodo(id: $id) {
      todoId @deleteRecord @deleteEdge(connections: $connections)
      userErrors {
        code
        message
        path
      }
    }
  }
`;

/** Relay keeps what it is given by its id; a todo that is null has to be taken out of the connection by todoId. */
export const changes = graphql`
  subscription todosChangesSubscription($after: String) {
    changes(after: $after) {
      cursor
      kind
      ... on TodoChange {
        todoId
        todo {
          id
          ...todos_item
        }
      }
    }
  }
`;
