import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { BROWSER_MISSING, launchBrowser } from '../../support/browser.ts';
import { until } from '../../support/wait.ts';
import { startSandboxShop } from './sandbox-support.ts';

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const PHONE = { width: 360, height: 740 };

/** Where payers come back to. */
async function startShopWindow() {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>Thank you</h1>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

/** A payment whose payer comes back to a page that is there. */
async function startVisitedShop() {
  const origin = await startShopWindow();
  const shop = await startSandboxShop({ settings: { ALLOWED_ORIGINS: origin } });
  return { ...shop, origin, paying: await shop.pay({ returnUrl: `${origin}/thanks` }) };
}

/** Without scripts. */
async function openPage(from: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await from.newContext({ javaScriptEnabled: false, viewport: PHONE, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  return { page, faults };
}

test('a person pays by keyboard on a phone without scripts, and is back at the shop', async ({ skip }) => {
  if (!browser) return skip(BROWSER_MISSING);
  await using shop = await startVisitedShop();
  const { page, faults } = await openPage(browser);
  await page.goto(shop.paying.nextAction.url);

  await page.keyboard.press('Tab');
  const name = await page.locator(':focus-visible').textContent();
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${shop.origin}/thanks**`);

  expect(name).toBe('Pay $5.00');
  expect(outline).toBe('solid');
  expect(new URL(page.url()).searchParams.get('status')).toBe('SUCCEEDED');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('insufficient funds, then the app: the page waits, is confirmed on the control page, and goes on by itself', async ({
  skip,
}) => {
  if (!browser) return skip(BROWSER_MISSING);
  await using shop = await startVisitedShop();
  const { page, faults } = await openPage(browser);
  await page.goto(shop.paying.nextAction.url);

  await page.getByRole('button', { name: 'Insufficient funds' }).click();
  const alert = await page.getByRole('alert').textContent();
  await page.getByRole('button', { name: 'Authorise in my app' }).click();
  const [app] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Open the app' }).click(),
  ]);
  await app.getByRole('button', { name: 'Approve' }).click();
  await app.getByText('Paid', { exact: true }).waitFor();
  await page.waitForURL(`${shop.origin}/thanks**`);

  expect(alert).toContain('There is not enough money in the account. Nothing was taken.');
  expect(new URL(page.url()).searchParams.get('status')).toBe('SUCCEEDED');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('on the control page a person makes it misbehave, refunds, disputes, and sets it right again', async ({
  skip,
}) => {
  if (!browser) return skip(BROWSER_MISSING);
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const { page, faults } = await openPage(browser, { viewport: { width: 1100, height: 900 } });
  await page.goto(`${shop.url}/sandbox/control`);

  await page.getByRole('combobox', { name: /^Messages/ }).selectOption('HOLD');
  await page.getByLabel('Shuffle messages').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('combobox', { name: /^Call/ }).selectOption('PAGE');
  await page.getByLabel('How often').fill('3');
  await page.getByRole('button', { name: 'Add' }).click();
  const misbehaves = (await shop.state()).misbehaviour;
  await page.getByRole('button', { name: 'Behave well again' }).click();
  const behaves = (await shop.state()).misbehaviour;

  await page.getByRole('link', { name: /Order/ }).click();
  await page.getByLabel('Take this amount, USD').fill('4.5O');
  await page.getByRole('button', { name: 'Charge' }).click();
  const refused = await page.textContent('main');
  await page.getByRole('link', { name: 'Go on to the control page' }).click();
  await page.getByRole('button', { name: 'Charge' }).click();
  await page.getByLabel('Give back, USD').fill('1.25');
  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByRole('button', { name: 'Open a dispute' }).click();
  await page.getByRole('button', { name: 'The merchant wins' }).click();
  await page.getByText('Won', { exact: true }).waitFor();

  expect(misbehaves).toMatchObject({
    messages: 'HOLD',
    shuffle: true,
    forge: false,
    faults: [{ call: 'PAGE', kind: 'ERROR_BEFORE', times: 3 }],
  });
  expect(behaves).toMatchObject({ messages: 'SEND', shuffle: false, faults: [] });
  expect(refused).toContain('has to be a whole number');
  expect(await shop.checkout(payment.providerReference)).toMatchObject({
    charges: 1,
    paidAmount: '500',
    refunds: [{ amount: '125', key: null }],
    dispute: { status: 'WON' },
  });
  await until('the server knows', async () => (await shop.payment(payment.id)).refundedAmount.amount === 125);
  // Of the page that said what was wrong.
  expect(faults.filter(fault => !fault.includes('400'))).toEqual([]);
  await page.context().close();
});

test.for(['light', 'dark'] as const)(
  'in %s mode nothing sticks out of a small phone, and text can be read',
  async (colorScheme, { skip }) => {
    if (!browser) return skip(BROWSER_MISSING);
    await using shop = await startSandboxShop();
    const payment = await shop.pay();
    await shop.control({ command: 'MISBEHAVE', how: { messages: 'HOLD', forge: true } });
    await shop.act((await shop.pay()).providerReference, 'PAY');
    // Scripts of the test's own, to measure.
    const { page } = await openPage(browser, {
      colorScheme,
      viewport: { width: 320, height: 700 },
      javaScriptEnabled: true,
    });

    for (const path of [
      payment.nextAction.url,
      `${shop.url}/sandbox/control`,
      `${shop.url}/sandbox/control?checkout=${payment.providerReference}`,
    ]) {
      await page.goto(path);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      expect(await page.evaluate<number>(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
    }
    await page.context().close();
  },
);

/** By WCAG 2.2, of every element with text of its own, against the nearest ground that is painted. */
const LOWEST_CONTRAST = `(() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = channels(color).slice(0, 3).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return Math.min(...texts.map(e => {
    const [a, b] = [luminance(getComputedStyle(e).color), luminance(ground(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()`;
