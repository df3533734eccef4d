import { nodeOsFeatures } from '../../src/core/feature-group.js'
import { seededRandom } from '../../src/numeric/random.js'
import { trainPipeline } from '../../src/train/train-pipeline.js'
import type { TrainingSet } from '../../src/train/training-set.js'

/** Watts of a guest whose truth a test knows: idle, and so much for all of its processors' user and system time. */
export const guestPower = {
  package: { idle: 6, user: 40, system: 60 },
  core: { idle: 2, user: 30, system: 45 },
  dram: { idle: 3, user: 10, system: 5 },
} as const

export function guestWatts(zone: keyof typeof guestPower, user: number, system: number): number {
  const power = guestPower[zone]
  return power.idle + power.user * user + power.system * system
}

/** Rows of guests that are up to 80 % busy, with all other features at random and without effect. */
function guestSet(): TrainingSet {
  const random = seededRandom(3)
  const rows = 240
  const most: Readonly<Record<string, number>> = {
    node_context_switches_per_second: 40_000,
    node_cpu_frequency_hertz: 0,
    node_load1: 8,
    node_page_faults_per_second: 9000,
    node_memory_used_ratio: 1,
  }
  const x = { rows, cols: nodeOsFeatures.length, data: new Float64Array(rows * nodeOsFeatures.length) }
  const column = (name: (typeof nodeOsFeatures)[number]) => nodeOsFeatures.indexOf(name)
  for (let i = 0; i < rows; i++) {
    nodeOsFeatures.forEach((name, j) => {
      x.data[i * x.cols + j] = random.next() * (most[name] ?? 0.05)
    })
    x.data[i * x.cols + column('node_cpu_user_ratio')] = 0.6 * random.next()
    x.data[i * x.cols + column('node_cpu_system_ratio')] = 0.2 * random.next()
  }
  const watts = (zone: keyof typeof guestPower) =>
    Float64Array.from({ length: rows }, (_, i) => {
      const [user, system] = [
        x.data[i * x.cols + column('node_cpu_user_ratio')]!,
        x.data[i * x.cols + column('node_cpu_system_ratio')]!,
      ]
      return guestWatts(zone, user, system) + 0.05 * random.normal()
    })
  return {
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    group: 'NodeOS',
    nodeType: 0,
    features: nodeOsFeatures,
    x,
    targets: (['package', 'core', 'dram'] as const).map((component) => ({ component, watts: watts(component) })),
    timestamps: Float64Array.from({ length: rows }, (_, i) => 1_700_000_000 + 5 * i),
    workloads: {
      names: ['compile', 'web'],
      ofRow: Int32Array.from({ length: rows }, (_, i) => (i < rows / 2 ? 0 : 1)),
    },
  }
}

/** A pipeline `guests` with a linear model of {@link guestPower}, as `train` writes it. */
export async function guestPipeline(
  parent: string,
): Promise<{ readonly folder: string; readonly zip: string; readonly model: Uint8Array }> {
  const { folder, zip, models } = await trainPipeline({
    parent,
    name: 'guests',
    sets: [guestSet()],
    preprocessed: [],
    absTrainers: ['LinearRegressionTrainer'],
    dynTrainers: [],
    isolator: 'none',
    extractor: 'default',
    threads: 0,
    clock: () => 1_700_000_000_000,
  })
  return { folder, zip, model: models[0]!.model.zip }
}
