import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { BROWSER_MISSING, launchBrowser } from '../support/browser.ts';
import { startMailServer, VERIFY } from '../support/smtp.ts';
import { until } from '../support/wait.ts';

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

interface ShownMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  at: string;
}

const readMails = async ({ url }: TestApp) => (await (await fetch(`${url}/dev/mail.json`)).json()) as ShownMail[];

test('GET /dev/mail.json has the mails that would have been sent, newest first', async () => {
  await using app = await startApp({ settings: { WORKER: 'on' } });
  const before = await readMails(app);
  const ada = await app.createUser();
  await until('the first is there', async () => (await readMails(app)).length === 1);
  const eve = await app.createUser();
  await until('both are there', async () => (await readMails(app)).length === 2);

  const mails = await readMails(app);

  expect(before).toEqual([]);
  expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
    [eve.email, VERIFY],
    [ada.email, VERIFY],
  ]);
  expect(Object.keys(mails[0] ?? {}).sort()).toEqual(['at', 'html', 'subject', 'text', 'to']);
  // Without a front end of its own, links go to the server itself.
  expect(mails[0]?.text).toContain(`${app.url}/verify-email?token=`);
  expect(mails[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('GET /dev/mail is a page without scripts and styles of its own, in which nothing of a mail is markup', async () => {
  await using app = await startApp({ settings: { WORKER: 'on', APP_URL: 'https://app.example.com/?a=1&b="<i>"' } });
  const ada = await app.createUser();
  await until('the mail is there', async () => (await readMails(app)).length === 1);

  const response = await fetch(`${app.url}/dev/mail`);
  const page = await response.text();

  expect(response.headers.get('content-security-policy')).toBe("default-src 'self'; frame-ancestors 'none'");
  expect(page).toContain(ada.email);
  expect(page).toContain('<a href="https://app.example.com/?a=1&#38;b=');
  expect(page).not.toMatch(/<i>|<script|<style|style=/);
});

test('in a browser /dev/mail shows them under the server’s strict policy, and its links can be clicked', async ({
  skip,
}) => {
  if (!browser) return skip(BROWSER_MISSING);
  await using app = await startApp({ settings: { WORKER: 'on' } });
  const ada = await app.createUser();
  await until('the mail is there', async () => (await readMails(app)).length === 1);
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('console', message => faults.push(message.text()));
  page.on('pageerror', error => faults.push(error.message));

  await page.goto(`${app.url}/dev/mail`);
  const heading = await page.locator('article h2').allTextContents();
  const shown = await page.locator('article').textContent();
  const link = page.locator('article a');
  const href = await link.getAttribute('href');
  const [answer] = await Promise.all([page.waitForResponse(response => response.url() === href), link.click()]);
  await page.close();

  expect(heading).toEqual([VERIFY]);
  expect(shown).toContain(ada.email);
  expect(href).toMatch(new RegExp(`^${app.url}/verify-email\\?token=dlt\\.`));
  expect(answer.url()).toBe(href);
  // The front end's page, which this server has not, is all that the browser misses.
  expect(faults.filter(fault => !fault.includes('404'))).toEqual([]);
});

test('there is no mailbox in production, nor where mails are sent', async () => {
  await using server = await startMailServer();
  const production = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    PUBLIC_URL: 'https://api.example.com',
  };
  await using sending = await startApp({ settings: { SMTP_URL: server.url } });
  await using silent = await startApp({ settings: { ...production, SMTP_URL: 'off' } });
  await using served = await startApp({ settings: { ...production, SMTP_URL: server.url } });

  const paths = ['/dev/mail', '/dev/mail.json'];
  const answers = await Promise.all(
    [sending, silent, served].flatMap(({ url }) => paths.map(async path => (await fetch(`${url}${path}`)).status)),
  );

  expect(answers).toEqual([404, 404, 404, 404, 404, 404]);
});
