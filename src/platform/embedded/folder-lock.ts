import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../errors.ts';
import type { DataFolder } from './folder.ts';
import { isAlive } from './leftover.ts';

export interface FolderLock {
  /** A repeat does nothing. */
  release(): void;
}

/** The winner writes its process id just after it got the lock; a loser waits this long to read it. */
const HOLDER_WAIT_MS = 500;

/** SQLite's result code for a database that somebody else has locked (https://sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/** A lock is as good as its connection, which must not be garbage-collected. */
const held = new Set<DatabaseSync>();

/**
 * Takes the folder for this process, or throws an error that names the process which has it.
 *
 * It is SQLite's write lock on an empty file: Node has no file locks of its own, SQLite's are the kernel's (fcntl) and
 * atomic, die with the process however it dies, hold between containers that share the folder, and are counted within
 * one process too. A process id in a file has none of this, and a Unix socket's path may not be longer than 107 bytes.
 */
export async function lockFolder(folder: DataFolder): Promise<FolderLock> {
  const file = new DatabaseSync(folder.lock);
  const lock = {
    release() {
      held.delete(file);
      if (file.isOpen) file.close();
    },
  };
  held.add(file);
  try {
    // Nothing is ever written into it, so it needs no journal beside it.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    // Of a file that may only be read SQLite takes no more than a read lock, and does not say so.
    await access(folder.lock, constants.W_OK);
    await writeFile(folder.holder, `${process.pid}\n`);
    return lock;
  } catch (error) {
    lock.release();
    throw isBusy(error) ? inUse(folder.root, await findHolder(folder.holder)) : error;
  }
}

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

async function findHolder(path: string): Promise<number> {
  const deadline = performance.now() + HOLDER_WAIT_MS;
  for (;;) {
    const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
    // An id that is not alive is an earlier holder's, or one of another container: the latter stays.
    if (isAlive(pid) || performance.now() > deadline) return pid;
    await sleep(10);
  }
}

const inUse = (root: string, pid: number) =>
  new SetupError(
    `The data folder ${root} is in use by ${pid ? `process ${pid}` : 'another process'}. Stop that process, or set DATA_DIR to another folder, or DATABASE_URL to an existing server.`,
  );
