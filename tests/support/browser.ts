import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

// No sandbox, because a container's root cannot have one; and nothing that calls the browser's maker.
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const BROWSER_MISSING =
  'There is no Chromium here. Debian: apt-get install -y chromium. Elsewhere: npx playwright-core install chromium.';

/** Null where there is no Chromium: skip the test with BROWSER_MISSING. The caller closes the browser. */
export async function launchBrowser(): Promise<Browser | null> {
  const executablePath = [...PLACES, chromium.executablePath()].find(path => existsSync(path));
  return executablePath ? chromium.launch({ executablePath, args: ARGUMENTS }) : null;
}

// The four editors, by how the addresses of their texts end.
const QUERY = 'operation.graphql';
const VARIABLES = 'variables.json';
const HEADERS = 'request-headers.json';
const RESPONSE = 'response.json';

// Strings, as they run in the page, where there are other types than here.
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', violation =>
  console.error('Content-Security-Policy:', violation.violatedDirective, violation.blockedURI))`;
const model = (file: string) =>
  `globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('${file}'))`;
const input = (file: string) => `.monaco-editor[data-uri$="${file}"] textarea`;
const paste = (file: string, text: string) => `{
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', ${JSON.stringify(text)});
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true });
  document.querySelector('${input(file)}').dispatchEvent(event);
}`;

export interface Graphiql {
  /** What must not be: console errors and warnings, uncaught exceptions, policy violations, requests to other hosts. */
  faults: string[];
  tabTitles(): Promise<string[]>;
  openTab(title: string): Promise<void>;
  newTab(): Promise<void>;
  /** Into the open tab, as a person would paste them; none empties the editor. */
  setHeaders(headers: Record<string, string>): Promise<void>;
  setVariables(variables: Record<string, unknown>): Promise<void>;
  typeQuery(query: string): Promise<void>;
  readQuery(): Promise<string>;
  readHeaders(): Promise<string>;
  /** Presses the play button, which ends a running subscription, and does not wait for an answer. */
  run(): Promise<void>;
  /** The text of the answer as soon as it contains this; throws after ten seconds. */
  readResponse(containing: string): Promise<string>;
}

/** Opens the page and waits until it can be typed into and knows the schema. */
export async function openGraphiql(page: Page, url: string): Promise<Graphiql> {
  const faults: string[] = [];
  const { host } = new URL(url);
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => faults.push(`uncaught: ${error.message}`));
  page.on('request', request => {
    const target = new URL(request.url());
    if (/^(http|ws)/.test(target.protocol) && target.host !== host) faults.push(`request to ${target.host}`);
  });
  page.on('websocket', socket => {
    if (new URL(socket.url()).host !== host) faults.push(`socket to ${socket.url()}`);
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });

  await Promise.all([page.waitForResponse(response => response.request().method() === 'POST'), page.goto(url)]);
  await page.locator(`.monaco-editor[data-uri$="${QUERY}"] .view-line`).first().waitFor();

  const read = (file: string) => page.evaluate<string>(`${model(file)}.getValue()`);

  async function readUntil(file: string, holds: (content: string) => boolean) {
    // From out here: a wait inside the page would need eval, which the page's policy forbids.
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await setTimeout(20)) {
      const content = await read(file);
      if (holds(content)) return content;
    }
    throw new Error(`Waited ten seconds for ${file}, which is now: ${await read(file)}`);
  }

  async function write(file: string, text: string) {
    await page.locator(input(file)).press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    // Pasted, because to what is typed the editor adds brackets and indentation of its own.
    await page.evaluate(paste(file, text));
    await readUntil(file, content => content === text);
  }

  async function writeTool(tool: 'Headers' | 'Variables', file: string, value: Record<string, unknown>) {
    await page.getByRole('button', { name: tool, exact: true }).click();
    await write(file, Object.keys(value).length > 0 ? JSON.stringify(value) : '');
  }

  return {
    faults,
    tabTitles: () => page.locator('.graphiql-tab-button').allTextContents(),
    openTab: title => page.locator('.graphiql-tab-button').getByText(title, { exact: true }).click(),
    newTab: () => page.getByRole('button', { name: 'New tab' }).click(),
    setHeaders: headers => writeTool('Headers', HEADERS, headers),
    setVariables: variables => writeTool('Variables', VARIABLES, variables),
    typeQuery: query => write(QUERY, query),
    readQuery: () => read(QUERY),
    readHeaders: () => read(HEADERS),
    run: () => page.locator('button.graphiql-execute-button').click(),
    readResponse: containing => readUntil(RESPONSE, content => content.includes(containing)),
  };
}
