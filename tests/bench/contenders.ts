import type { Contender } from './load.ts';
import { CREATE, isCreated, isList, isTypename, LIST, TYPENAME } from './operations.ts';
import type { Viewer } from './seed.ts';
import type { Stage } from './stage.ts';

type Side = 'duely' | 'limit' | 'postgraphile';
/** Enough to keep a server busy; each waits for its answer. */
const CONNECTIONS = 50;

/** Who does what, by the work's name. */
export function contendersOn({ servers, viewers }: Stage) {
  const at = (
    side: Side,
    work: string,
    who: readonly Viewer[],
    rest: Pick<Contender, 'body' | 'check'>,
  ): Contender => ({
    name: `${side}: ${work}`,
    server: servers[side],
    path: '/graphql',
    tokens: who.map(viewer => viewer.tokens[side]),
    connections: CONNECTIONS,
    ...rest,
  });
  const list = (side: Side) =>
    at(side, 'list', [viewers.few], { body: LIST[side], check: isList(viewers.few.username) });
  const create = (side: Side) => at(side, 'create', viewers.writers, { body: CREATE[side], check: isCreated });
  const typename = at('duely', '__typename', [viewers.few], { body: TYPENAME, check: isTypename });
  const alone = (viewer: Viewer): Contender => ({
    ...at('duely', `list of ${viewer.username}`, [viewer], { body: LIST.duely, check: isList(viewer.username) }),
    connections: 1,
  });
  return {
    list: { duely: list('duely'), limit: list('limit'), postgraphile: list('postgraphile') },
    typename: { duely: typename, yoga: { ...typename, name: 'yoga: __typename', server: servers.yoga } },
    create: { duely: create('duely'), limit: create('limit'), postgraphile: create('postgraphile') },
    size: { few: alone(viewers.few), many: alone(viewers.many) },
  };
}
