// Runs in the browser, as it stands here. YogaGraphiQL and graphqlWs are the globals of the two scripts before it.
const { YogaGraphiQL, graphqlWs } = globalThis;

const asset = name => new URL(name, import.meta.url).href;

// The page is served at the endpoint itself, also behind a proxy that puts a path before it.
const endpoint = new URL(location.pathname, location.origin);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol.replace('http', 'ws');

const WORKERS = { editorWorkerService: 'editor.worker.js', graphql: 'graphql.worker.js', json: 'json.worker.js' };
globalThis.MonacoEnvironment = { getWorkerUrl: (_module, label) => asset(WORKERS[label]) };

const failure = message => ({ errors: [{ message }] });

async function post(operation, headers) {
  // With the newer media type a faulty query is a 400, and the browser writes each of those to its console as an error.
  headers.set('accept', 'application/json');
  headers.set('content-type', 'application/json');
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(operation) });
  if (response.headers.get('content-type')?.includes('json')) return response.json();
  return failure(`The server answered ${response.status} ${response.statusText}: ${await response.text()}`);
}

/** A socket for each subscription, so that each takes the headers of its moment. */
function subscribe(operation, headers) {
  const client = graphqlWs.createClient({
    url: socket.href,
    connectionParams: { authorization: headers.get('authorization') ?? undefined },
    // A silent reconnect would hide the close code, which is what a developer is here to see.
    retryAttempts: 0,
  });
  return {
    subscribe(observer) {
      const unsubscribe = client.subscribe(operation, {
        next: observer.next,
        complete: observer.complete,
        error(reason) {
          observer.next(Array.isArray(reason) ? { errors: reason } : failure(describe(reason)));
          observer.complete();
        },
      });
      return { unsubscribe };
    },
  };
}

function describe(reason) {
  if (reason instanceof CloseEvent) return `The server closed the socket: ${reason.code} ${reason.reason}`;
  return reason instanceof Error ? reason.message : 'The socket could not be opened.';
}

/** GraphiQL reads a text a moment after it appeared: who runs it at once gets the tree of the one before. */
function operationsOf(query, document) {
  if (document?.loc?.source.body !== query) {
    const heads = query.matchAll(/^\s*(query|mutation|subscription)\b\s*(\w*)/gm);
    return [...heads].map(([, kind, name]) => ({ kind, name }));
  }
  const definitions = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
  return definitions.map(({ operation, name }) => ({ kind: operation, name: name?.value }));
}

function fetcher({ query, variables, operationName }, { headers: written, documentAST } = {}) {
  const headers = new Headers(written);
  const operations = operationsOf(query, documentAST);
  const chosen = operations.find(({ name }) => name === operationName) ?? operations[0];
  const operation = { query, variables, operationName: chosen?.name || undefined };
  return chosen?.kind === 'subscription' ? subscribe(operation, headers) : post(operation, headers);
}

let openTab;
let lastHeaders = '';

function rememberHeaders(text) {
  if (text.trim()) lastHeaders = text;
}

/** GraphiQL keeps headers for each tab, but whoever signs in once should not paste the token six times. */
function shareHeaders({ tabs, activeTabIndex }) {
  const { id, headers } = tabs[activeTabIndex];
  // GraphiQL is in the middle of changing its state: the editor is written to after that.
  if (id !== openTab && !headers && lastHeaders) queueMicrotask(writeHeaders);
  openTab = id;
}

function writeHeaders() {
  const models = globalThis.__MONACO.editor.getModels();
  models.find(({ uri }) => uri.path.endsWith('request-headers.json'))?.setValue(lastHeaders);
}

// GraphiQL's drag library takes a tab for displaced as soon as the row of tabs changes its width: at a press it would
// jump away from under the pointer, and the click be lost. Tabs are for clicking here; page.css has the other half.
function keepTabInPlace(event) {
  if (event.target.closest('.graphiql-tab')) event.stopPropagation();
}
document.addEventListener('pointerdown', keepTabInPlace, { capture: true });

const samples = await (await fetch(asset('tabs.graphql'))).text();

YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  fetcher,
  // Used only where this browser has kept no tabs from an earlier visit.
  defaultTabs: samples.split(/^(?=# \d+\. )/m).map(query => ({ query: query.trimEnd() })),
  // A token in localStorage would outlive the visit and be open to every script of this origin.
  shouldPersistHeaders: false,
  defaultEditorToolsVisibility: 'headers',
  onEditHeaders: rememberHeaders,
  onTabChange: shareHeaders,
  // In its place YogaGraphiQL would write the query, with its password, to the address bar and so to the server's log.
  onEditQuery() {},
  title: document.querySelector('title').innerHTML,
  logo: `<img src="${asset('icon.svg')}" alt="" width="28" height="28">`,
});
