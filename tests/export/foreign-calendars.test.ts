import { expect, test } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { exportJson, importFile } from '../support/transfer.ts';

const inZone = (app: TestApp, person: Person, timeZone: string) =>
  app.execute(
    'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { userErrors { message } } }',
    { input: { timeZone } },
    person,
  );

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n');
const vtodo = (...lines: string[]) => ['BEGIN:VTODO', ...lines, 'END:VTODO'];

const BERLIN = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Berlin',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'TZNAME:CEST',
  'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'TZNAME:CET',
  'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'END:VTIMEZONE',
];

test('a list of Apple Reminders is taken: alarms and what Apple adds are left out', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await inZone(app, ada, 'Europe/Berlin');
  const file = calendar(
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Erledigen',
    'PRODID:-//Apple Inc.//macOS 14.5//EN',
    'X-APPLE-CALENDAR-COLOR:#1BADF8',
    'CALSCALE:GREGORIAN',
    ...BERLIN,
    ...vtodo(
      'CREATED:20240501T070000Z',
      'UID:7B1F6A54-8A1E-4E0C-9B55-0F6A3B7A1C11',
      'SUMMARY:Müll rausbringen\\, Papier',
      'DTSTART;TZID=Europe/Berlin:20270701T090000',
      'DTSTAMP:20240501T070100Z',
      'DUE;TZID=Europe/Berlin:20270701T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=2',
      'X-APPLE-SORT-ORDER:736240000',
      'PRIORITY:1',
      'SEQUENCE:0',
      'STATUS:NEEDS-ACTION',
      'BEGIN:VALARM',
      'X-WR-ALARMUID:AB',
      'UID:AB',
      'SUMMARY:Not this one',
      'TRIGGER;VALUE=DATE-TIME:20270701T070000Z',
      'ACTION:DISPLAY',
      'END:VALARM',
    ),
    ...vtodo(
      'UID:9C2',
      'SUMMARY:Ganzer Tag',
      'DUE;VALUE=DATE:20270702',
      'DESCRIPTION:Zeile 1\\nZeile 2\\; Ende',
      'COMPLETED:20240601T101112Z',
      'STATUS:COMPLETED',
      'PERCENT-COMPLETE:100',
    ),
  );

  const { body } = await importFile(app, ada, file);
  const again = await importFile(app, ada, file.replaceAll('\r\n', '\n'));

  expect(body).toEqual({ imported: 2, alreadyThere: 0, refused: [] });
  expect(again.body).toEqual({ imported: 0, alreadyThere: 2, refused: [] });
  expect((await exportJson(app, ada)).todos).toMatchObject([
    {
      title: 'Müll rausbringen, Papier',
      dueAt: '2027-07-01T07:00:00.000Z',
      recurrence: 'FREQ=WEEKLY;INTERVAL=2',
      priority: 'URGENT',
      createdAt: '2024-05-01T07:00:00.000Z',
      completedAt: null,
      remindAt: null,
    },
    {
      title: 'Ganzer Tag',
      description: 'Zeile 1\nZeile 2; Ende',
      // Its last minute, in Berlin.
      dueAt: '2027-07-02T21:59:00.000Z',
      completedAt: '2024-06-01T10:11:12.000Z',
    },
  ]);
});

test('a calendar of Thunderbird is taken, with a zone under a name of its own and an occurrence of a series', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const file = calendar(
    'PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN',
    'BEGIN:VTIMEZONE',
    'TZID:Somewhere Standard Time',
    'BEGIN:STANDARD',
    'DTSTART:16010101T000000',
    'TZOFFSETFROM:+0330',
    'TZOFFSETTO:+0330',
    'END:STANDARD',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    'UID:event',
    'DTSTART:20270101T000000Z',
    'SUMMARY:An event',
    'END:VEVENT',
    ...vtodo(
      'CREATED:20240101T000000Z',
      'LAST-MODIFIED:20240102T000000Z',
      'UID:series',
      'SUMMARY:Series',
      'CATEGORIES:Work,Büro\\, oben',
      'CATEGORIES:More',
      'DTSTART;TZID=Somewhere Standard Time:20270101T120000',
      'RRULE:FREQ=DAILY;COUNT=3',
      'X-MOZ-GENERATION:2',
    ),
    ...vtodo(
      'UID:series',
      'RECURRENCE-ID;TZID=Somewhere Standard Time:20270102T120000',
      'SUMMARY:Series',
      'STATUS:COMPLETED',
      'LAST-MODIFIED:20240103T000000Z',
    ),
    ...vtodo('UID:cancelled', 'SUMMARY:Cancelled', 'STATUS:CANCELLED'),
    ...vtodo('UID:mozilla', 'SUMMARY:Old name', 'DUE;TZID=/mozilla.org/20050126_1/America/New_York:20270115T080000'),
    ...vtodo('UID:length', 'SUMMARY:By its length', 'DTSTART:20270115T080000Z', 'DURATION:PT90M'),
  );

  const { body } = await importFile(app, ada, file);

  expect(body).toEqual({ imported: 5, alreadyThere: 0, refused: [] });
  expect((await exportJson(app, ada)).todos).toMatchObject([
    {
      title: 'Series',
      dueAt: '2027-01-01T08:30:00.000Z',
      recurrence: 'FREQ=DAILY;COUNT=3',
      tags: ['Work', 'Büro, oben', 'More'],
    },
    { title: 'Series', completedAt: '2024-01-03T00:00:00.000Z', recurrence: null },
    { title: 'Old name', dueAt: '2027-01-15T13:00:00.000Z' },
    { title: 'By its length', dueAt: '2027-01-15T09:30:00.000Z' },
    { title: 'Cancelled', deletedAt: expect.any(String) },
  ]);
});

test('a backup of Tasks.org is taken: LF, a byte order mark, times in no zone, and lines folded within a character', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await inZone(app, ada, 'Asia/Karachi');
  const text = calendar(
    'PRODID:+//IDN tasks.org//android-130500//EN',
    ...vtodo(
      'DTSTAMP:20240501T070000Z',
      'UID:4711',
      'CREATED:00001231T000000Z',
      'SUMMARY:Folded ü here',
      'PRIORITY:9',
      'DUE:20270301T173000',
      'X-APPLE-SORT-ORDER:12',
      'RELATED-TO;RELTYPE=PARENT:4710',
    ),
  ).replaceAll('\r\n', '\n');
  // Some producers count octets and fold between the two of an ü.
  const [before = '', after = ''] = text.split('ü');
  const file = Buffer.concat([
    Buffer.from(`\uFEFF${before}`),
    Buffer.from([0xc3]),
    Buffer.from('\n '),
    Buffer.from([0xbc]),
    Buffer.from(after),
  ]);

  const { body } = await importFile(app, ada, new Uint8Array(file));

  expect(body).toMatchObject({ imported: 1, refused: [] });
  expect((await exportJson(app, ada)).todos).toMatchObject([
    { title: 'Folded ü here', priority: 'LOW', dueAt: '2027-03-01T12:30:00.000Z', description: null },
  ]);
});

test('a to-do without a UID is found again by what stands in it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const file = calendar(
    ...vtodo('SUMMARY:Nameless', 'STATUS:COMPLETED'),
    ...vtodo('SUMMARY:Nameless too', 'STATUS:CANCELLED'),
  );

  const answers = [await importFile(app, ada, file), await importFile(app, ada, file)];

  expect(answers.map(({ body }) => [body.imported, body.alreadyThere])).toEqual([
    [2, 0],
    [0, 2],
  ]);
});

const ENDLESS = [
  'BEGIN:VTIMEZONE',
  'TZID:Endless',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=SECONDLY',
  'END:STANDARD',
  'END:VTIMEZONE',
];

test.each<[string, string[], RegExp]>([
  ['no title', vtodo('UID:1'), /^title A title has 1 to 200 characters/],
  ['a due date that is none', vtodo('UID:1', 'SUMMARY:x', 'DUE:soon'), /DUE is no time|malformed/],
  ['the 30th of February', vtodo('UID:1', 'SUMMARY:x', 'DUE;VALUE=DATE:20270230'), /^dueAt DUE is no day/],
  [
    'a zone that nobody knows',
    vtodo('UID:1', 'SUMMARY:x', 'DUE;TZID=Middle-earth:20270101T000000'),
    /zone Middle-earth, which neither/,
  ],
  [
    'a zone that would take for ever',
    [...ENDLESS, ...vtodo('UID:1', 'SUMMARY:x', 'DUE;TZID=Endless:20270101T000000')],
    /zone Endless, which neither/,
  ],
  [
    'a zone that is spelt out for ever',
    [
      'BEGIN:VTIMEZONE',
      'TZID:Long',
      ...Array.from({ length: 800 }, () => ENDLESS.slice(2, -1).filter(line => !line.startsWith('RRULE'))).flat(),
      'END:VTIMEZONE',
      ...vtodo('UID:1', 'SUMMARY:x', 'DUE;TZID=Long:20270101T000000'),
    ],
    /zone Long, which neither/,
  ],
  [
    'texts without end',
    vtodo('UID:1', 'SUMMARY:x', `DESCRIPTION:${'y'.repeat(50_000)}`),
    /^Its texts have more than 50,000/,
  ],
  [
    'parameters without end',
    vtodo('UID:1', 'SUMMARY:x', `DUE${';A=b'.repeat(250)}:20270101T000000Z`),
    /^It is malformed/,
  ],
  [
    'a rule that todos cannot have',
    vtodo('UID:1', 'SUMMARY:x', 'DUE:20270101T000000Z', 'RRULE:FREQ=SECONDLY'),
    /^recurrence FREQ=SECONDLY is too often/,
  ],
  [
    'a rule that is none',
    vtodo('UID:1', 'SUMMARY:x', 'DUE:20270101T000000Z', 'RRULE:FREQ=FOO'),
    /^recurrence FREQ has to be/,
  ],
])('a VTODO with %s is refused with its place and the reason', async (_name, lines, message) => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { status, body } = await importFile(app, ada, calendar(...vtodo('UID:0', 'SUMMARY:Fine'), ...lines));

  expect(status).toBe(422);
  expect(body.refused).toHaveLength(1);
  expect(body.refused?.[0]?.place).toMatch(/^VTODO 2 \(line \d+\)$/);
  expect(`${body.refused?.[0]?.path.join('.')} ${body.refused?.[0]?.message}`.trim()).toMatch(message);
  expect((await exportJson(app, ada)).todos).toEqual([]);
});
