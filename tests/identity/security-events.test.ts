import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements } from '../support/statements.ts';

