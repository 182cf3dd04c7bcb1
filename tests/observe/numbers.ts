import { createRequire } from 'node:module';
import { z } from 'zod';

const Sample = z.object({ labels: z.record(z.string(), z.string()).optional(), value: z.string().optional() }).loose();
const Families = z.array(
  z.object({ name: z.string(), help: z.string(), type: z.string(), metrics: z.array(Sample) }).loose(),
);
export type Family = z.infer<typeof Families>[number];

/** Ported from Prometheus' own client for Python. It has no types, and of histograms no labels. */
const parse: (text: string) => unknown = createRequire(import.meta.url)('parse-prometheus-text-format');

export interface Numbers {
  readonly families: readonly Family[];
  /** The value of a counter or gauge, or the count of a histogram; undefined where there is none with these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** All values of a label. */
  labels(name: string, label: string): string[];
}

export async function readNumbers(url: string): Promise<Numbers> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered with ${response.status}.`);
  const text = await response.text();
  const families = Families.parse(parse(text));
  const samplesOf = (name: string) => families.find(family => family.name === name)?.metrics ?? [];
  return {
    families,
    value(name, labels = {}) {
      const wanted = Object.entries(labels);
      const sample = samplesOf(name).find(
        one =>
          wanted.every(([label, value]) => one.labels?.[label] === value) &&
          Object.keys(one.labels ?? {}).length === wanted.length,
      );
      return sample?.value === undefined ? countOf(text, name, wanted) : Number(sample.value);
    },
    labels: (name, label) => [...new Set(samplesOf(name).map(one => one.labels?.[label] ?? ''))],
  };
}

function countOf(text: string, name: string, wanted: readonly (readonly [string, string])[]): number | undefined {
  const expected = wanted.map(([label, value]) => `${label}="${value}"`).toSorted();
  for (const [, labels = '', value] of text.matchAll(new RegExp(`^${name}_count(?:{(.*)})? (\\S+)$`, 'gm'))) {
    if (labels.split(',').filter(Boolean).toSorted().join() === expected.join()) return Number(value);
  }
  return undefined;
}
