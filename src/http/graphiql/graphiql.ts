import { escapeHtml } from '../../platform/html.ts';
import { type Asset, type Assets, loadAssets } from './assets.ts';

export interface GraphiqlOptions {
  /** The path of the page, of its operations and of its WebSocket: '/graphql'. */
  endpoint: string;
  /** Plain text, for the browser's tab and beside the logo. */
  title: string;
}

export interface Graphiql {
  /**
   * Answers GET and HEAD of the endpoint where the caller accepts HTML, and of the page's own files below it.
   * Null where the request is for something else, also for a file that there is not.
   */
  handle(request: Request): Promise<Response | null>;
}

// Monaco writes style elements and style attributes that no nonce reaches; scripts need no such leave.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR_IN_SECONDS = 31_536_000;

/** GraphiQL from this server's own files. Nothing of it is loaded before the first request for it. */
export function createGraphiql({ endpoint, title }: GraphiqlOptions): Graphiql {
  const prefix = `${endpoint}/assets/`;
  // As the page writes it, so that the page also works behind a proxy that puts a path before the endpoint.
  const relativePrefix = prefix.slice(endpoint.lastIndexOf('/') + 1);
  let loading: Promise<Assets> | undefined;
  const load = () => {
    loading ??= loadAssets();
    return loading;
  };

  return {
    async handle(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return null;
      const { pathname } = new URL(request.url);

      if (pathname === endpoint && request.headers.get('accept')?.includes('text/html')) {
        const { hash } = await load();
        return answerPage(request, renderPage(title, `${relativePrefix}${hash}`));
      }

      if (!pathname.startsWith(prefix)) return null;
      const { hash, files } = await load();
      const [version, name = '', ...rest] = pathname.slice(prefix.length).split('/');
      const asset = files.get(name);
      return asset && version === hash && rest.length === 0 ? answerAsset(request, asset, hash) : null;
    },
  };
}

function answerPage(request: Request, html: string): Response {
  return new Response(request.method === 'HEAD' ? null : html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      vary: 'Accept',
    },
  });
}

function answerAsset(request: Request, { type, body, gzipped }: Asset, hash: string): Response {
  const etag = `W/"${hash}"`;
  const headers = new Headers({
    etag,
    'cache-control': `public, max-age=${YEAR_IN_SECONDS}, immutable`,
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
  });
  if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });

  const zipped = request.headers.get('accept-encoding')?.includes('gzip');
  headers.set('content-type', type);
  if (zipped) headers.set('content-encoding', 'gzip');
  const content = zipped ? gzipped : body;
  headers.set('content-length', String(content.byteLength));
  return new Response(request.method === 'HEAD' ? null : content, { headers });
}

function renderPage(title: string, assets: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="${assets}/icon.svg">
    <link rel="stylesheet" href="${assets}/graphiql.css">
    <link rel="stylesheet" href="${assets}/page.css">
    <script defer src="${assets}/graphiql.js"></script>
    <script defer src="${assets}/graphql-ws.js"></script>
    <script type="module" src="${assets}/boot.js"></script>
  </head>
  <body>
    <noscript>GraphiQL is a program of the browser: it needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}
