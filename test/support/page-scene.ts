import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LiveJson } from '../../src/api/live-answers.js'
import { zipFiles } from '../../src/archive/write-model-archive.js'
import type { MachineSpec } from '../../src/core/machine-spec.js'
import { createModelServerApp } from '../../src/http/model-server-app.js'
import type { OnlineStatus } from '../../src/online/status.js'
import { pipelineVersions, type Versions } from '../../src/online/versions/versions.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { openModelSelector } from '../../src/selection/open-model-selector.js'
import { createUniversalModels } from '../../src/selection/universal/universal-models.js'
import { createCurveSource } from '../../src/universal/curve-source.js'
import { createMachinePowers } from '../../src/universal/machine-powers.js'
import { fakeOnlineStatus } from './online-status.js'
import { bpf, pipelineFiles, zipOf } from './pipeline-fixture.js'
import { temporaryFolder } from './temporary-folder.js'
import { testArchive } from './test-model.js'

/** A server of the page, on a port of its own. */
export interface PageScene {
  /** With a slash at its end. */
  readonly url: string
  readonly versions: Versions
  close(): Promise<void>
}

export interface PageSceneOptions {
  /** Folder that the page was built into. */
  readonly page: string
  /** Zips of pipelines. */
  readonly pipelines: readonly string[]
  /** Who may change versions. */
  readonly token?: string
  /** @default a free one */
  readonly port?: number
  /** @default true */
  readonly online?: boolean
  /** Whether models are made for machines that no pipeline has. @default true */
  readonly universal?: boolean
}

/** The machine that the server says it runs on. */
const machine: MachineSpec = { processor: 'intel_xeon_gold_6242', cores: 64, chips: 2, memory: 192, frequency: 3900 }

const question = { machine: { processor: 'Intel Xeon Gold 6242', chips: 2, threads: 64, memory: 192 } }

export async function startPageScene({
  page,
  pipelines,
  token,
  online = true,
  universal = true,
  port = 0,
}: PageSceneOptions): Promise<PageScene> {
  const folder = temporaryFolder()
  for (const path of pipelines) copyFileSync(path, join(folder, path.replace(/^.*\//, '')))
  const powers = createMachinePowers()
  const models = createUniversalModels({
    powers,
    own: () => ({ spec: machine, question }),
    errorKey: 'mae',
    startedAt: Date.parse('2026-11-28T08:00:00Z'),
  })
  const selector = await openModelSelector({
    ...(universal && { universal: models }),
    modelPath: folder,
    preference: { defaults: { 'rapl-sysfs': 'ec2-0.7.11', acpi: 'specpower-0.7.11' }, local: '' },
    pollInterval: 0,
    logger: silentLogger,
  })
  const versions = await publishedVersions(temporaryFolder())
  const app = createModelServerApp({
    selector,
    logger: silentLogger,
    limits: { maxBodyBytes: 1_048_576, requestTimeout: 10, idleTimeout: 65, maxConnections: 100 },
    version: JSON.parse(readFileSync('package.json', 'utf8')).version,
    token,
    pageFolder: page,
    thisMachine: () => machine,
    curves: {
      source: createCurveSource(powers),
      thisMachine: () => question,
    },
    live: { latest: liveReadings() },
    ...(online && { online: { status: () => status(versions), metrics: async () => '', versions } }),
  })
  const url = await app.listen({ host: '127.0.0.1', port })
  return {
    url: `${url}/`,
    versions,
    async close() {
      await app.close()
      await selector.close()
    },
  }
}

/** The published pipelines, where they are on this machine. */
export function publishedPipelines(): readonly string[] {
  const folder = '../shared/data/model-db'
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => join(folder, name))
}

/** The pipeline that comes with the package: trained here, on a simulated machine. */
export const trainedPipeline = 'demo/demo-0.1.0.zip'

const long = 'x'.repeat(300)
export const hostileNames = {
  group: '<img src=x onerror=alert(1)>',
  rightToLeft: 'نموذج الطاقة رقم ١',
  feature: `<script>alert(document.domain)<\\script>${long}`.slice(0, 250),
  processor: `"><svg onload=alert(2)> ${long}`.slice(0, 256),
}

/** A pipeline whose names are those of somebody who wants to harm the page. */
export async function hostilePipeline(): Promise<string> {
  const { group, rightToLeft, feature, processor } = hostileNames
  const path = join(temporaryFolder(), 'hostile-1.0.zip')
  const features = [...bpf, feature]
  const nodeTypes = {
    '0': { attrs: { processor, cores: 8, chips: 1, memory: 16, frequency: 2000 }, members: ['a'] },
    '1': { attrs: { processor: rightToLeft, cores: 1e9, chips: 1, memory: 1e12 }, members: [] },
  }
  const models = [
    { name: `${'Trainer'.repeat(12)}_0`, folder: `rapl-sysfs/AbsPower/${group}`, features, weights: true },
    { name: 'SVRRegressorTrainer_1', folder: `rapl-sysfs/AbsPower/${rightToLeft}`, features, mae: 1e300 },
    { name: 'XgboostFitTrainer_1', folder: `rapl-sysfs/AbsPower/${long}`, features: bpf, mae: 1e-12 },
  ]
  const sound = await testArchive({
    features,
    metadata: { note: `${group}\u202e${rightToLeft}`, mae: 5, held_out_mae: 6, held_out_se: 1 },
  })
  const files = {
    ...pipelineFiles(models, nodeTypes),
    'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_1.zip': sound,
  }
  writeFileSync(path, zipOf(files))
  return path
}

/** Three versions, of which the last is served, with the reasons that a trainer would give. */
async function publishedVersions(folder: string): Promise<Versions> {
  const versions = pipelineVersions(folder, 'std', 5)
  const reasons = [
    'first models, 7.9 % off',
    '3 slots are better by 18 %',
    'the machine draws more than before: drift since 09:12',
  ]
  for (const [i, why] of reasons.entries()) {
    const number = i + 1
    mkdirSync(dirname(versions.candidatePath), { recursive: true })
    const metadata = JSON.stringify({ name: 'std', version: number })
    writeFileSync(versions.candidatePath, zipFiles(new Map([['metadata.json', metadata]])))
    await versions.publish(number)
    // As if it had been on that day.
    const published = new Date(`2026-11-2${number}T09:30:00Z`)
    for (const { number: one, path } of await versions.list())
      if (one === number) utimesSync(path, published, published)
    const slots = {
      'rapl-sysfs/AbsPower/BPFOnly/0': { verdict: 'better', why: '4.1 W off on held-out rows, served 5.0 W' },
      'acpi/AbsPower/BPFOnly/0': {
        verdict: 'too_quiet',
        why: 'the machine did nothing: there is nothing to learn from',
      },
    }
    await versions.log({ time: `2026-11-2${number}T09:30:00.000Z`, action: 'published', version: number, why, slots })
    await versions.log({
      time: `2026-11-2${number}T10:30:00.000Z`,
      action: 'kept',
      why: 'no candidate is better',
      slots,
    })
  }
  return versions
}

function status(versions: Versions): OnlineStatus {
  const slot = { outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 } as const
  return {
    ...fakeOnlineStatus({ pipeline: 'std' }),
    rounds: { published: 3, kept: 41, waiting: 2, failed: 1 },
    lastRound: 'kept version 3: no candidate is better on held-out measurements',
    lastRoundAt: Date.parse('2026-11-23T10:30:00Z'),
    lastPublishAt: Date.parse('2026-11-23T09:30:00Z'),
    history: { seconds: 86_400, bytes: 48_300_000 },
    machines: { metered: 4, no_meter: 12 },
    guests: { joined: 5, not_joined: 2, no_label: 1 },
    findings: { counter_reset: 2 },
    served: [
      {
        slot: { ...slot, source: 'rapl-sysfs' },
        model: 'SGDRegressorTrainer_0',
        rows: 96,
        watts: 4.4,
        percent: 3.1,
        ratio: 1.1,
      },
      { slot: { ...slot, source: 'acpi' }, model: 'XgboostFitTrainer_0', rows: 96, watts: 31, percent: 12, ratio: 2.6 },
    ],
    servedVersion: versions.liveNumber(),
  }
}

/** A meter whose machine works more and more. */
function liveReadings(): () => Promise<LiveJson> {
  let count = 0
  return async () => {
    const load = 0.3 + 0.2 * Math.sin(count++ / 3)
    const zone = (name: string, watts: number) => ({
      zone: name,
      watts,
      low: watts * 0.8,
      high: watts * 1.2,
      out_of_range: false,
    })
    return {
      model: { kind: 'universal', name: 'spec-2026' },
      utilisation: load,
      gap: null,
      zones: [zone('psys', 90 + 240 * load), zone('package', 40 + 150 * load), zone('dram', 12 + 10 * load)],
    }
  }
}
