import { track } from '../change/tracked.ts';
import { Todo } from './todo.entity.ts';

export const todoTracking = [
  track<Todo>({
    entity: Todo,
    feed: {
      name: 'todo',
      ownerId: todo => todo.owner.id,
      // A mark of the server's own: being reminded is no change of the todo.
      silent: ['remindedAt'],
    },
  }),
];
