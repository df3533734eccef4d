/**
 * Makes `demo/demo-0.1.0.zip`, the pipeline that comes with the package: models of two machines that exist only in the
 * simulator. The same code and Node version give the same bytes.
 *
 *     npx tsx scripts/make-demo-pipeline.ts
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeatureGroup } from '../src/core/feature-group.js'
import type { TrainerName } from '../src/regression/trainers.js'
import { defaultExtractor } from '../src/extract/default.js'
import { profileIsolator } from '../src/isolate/profile.js'
import { profileIdle } from '../src/isolate/profiler.js'
import { defaultMachine, type SimulatedMachine } from '../src/simulate/machine.js'
import { type Scenario, scenarioNamed, type Workload } from '../src/simulate/scenario.js'
import { buildTrainingSets } from '../src/train/build-training-sets.js'
import { trainPipeline } from '../src/train/train-pipeline.js'
import { idleScenario } from '../test/support/idle-scenario.js'
import { simulatedResponse } from '../test/support/simulated-response.js'

const name = 'demo-0.1.0'
const groups: readonly FeatureGroup[] = ['BPFOnly', 'CounterOnly', 'Basic']
/** Small models; three of them give weights, among these the ones that Kepler asks for. */
const trainers: readonly TrainerName[] = [
  'PolynomialRegressionTrainer',
  'LinearRegressionTrainer',
  'SGDRegressorTrainer',
  'LogarithmicRegressionTrainer',
  'LogisticRegressionTrainer',
]
const machines: readonly SimulatedMachine[] = [
  defaultMachine,
  {
    instance: 'node-2',
    nodeType: 1,
    spec: { processor: 'simulated_epyc_8', cores: 8, chips: 1, memory: 32, frequency: 3600 },
    curve: {
      ...defaultMachine.curve,
      packageIdle: 9,
      packageDynamic: 55,
      dramIdle: 2,
      dramDynamic: 6,
      platformBase: 22,
      fans: 6,
    },
  },
]

/** Idle times and full load, of all kinds of work alone and together. */
function everything(): Scenario {
  const idle = idleScenario(scenarioNamed('mixed'))
  const work = (what: string, profile: Workload['profile'], share: number, pattern: Workload['pattern']): Workload => ({
    name: what,
    pod: `${what}-0`,
    namespace: 'default',
    background: false,
    profile,
    pattern,
    share,
  })
  return {
    name: 'demo',
    summary: 'all kinds of work, alone and together',
    workloads: [
      ...idle.workloads,
      work('compute', 'cpu', 0.7, { kind: 'staircase', steps: 6, seconds: 40 }),
      work('memory', 'memory', 0.4, { kind: 'bursts', on: 40, off: 90, level: 1 }),
      work('network', 'network', 0.3, { kind: 'bursts', on: 50, off: 120, level: 1 }),
      work('storage', 'storage', 0.15, { kind: 'bursts', on: 30, off: 110, level: 1 }),
    ],
  }
}

const prepared = machines.map((machine, i) => {
  const scenario = everything()
  const { profile } = profileIdle(
    simulatedResponse({ scenario: idleScenario(scenario), machine, seed: 100 + i, duration: 300 }),
  )
  return buildTrainingSets(simulatedResponse({ scenario, machine, seed: 10 + i, duration: 3600, step: 5 }), {
    sources: ['rapl-sysfs', 'acpi'],
    outputTypes: ['AbsPower', 'DynPower'],
    groups,
    extractor: defaultExtractor(),
    isolator: () => profileIsolator(profile),
  })
})

const folder = mkdtempSync(join(tmpdir(), 'demo-'))
try {
  const { zip, models, failures } = await trainPipeline({
    name,
    parent: folder,
    sets: prepared.flatMap(({ sets }) => sets),
    preprocessed: [],
    absTrainers: trainers,
    dynTrainers: trainers,
    isolator: 'profile',
    extractor: 'default',
    machines: new Map(machines.map(({ nodeType, spec, instance }) => [nodeType, { spec, members: [instance] }])),
    arguments: { script: 'scripts/make-demo-pipeline.ts' },
    description: {
      demonstration: true,
      note: 'Trained on simulated machines, to try the system with. Its watts are those of no real machine.',
    },
    // The day this script was written, so that the same models are the same file.
    clock: () => Date.UTC(2026, 10, 23),
  })
  mkdirSync('demo', { recursive: true })
  copyFileSync(zip, `demo/${name}.zip`)
  console.log(`demo/${name}.zip: ${models.length} models, ${statSync(zip).size} bytes, ${failures.length} failures`)
} finally {
  rmSync(folder, { recursive: true })
}
