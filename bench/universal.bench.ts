/**
 * How far the model of all machines is from measured watts of machines that it was not shown, and how often its interval
 * covers them, beside Kepler's nearest node type on the same folds; then how long an answer takes:
 *
 *     npm run bench -- universal                     print the figures, about ten minutes
 *     npx tsx bench/universal.bench.ts dates zones   some of them
 *     npx tsx bench/universal.bench.ts --write       write them to docs/universal-accuracy.md
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { seededRandom } from '../src/numeric/random.js'
import { type CalibrationPoint, loadCorrelation } from '../src/universal/calibration.js'
import { coverageFactors } from '../src/universal/coverage.js'
import { type CurveModelParameters, curveModel, fitCurveModel } from '../src/universal/curve-model.js'
import { type RawFeatures, rawFeatures } from '../src/universal/features.js'
import { openUniversalModel, readUniversalModel } from '../src/universal/file/model-file.js'
import { lateFactors } from '../src/universal/late-coverage.js'
import { hasWholeCurve, type MachineDescription, type MeasuredMachine } from '../src/universal/machine.js'
import { type Novelty, noveltyOf } from '../src/universal/novelty.js'
import { type UniversalModel, universalModel } from '../src/universal/universal-model.js'
import { cpuTime } from './support/universal/cpu-time.js'
import { leftOutNodeTypes } from './support/universal/left-out-node-types.js'
import { nearestNodeType } from './support/universal/nearest-type.js'
import { type Said, type Scores, scoresOf } from './support/universal/scores.js'
import { dateSplit, groupedFolds, type Split, vendorSplits } from './support/universal/splits.js'

const path = 'models/universal.json'
const text = readFileSync(path, 'utf8')
const file = readUniversalModel(text, path)
const { machines } = file
const raw = machines.map(rawFeatures)
const keys = (name: 'group' | 'family') => raw.map(({ categories }) => categories[name] ?? '?')
const lines: string[] = []

interface Fold {
  readonly model: UniversalModel
  readonly nearest: (machine: MeasuredMachine) => Float64Array
  readonly novelty: (machine: RawFeatures) => Novelty
  readonly test: readonly number[]
}

/**
 * A model a split. The parameters of the kernels are searched on what teaches in the first split and kept for the others of
 * a protocol, as the search takes long; everything else is made anew.
 */
function* foldsOf(splits: readonly Split[]): Generator<Fold> {
  let found: CurveModelParameters | undefined
  for (const { train, test } of splits) {
    const rows = train.map((i) => machines[i]!)
    const curves = found ? curveModel(rows, found) : fitCurveModel(rows)
    found ??= {
      full: { theta: curves.parameters.full.theta },
      idle: { theta: curves.parameters.idle.theta },
      shapes: curves.parameters.shapes.map(({ theta }) => ({ theta })),
    }
    // Only where the machines tried are younger than the table does it matter how late they are.
    const isLater = train.every((i) =>
      test.every((k) => (machines[i]!.published ?? '') <= (machines[k]!.published ?? '')),
    )
    const model = universalModel(curves, {
      coverage: coverageFactors(curves),
      late: isLater ? lateFactors(rows, found) : { known: 1, unknown: 1 },
      correlation: loadCorrelation(curves),
    })
    yield { model, nearest: nearestNodeType(rows), novelty: noveltyOf(curves.raw), test }
  }
}

function say(line: string): void {
  console.log(line)
  lines.push(line)
}

function three({ idle, full, curve }: Scores['error'], digits = 1): string {
  return [idle, full, curve].map((value) => (Number.isNaN(value) ? '-' : value.toFixed(digits))).join(' / ')
}

function row(name: string, scores: Scores, nearest?: Scores): string {
  const { machines: count, curves, error, covered, width } = scores
  const middle = Number.isNaN(covered.middle) ? '-' : covered.middle.toFixed(0)
  const others = nearest ? three(nearest.error) : ''
  return `| ${name} | ${count} (${curves}) | **${three(error)}** | ${others} | ${three(covered, 0)} | ${middle} | ${width.toFixed(0)} |`
}

const header = [
  '| held out | machines (curves) | off by, % | nearest node type | covered, % | middle loads | width at 50 %, % |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
]

function protocol(name: string, splits: readonly Split[]): void {
  const said: (Said & { readonly novelty: Novelty })[] = []
  const near: Said[] = []
  for (const { model, nearest, novelty, test } of foldsOf(splits)) {
    for (const i of test) {
      const machine = machines[i]!
      said.push({ ...model.answer(withoutWatts(machine)), machine, novelty: novelty(raw[i]!) })
      near.push({ machine, watts: nearest(machine) })
    }
  }
  const slice = (title: string, keep: (s: (typeof said)[number]) => boolean) => {
    const own = said.filter(keep)
    if (own.length === 0 || own.length === said.length) return
    say(row(`- ${title}`, scoresOf(own), scoresOf(near.filter((_, k) => keep(said[k]!)))))
  }
  say(row(name, scoresOf(said), scoresOf(near)))
  slice('processor known', ({ novelty }) => novelty === 'processor')
  slice('family known', ({ novelty }) => novelty === 'family')
  slice('family new', ({ novelty }) => novelty === 'new')
  slice('published 2020 and later', ({ machine }) => (machine.published ?? '') >= '2020')
}

function withoutWatts({ watts: _, ...machine }: MeasuredMachine): MachineDescription {
  return machine
}

type Forget = (machine: MachineDescription) => MachineDescription
const missing: Readonly<Record<string, Forget>> = {
  'all fields': (machine) => machine,
  'no power supply, no form': ({ supply: _s, form: _f, ...machine }) => machine,
  'no vendor': ({ vendor: _, ...machine }) => machine,
  'no TDP': ({ tdp: _, ...machine }) => machine,
  'no memory': ({ memory: _, ...machine }) => machine,
  'no frequency': ({ megahertz: _, ...machine }) => machine,
  'no processor name': ({ processor: _, ...machine }) => machine,
  'name, cores, chips': ({ processor, cores, chips }) => pick({ processor, cores, chips }),
  'name, threads': ({ processor, threads }) => pick({ processor, threads }),
  'maker, threads': ({ processor = '', threads }) =>
    pick({ processor: /amd|epyc|opteron/i.test(processor) ? 'AMD' : 'Intel', threads }),
  nothing: () => ({}),
}

function pick(
  fields: { readonly [K in keyof MachineDescription]: MachineDescription[K] | undefined },
): MachineDescription {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const measuredAt: Readonly<Record<string, readonly number[]>> = {
  nothing: [],
  idle: [0],
  '50 %': [5],
  '100 %': [10],
  'idle, 50 %': [0, 5],
  'idle, 100 %': [0, 10],
  '30 %, 70 %': [3, 7],
  'idle, 50 %, 100 %': [0, 5, 10],
}

/** Both with processors held out: every third machine without fields, every whole curve with points. */
function missingAndCalibration(splits: readonly Split[]): void {
  const without = new Map<string, Said[]>(Object.keys(missing).map((name) => [name, []]))
  const calibrated = new Map<string, Said[]>(Object.keys(measuredAt).map((name) => [name, []]))
  const random = seededRandom(0)
  for (const { model, test } of foldsOf(splits)) {
    for (const i of test) {
      const machine = machines[i]!
      if (i % 3 === 0) {
        for (const [name, forget] of Object.entries(missing))
          without.get(name)!.push({ ...model.answer(forget(withoutWatts(machine))), machine })
      }
      if (!hasWholeCurve(machine)) continue
      for (const [name, loads] of Object.entries(measuredAt)) {
        // The owner's meter is off by 2 % as well.
        const points = loads.map(
          (u): CalibrationPoint => ({ load: u / 10, watts: machine.watts[u]! * Math.exp(0.02 * random.normal()) }),
        )
        calibrated.get(name)!.push({ ...model.answer(withoutWatts(machine), points), machine })
      }
    }
  }
  say('\n## What is known of the machine\n\nProcessors held out, every third machine.\n')
  for (const line of header) say(line)
  for (const [name, said] of without) say(row(name, scoresOf(said)))
  say('\n## With measurements of the owner\n\nProcessors held out; each point is right to 2 %.\n')
  for (const line of header) say(line)
  for (const [name, said] of calibrated) say(row(name, scoresOf(said)))
}

/** Packages and memory: node types of the published pipeline left out, with all types of their processor. */
async function leftOutTypes(): Promise<void> {
  say('\n## Packages and memory\n')
  say(
    'Each node type of the published pipeline of RAPL left out, with all of its processor: how far the most similar other',
  )
  say(
    'type and the universal model are, in percent on the mean over the loads, from what the models of the type itself say.\n',
  )
  say('Covered: how many of the eleven loads are inside the 90 % interval, of packages and of memory.\n')
  say(
    '| node type | package | nearest node type | memory | nearest node type | dynamic, package | nearest node type | covered |',
  )
  say('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  const kinds = [
    ['package', 'AbsPower'],
    ['dram', 'AbsPower'],
    ['package', 'DynPower'],
  ] as const
  const columns = await Promise.all(kinds.map(([component, outputType]) => leftOutNodeTypes(component, outputType)))
  const off = (said: readonly number[], own: readonly number[]) => {
    const shares = own.flatMap((watts, u) => (watts >= 1 ? [Math.abs(said[u]! / watts - 1)] : []))
    return shares.length === 0 ? Number.NaN : (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length
  }
  const errors = columns.map((types) =>
    types?.map((type) => [off(type.universal, type.own), off(type.ofNearest, type.own)]),
  )
  const shown = (values: readonly (readonly number[] | undefined)[]) =>
    values
      .flatMap((pair) => pair ?? [Number.NaN, Number.NaN])
      .map((value, k) => (Number.isNaN(value) ? '-' : k % 2 === 0 ? `**${value.toFixed(0)}**` : value.toFixed(0)))
      .join(' | ')
  columns[0]?.forEach(({ spec }, i) => {
    const covered = [columns[0], columns[1]].map((column) => column?.[i]?.covered ?? '-').join(' / ')
    say(`| ${spec.processor}, ${spec.memory} GB | ${shown(errors.map((column) => column?.[i]))} | ${covered} |`)
  })
  const mean = (column: readonly (readonly number[])[] | undefined) =>
    [0, 1].map((k) => {
      const known = (column ?? []).map((pair) => pair[k]!).filter((value) => !Number.isNaN(value))
      return known.reduce((sum, value) => sum + value, 0) / known.length
    })
  if (columns[0]) say(`| mean | ${shown(errors.map(mean))} | |`)
  else say('The published pipeline is not here.')
}

/** Processor time, beside that of finding the nearest node type of the same table. */
function speed(): void {
  const whole = withoutWatts(machines.find(({ processor }) => processor === 'AMD EPYC 9654') ?? machines[0]!)
  const few = { processor: 'AMD EPYC 9654', chips: 2, memory: 384 }
  const model = openUniversalModel(file)
  const nearest = nearestNodeType(machines)
  const rows: readonly (readonly [string, number])[] = [
    ['read the file', cpuTime(() => readUniversalModel(text, path), 5, 2)],
    ['make the model of it', cpuTime(() => openUniversalModel(file), 5, 1)],
    ['an answer, all fields known', cpuTime(() => model.answer(whole), 11, 20)],
    ['an answer, processor, chips and memory known', cpuTime(() => model.answer(few), 11, 20)],
    ['nearest node type', cpuTime(() => nearest(machines[0]!), 11, 20)],
  ]
  say('\n## Time\n\nProcessor time of one core.\n\n| | ms |\n| --- | ---: |')
  for (const [what, milliseconds] of rows) say(`| ${what} | ${milliseconds.toFixed(2)} |`)
}

function heldOut(): void {
  say('## Machines held out\n\nEach figure: idle / full load / the whole curve.\n')
  for (const line of header) say(line)
}

const byProcessor = groupedFolds(keys('group'), 10)
/** What is measured, in order; arguments name some of it. */
const sections: Readonly<Record<string, () => void | Promise<void>>> = {
  processors() {
    heldOut()
    protocol('processor, ten folds', byProcessor)
  },
  families: () => protocol('family, eight folds', groupedFolds(keys('family'), 8)),
  vendors: () => protocol('vendor', vendorSplits(raw)),
  dates() {
    protocol('2020 and later', [dateSplit(machines, '2020')])
    protocol('2023 and later', [dateSplit(machines, '2023')])
  },
  missing: () => missingAndCalibration(byProcessor),
  zones: leftOutTypes,
  time: speed,
}
const named = process.argv.slice(2).filter((argument) => argument in sections)
for (const [name, section] of Object.entries(sections)) {
  if (named.length === 0 || named.includes(name)) await section()
}

if (process.argv.includes('--write') && named.length === 0) {
  writeFileSync(
    'docs/universal-accuracy.md',
    `# Accuracy of the universal model

${file.sources.map(({ name, url, note }) => `${name}${url ? ` (${url})` : ''}: ${note ?? ''}`).join('\n\n')}

How far off the model is on machines that it was not shown, the mean of |estimate / measured - 1|, and how many of the measured
watts are inside its 90 % interval. Beside it Kepler's nearest node type on the same folds. Written by
\`npx tsx bench/universal.bench.ts --write\`; [universal.md](universal.md) explains the model.

${lines.join('\n')}
`,
  )
}
