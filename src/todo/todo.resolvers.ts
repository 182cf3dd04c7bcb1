import type { GraphQLResolveInfo } from 'graphql';
import { feedOf } from '../change/change.resolvers.ts';
import type { ChangeSource } from '../change/change.source.ts';
import { connectionResolvers, edgeResolvers, selectedOfRows } from '../graphql/connection.ts';
import type { OperationContext } from '../graphql/context.ts';
import type { QueryTodosArgs, Resolvers } from '../graphql/generated/resolvers.ts';
import { showingCurrent } from '../graphql/mutation.ts';
import { selectedFields } from '../graphql/selection.ts';
import { userPropertiesFor } from '../identity/identity.reads.ts';
import { requireMaySee } from '../identity/viewer.ts';
import { fromGlobalId, toGlobalId } from '../platform/ids.ts';
import { todoOrder } from './todo.order.ts';
import {
  propertiesFor,
  TODO_PROPERTIES,
  type TodoConnectionSource,
  type TodoProperty,
  type TodoRow,
  type TodoSource,
} from './todo.reads.ts';
import { createTodo, deleteTodo, restoreTodo, toggleTodo, updateTodo } from './todo.service.ts';
import { deleteCompletedTodos, updateTodos } from './todo-bulk.service.ts';
import type { TodoRules } from './todo-edit.ts';
import { moveTodo } from './todo-move.service.ts';
import { readTodoStats } from './todo-stats.reads.ts';

function listTodos(
  ownerId: string,
  args: QueryTodosArgs,
  { loaders }: OperationContext,
  info: GraphQLResolveInfo,
): Promise<TodoConnectionSource> {
  const filter = args.filter ?? {};
  const owner = selectedOfRows(info, 'owner');
  const request = {
    filter,
    order: todoOrder(args.orderBy, filter),
    properties: propertiesFor(selectedOfRows(info)),
    ownerProperties: owner.size > 0 ? userPropertiesFor(owner) : undefined,
  };
  return loaders.todo.ofOwner(ownerId, request, args);
}

async function loadOwner({ ownerId }: TodoSource, { loaders }: OperationContext, info: GraphQLResolveInfo) {
  const owner = await loaders.identity.userById.loadSelected(ownerId, selectedFields(info));
  if (!owner) throw new Error('A todo was shown whose owner is gone.');
  return owner;
}

const findOwnTodo = async (
  { loaders }: OperationContext,
  uuid: string | null,
  properties: ReadonlySet<TodoProperty>,
): Promise<TodoRow | null> => (uuid ? loaders.todo.byId.load(uuid, properties) : null);

/** What a refused change of a todo shows: null where it is not the viewer's. */
const currentTodo = async ({ id }: { id: string }, context: OperationContext) => ({
  todo: await findOwnTodo(context, fromGlobalId('todo', id), TODO_PROPERTIES),
});

const rulesOf = ({ services, now }: OperationContext): TodoRules => ({ limits: services.todoLimits, now: now() });

export const todoResolvers = {
  Query: {
    todoStats: (_root, _args, { em, viewer, now }) => readTodoStats(em, viewer.userId, now()),
    todo: (_root, { id }, context, info) =>
      findOwnTodo(context, fromGlobalId('todo', id), propertiesFor(selectedFields(info))),
    todos: (_root, args, context, info) => listTodos(context.viewer.userId, args, context, info),
  },
  Mutation: {
    createTodo: showingCurrent(
      async (_root, { input }, context) => ({
        todo: await createTodo(context.em, context.viewer, input, rulesOf(context)),
      }),
      async ({ input }, context) => currentTodo({ id: input.id ?? '' }, context),
    ),
    updateTodo: showingCurrent(
      async (_root, { id, input }, context) => ({ todo: await updateTodo(context.em, id, input, rulesOf(context)) }),
      currentTodo,
    ),
    toggleTodo: showingCurrent(
      async (_root, { id, ...expected }, context) => ({
        todo: await toggleTodo(context.em, id, expected, rulesOf(context)),
      }),
      currentTodo,
    ),
    moveTodo: showingCurrent(
      async (_root, { id, input }, { em, viewer, now }) => ({ todo: await moveTodo(em, viewer, id, input, now()) }),
      currentTodo,
    ),
    deleteTodo: showingCurrent(
      async (_root, { id, ...expected }, { em, now }) => ({
        todoId: id,
        todo: await deleteTodo(em, id, expected, now()),
      }),
      currentTodo,
    ),
    restoreTodo: showingCurrent(
      async (_root, { id, ...expected }, context) => ({
        todo: await restoreTodo(context.em, id, expected, rulesOf(context)),
      }),
      currentTodo,
    ),
    updateTodos: async (_root, { ids, input }, context) => ({
      todos: await updateTodos(context.em, ids, input, rulesOf(context)),
    }),
    deleteCompletedTodos: async (_root, _args, { em, now }) => {
      const deleted = await deleteCompletedTodos(em, now());
      return { todoIds: deleted.map(todo => toGlobalId('todo', todo.id)) };
    },
  },
  Subscription: {
    todoChanged: {
      subscribe: (_root, { after }, context) => feedOf(context, after, 'todo'),
      resolve: (change: ChangeSource) => change,
    },
  },
  Todo: {
    id: todo => toGlobalId('todo', todo.id),
    completed: todo => todo.completedAt !== null && todo.completedAt !== undefined,
    // Not async where it need not be: a list has as many owners as rows.
    owner: (todo, _args, context, info) =>
      'ownerRow' in todo && todo.ownerRow ? todo.ownerRow : loadOwner(todo, context, info),
  },
  TodoConnection: connectionResolvers,
  TodoEdge: edgeResolvers,
  TodoChange: {
    todoId: ({ change }) => toGlobalId('todo', change.entityId),
    todo: async ({ change }, _args, context, info) => {
      const todo = await findOwnTodo(
        context,
        change.entityId,
        new Set([...propertiesFor(selectedFields(info)), 'deletedAt']),
      );
      return todo?.deletedAt === null ? todo : null;
    },
  },
  User: {
    todos: (user, args, context, info) => {
      requireMaySee(context.viewer, user.id);
      return listTodos(user.id, args, context, info);
    },
  },
} satisfies Resolvers;

/** A todo of the viewer's by its global id. */
export const findTodoNode = (context: OperationContext, uuid: string) => findOwnTodo(context, uuid, TODO_PROPERTIES);
