import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/platform/config.ts';
import { ROOT } from './dockerfile.ts';
import { type Document, longestStopMs, read, readDocuments, readYaml, SETTING_NAMES } from './settings.ts';

const FOLDER = 'deploy/kubernetes';
const files = globSync(`${FOLDER}/**/*.yaml`, { cwd: ROOT }).filter(file => !file.endsWith('/kustomization.yaml'));
const documents = files.flatMap(file => readDocuments(file).map(document => [file, document] as const));
const named = (kind: string, name?: string): Document =>
  documents.find(([, document]) => document.kind === kind && (!name || document.metadata.name === name))?.[1];
const pods: [string, Document][] = documents
  .filter(([, { spec }]) => spec?.template)
  .map(([, { metadata, spec }]) => [metadata.name, spec.template]);
const shared = parseEnv(read(`${FOLDER}/settings/settings.env`)) as Record<string, string>;
const SECRET = {
  JWT_SECRETS: 'a7c31f0e94b2d856a7c31f0e94b2d856',
  DATABASE_URL: 'postgres://duely:secret@db.example.com:5432/duely',
  SMTP_URL: 'smtps://user:secret@smtp.example.com:465',
};
const configOf = (pod: Document) => {
  const own = Object.fromEntries(
    (pod.spec.containers[0].env ?? []).map(({ name, value }: Document) => [name, value]),
  ) as Record<string, string>;
  return readConfig({ ...shared, ...SECRET, ...own });
};

test.for(
  documents.map(([file, document]) => [`${file}: ${document.kind} ${document.metadata.name}`, document] as const),
)('the published schema takes %s', async ([, document]) => {
  const { [document.kind]: Model } = await import(`kubernetes-models/${document.apiVersion}`);

  expect(() => new Model(document).validate()).not.toThrow();
  expect(document.metadata.namespace).toBeUndefined();
});

test('each kustomization names files that there are, and each manifest is named by one, but for the example', () => {
  const folders = ['', 'migration/', 'settings/'];
  const entries = folders.flatMap(folder => {
    const { resources = [] } = readYaml(`${FOLDER}/${folder}kustomization.yaml`);
    return resources.map((file: string) => `${FOLDER}/${folder}${file}`);
  });

  expect(entries.sort()).toEqual(files.filter(file => !file.endsWith('secret.example.yaml')).sort());
});

describe.for(pods)('the pods of %s', ([name, pod]) => {
  const [container] = pod.spec.containers;

  test('have settings that there are, and start with them in production', () => {
    const names = [...Object.keys(shared), ...(container.env ?? []).map((entry: Document) => entry.name)];

    const config = configOf(pod);

    expect(names.filter((setting: string) => !SETTING_NAMES.has(setting))).toEqual([]);
    expect(config).toMatchObject({
      production: true,
      worker: { 'duely-migrate': 'on', 'duely-api': 'off', 'duely-worker': 'only' }[name],
    });
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'duely' } }, { secretRef: { name: 'duely' } }]);
  });

  test('run as nobody in particular, without privileges, on a tree that they cannot write, with bounds of memory', () => {
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container).toMatchObject({
      image: 'duely',
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
    });
  });
});

describe.for(pods.filter(([name]) => name !== 'duely-migrate'))('the deployment %s', ([name, pod]) => {
  const deployment = named('Deployment', name);
  const [container] = pod.spec.containers;

  test('selects its own pods and no others', () => {
    const { matchLabels } = deployment.spec.selector;

    expect(pod.metadata.labels).toMatchObject(matchLabels);
    expect(pods.filter(([, { metadata }]) => includes(metadata.labels, matchLabels)).map(([other]) => other)).toEqual([
      name,
    ]);
  });

  test('is asked at ports that the server listens on, for its life without its database, and for its readiness', () => {
    const ports = Object.fromEntries(
      container.ports.map(({ name: port, containerPort }: Document) => [port, containerPort]),
    );
    const config = configOf(pod);

    expect(ports).toEqual({ http: config.port, metrics: config.metricsPort });
    expect(container).toMatchObject({
      startupProbe: { httpGet: { path: '/health', port: 'http' } },
      livenessProbe: { httpGet: { path: '/health', port: 'http' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    });
    expect(pod.metadata.annotations['prometheus.io/port']).toBe(String(config.metricsPort));
  });

  test('is given longer to stop than it takes at the most', () => {
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(longestStopMs(configOf(pod)));
  });
});

test('the API keeps serving while it is replaced, moved and scaled', () => {
  const labels = named('Deployment', 'duely-api').spec.selector.matchLabels;
  const scaling = named('HorizontalPodAutoscaler').spec;

  expect(named('Deployment', 'duely-api').spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
  expect(scaling.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'duely-api' });
  expect(scaling.minReplicas).toBeGreaterThan(1);
  expect(named('PodDisruptionBudget').spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } });
});

test('what comes to the domain of PUBLIC_URL goes through the Service to the port of the API', () => {
  const { tls, rules } = named('Ingress').spec;
  const { service } = rules[0].http.paths[0].backend;
  const { spec } = named('Service', service.name);
  const host = new URL(shared.PUBLIC_URL ?? '').hostname;

  expect([tls[0].hosts, rules[0].host]).toEqual([[host], host]);
  expect(spec.ports).toContainEqual({ name: service.port.name, port: 80, targetPort: 'http' });
  expect(spec.selector).toEqual(named('Deployment', 'duely-api').spec.selector.matchLabels);
  expect(shared.TRUST_PROXY).toBe('1');
});

test('the example of a Secret has all that production needs and no settings that there are not, and is refused', () => {
  const { stringData } = named('Secret');

  expect(Object.keys(stringData).filter(name => !SETTING_NAMES.has(name))).toEqual([]);
  expect(Object.keys(stringData).sort()).toEqual(Object.keys(SECRET).sort());
  for (const name of Object.keys(SECRET)) {
    expect(() => readConfig({ ...shared, ...SECRET, [name]: stringData[name] })).toThrow(name);
  }
});

test('kubectl puts both kustomizations together, with the same image and the same settings', ({ skip }) => {
  const runs = ['', '/migration'].map(folder =>
    spawnSync('kubectl', ['kustomize', join(ROOT, FOLDER) + folder], { encoding: 'utf8' }),
  );
  skip(runs[0]?.error !== undefined, 'There is no kubectl here: see https://kubernetes.io/docs/tasks/tools/.');

  const [main = '', migration = ''] = runs.map(({ stdout }) => stdout);
  const images = new Set([...(main + migration).matchAll(/image: (\S+)/g)].map(([, image]) => image));
  const settings = new Set([...(main + migration).matchAll(/configMapRef:\s+name: (\S+)/g)].map(([, name]) => name));

  expect(runs.map(({ status }) => status)).toEqual([0, 0]);
  expect(parseAllDocuments(main).map(document => document.get('kind'))).toContain('ConfigMap');
  expect(images).toEqual(new Set([expect.stringMatching(/^ghcr\.io\/example\/duely:\d+\.\d+\.\d+$/)]));
  expect(settings.size).toBe(1);
});

const includes = (labels: Record<string, string>, wanted: Record<string, string>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);
