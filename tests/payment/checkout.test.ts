import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { BROWSER_MISSING, launchBrowser } from '../support/browser.ts';
import { startShop } from '../support/shop.ts';
import { until } from '../support/wait.ts';

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A front end of another origin than the server's. */
async function serveFrontEnd(): Promise<string> {
  const page = readFileSync(join(import.meta.dirname, 'front-end.html'));
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.for([
  { says: 'Pay', button: /^Pay \$/, status: 'SUCCEEDED', seen: ['CREATED OPEN', 'UPDATED PAID'], plan: 'PRO' },
  { says: 'Decline', button: /^Decline/, status: 'FAILED', seen: ['CREATED OPEN'], plan: 'FREE' },
])(
  'a person in a browser buys, says $says on the page of the sandbox, and is back with $status',
  async (ending, { skip }) => {
    if (!browser) return skip(BROWSER_MISSING);
    const origin = await serveFrontEnd();
    await using shop = await startShop({ settings: { ALLOWED_ORIGINS: origin } });
    const page = await (await browser.newContext()).newPage();
    const faults: string[] = [];
    page.on('pageerror', error => faults.push(String(error)));
    const hash = encodeURIComponent(JSON.stringify({ api: shop.url, token: shop.buyer.accessToken }));
    await page.goto(`${origin}/thanks#${hash}`);

    await page.getByRole('button', { name: 'Buy Pro' }).click();
    await page.getByRole('button', { name: ending.button }).click();
    await page.waitForURL(`${origin}/thanks?**`);

    const changes = page.locator('#changes li');
    // What it was shown before it left for the checkout is not shown again: the subscription goes on behind it.
    const last = ending.seen.at(-1) ?? '';
    if (ending.plan === 'PRO')
      await until('the subscription has told', async () => (await changes.allTextContents()).includes(last));
    expect(await page.locator('#returned').textContent()).toBe(ending.status);
    expect(new Set(ending.seen)).toEqual(new Set([...ending.seen, ...(await changes.allTextContents())]));
    expect((await shop.me()).plan).toBe(ending.plan);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);
