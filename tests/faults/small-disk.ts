import { execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk in memory that can be filled. */
export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
  /** Takes what is free but so many bytes. */
  fill(leaving: number): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

/** Null where the system does not let us mount one. */
export async function makeSmallDisk(megabytes: number): Promise<SmallDisk | null> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'duely-small-disk-')));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'duely-test', folder], { stdio: 'ignore' });
  } catch {
    await remove();
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    async fill(leaving) {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaving)));
    },
    free: () => rm(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', folder]);
      await remove();
    },
  };
}
