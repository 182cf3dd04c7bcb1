import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { commandOf, copy, environmentOf, ROOT, readStages, type Stage } from './dockerfile.ts';

/**
 * A stand-in for a container: namespaces of mounts and processes of its own, in which the image's files lie where the image
 * has them, this machine's system is there to be read, and nothing else of it is. The base image is not: its Node is ours.
 */
const ENTER = `set -eu
root=$1 user=$2 app=$3 mode=$4 node=$5; shift 5
mount -t tmpfs tmpfs "$root"
for folder in usr bin sbin lib lib64 etc; do
  [ -d "/$folder" ] || continue
  mkdir "$root/$folder"
  mount --bind "/$folder" "$root/$folder"
  mount -o remount,ro,bind "$root/$folder"
done
mkdir "$root/proc" "$root/dev" "$root/tmp" "$root/node" "$root/root" "$root/app" "$root/var"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$node" "$root/node"
mount --bind "$app" "$root/app"
if [ "$mode" = build ]; then
  mkdir -p "$root/var/cache/npm"
  [ -d "$NPM_CACHE" ] && mount --bind "$NPM_CACHE" "$root/var/cache/npm"
  chmod 1777 "$root/tmp"
  exec /usr/sbin/chroot "$root" /usr/bin/env -C /app "$@"
fi
mount -o remount,ro,bind "$root/app"
mount -o remount,ro "$root"
exec /usr/sbin/chroot "$root" /usr/bin/setpriv --reuid="\${user%:*}" --regid="\${user#*:}" --clear-groups --bounding-set=-all \\
  --no-new-privs /usr/bin/env -C /app "$@"`;

const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child'];

export const CONTAINER_MISSING =
  'This machine cannot make namespaces for a stand-in of a container: run the tests as root on Linux.';
export const canContain =
  process.platform === 'linux' &&
  spawnSync('unshare', [...NAMESPACES, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt && setpriv --version']).status === 0;

export interface Image {
  readonly stage: Stage;
  /** Its files, as a container sees them under /app. */
  readonly app: string;
  readonly user: string;
  /** An empty folder, over which each container puts a root of its own. */
  readonly root: string;
}

/** Does what the Dockerfile says, instruction by instruction, in `folder`; `context` is the checkout. */
export async function buildImage(folder: string, context = ROOT): Promise<Image> {
  const stages = readStages();
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  const files = (name: string) => join(folder, 'stages', name);
  for (const { name, steps } of stages) {
    await mkdir(join(files(name), 'app'), { recursive: true });
    for (const step of steps) {
      if (step.keyword === 'COPY')
        await copy(step, { context, workdir: '/app', files: (other = name) => files(other) });
      if (step.keyword === 'RUN') await build({ root, app: join(files(name), 'app'), command: step.text });
    }
  }
  const stage = stages.at(-1);
  if (!stage) throw new Error('The Dockerfile has no stage.');
  const user = stage.steps.findLast(({ keyword }) => keyword === 'USER')?.args[0] ?? '0:0';
  return { stage, app: join(files(stage.name), 'app'), user, root };
}

async function build({ root, app, command }: { root: string; app: string; command: string }): Promise<void> {
  const child = spawn(
    'unshare',
    [...NAMESPACES, 'sh', '-c', ENTER, 'sh', root, '0:0', app, 'build', NODE, '/bin/sh', '-c', command],
    {
      env: {
        ...process.env,
        PATH,
        HOME: '/root',
        NPM_CACHE: join(homedir(), '.npm'),
        npm_config_prefer_offline: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const { code, output } = await ended(child);
  if (code !== 0) throw new Error(`RUN ${command} ended with ${code}: ${output()}`);
}

const NODE = dirname(process.execPath);
const PATH = '/node:/usr/local/bin:/usr/bin:/bin';

/** Runs a command, CMD unless told, in a container of its own, as the image's user and as process 1. */
export function runContainer(image: Image, settings: Record<string, string>, command = commandOf(image.stage, 'CMD')) {
  const child = spawn(
    'unshare',
    [...NAMESPACES, 'sh', '-c', ENTER, 'sh', image.root, image.user, image.app, 'run', NODE, ...command],
    {
      env: { PATH, NPM_CACHE: '', ...environmentOf(image.stage), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const { output, exited } = watch(child);
  // With it all that runs in there; also where the test ran out of time.
  onTestFinished(async () => {
    // unshare itself would leave it behind: whoever becomes another user no longer dies with its parent.
    const pid = await processOf(child);
    if (pid) process.kill(pid, 'SIGKILL');
    else child.kill('SIGKILL');
    await exited;
  });
  return {
    output,
    exited,
    /** Of process 1 in there, as this machine numbers it: `unshare` itself stays outside. Undefined before it is there. */
    pid: () => processOf(child),
    async signal(name: NodeJS.Signals) {
      const pid = await processOf(child);
      if (pid) process.kill(pid, name);
    },
  };
}

export type Container = ReturnType<typeof runContainer>;

async function processOf({ pid }: ChildProcess): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return Number.parseInt(children, 10) || undefined;
}

function watch(child: ChildProcess) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const exited = new Promise<number | null>(resolve => child.once('close', resolve));
  return { output: () => text, exited };
}

async function ended(child: ChildProcess) {
  const { output, exited } = watch(child);
  return { code: await exited, output };
}
