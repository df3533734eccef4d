import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { FixtureModel } from '../../test/support/pipeline-fixture.js'
import { listedFigures, reportDataset, reportPipeline } from '../../test/support/report-scene.js'
import type { ModelArchive } from '../archive/read-model-archive.js'
import type { Dataset } from '../extract/dataset.js'
import type { IntervalMethod } from '../predictor/uncertainty.js'
import { heldOutPower } from './data/held-out-power.js'
import type { ReportDataset } from './sections/data.js'
import { residualsSection } from './sections/residuals.js'

const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
const label = { pipeline: 'mine', model: 'm' }
const what = { trainer: 'LinearRegressionTrainer', featureGroup: 'BPFOnly', nodeType: 0, seed: 1 }
const table = { levels: [0], lower: [-2], upper: [3] }

function archiveOf(method: IntervalMethod, component = 'platform'): ModelArchive {
  const uncertainty = { components: { [component]: { table, range: 10 } }, coverage: 0.8, method, inputs: [] }
  return { uncertainty } as unknown as ModelArchive
}

/** The last of the rows is 100 W off the line that the others are on. */
function withOutlier(dataset: Dataset): Dataset {
  const [power] = dataset.powers
  const values = power!.values.map((watts, i) => (i === 50 ? watts + 100 : watts))
  return { ...dataset, powers: [{ ...power!, values }] }
}

describe('power that was held out', () => {
  it('has the interval of the archive where that is of errors on what was left out', () => {
    const dataset = reportDataset(features, 100)
    for (const method of ['held-out blocks', 'held-out workloads', 'quantile forest'] as const) {
      const held = heldOutPower(label, what, archiveOf(method), dataset)
      const platform = held!.components[0]!
      assert.equal(platform.component, 'platform')
      assert.ok(Math.abs(platform.lower![20]! - (platform.estimated[20]! - 2)) < 1e-9, method)
      assert.ok(Math.abs(platform.upper![20]! - (platform.estimated[20]! + 3)) < 1e-9, method)
      assert.deepEqual([platform.within, held?.coverage, held?.method], [1, 0.8, 'held-out blocks'])
    }
  })

  it('has no interval of an error that somebody published, or of another component', () => {
    const dataset = reportDataset(features, 100)
    const archives = [archiveOf('published error'), archiveOf('held-out rows'), archiveOf('held-out blocks', 'package')]
    for (const archive of archives) {
      const [platform] = heldOutPower(label, what, archive, dataset)!.components
      assert.deepEqual([platform?.lower, platform?.upper, platform?.within], [undefined, undefined, undefined])
    }
  })

  it('says the share of measurements between the bounds', () => {
    const held = heldOutPower(label, what, archiveOf('held-out blocks'), withOutlier(reportDataset(features, 100)))
    const { measured, lower, upper, within } = held!.components[0]!
    const inside = measured.filter((watts, i) => watts >= lower![i]! && watts <= upper![i]!)
    assert.ok(inside.length < 100 && inside.length > 0)
    assert.equal(within, inside.length / 100)
  })

  it('is every row once, in the order of time, with its usage', () => {
    const held = heldOutPower(label, what, archiveOf('published error'), reportDataset(features, 100))!
    assert.deepEqual(
      held.times,
      Array.from({ length: 100 }, (_, i) => 10 * i),
    )
    assert.deepEqual(held.load, {
      feature: 'bpf_cpu_time_ms',
      values: Array.from({ length: 100 }, (_, i) => 1e6 * i),
    })
    assert.deepEqual(
      held.components[0]?.measured,
      Array.from({ length: 100 }, (_, i) => 10 + i),
    )
    assert.deepEqual([held.pipeline, held.model, held.outside], ['mine', 'm', 0])
    assert.deepEqual([held.gaps, held.findings], [[], []])
  })

  it('is of no more than 1500 rows', () => {
    const rows = (count: number) =>
      heldOutPower(label, what, archiveOf('published error'), reportDataset(features, count))?.times.length
    assert.equal(rows(1500), 1500)
    assert.ok(rows(3100)! <= 1500 && rows(3100)! > 700)
  })

  it('is of the rows of the model’s own node type', () => {
    const dataset = reportDataset(features, 100)
    const mixed = { ...dataset, nodeTypes: Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : 3)) }
    const held = heldOutPower(label, { ...what, nodeType: 3 }, archiveOf('published error'), mixed)
    assert.deepEqual([held?.times.length, held?.times[0]], [40, 600])
  })
})

describe('residuals in a report', () => {
  const of = (path: string, rows = 100): ReportDataset => {
    const [source, outputType, featureGroup] = path.split('/')
    return {
      ...{ source: source!, outputType: outputType as ReportDataset['outputType'], featureGroup: featureGroup! },
      dataset: reportDataset(features, rows),
    }
  }
  const section = async (models: readonly FixtureModel[], datasets: readonly ReportDataset[]) => {
    const { path, pipeline, explained } = await reportPipeline(models)
    const { figures, drawn } = listedFigures()
    const show = () => residualsSection(pipeline, explained, datasets, { figures, seed: 1 })?.body.markup
    return { path, show, drawn }
  }
  const titles = (markup: string | undefined) =>
    [...(markup ?? '').matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title?.replace(/<[^>]+>/g, ''))
  const name = 'LinearRegressionTrainer_0'

  it('are of the group whose chosen model errs least on what was held out', async () => {
    const models: readonly FixtureModel[] = [
      { folder: 'acpi/AbsPower/BPFOnly', name, metadata: { held_out_mae: 3, held_out_se: 0 } },
      { folder: 'acpi/AbsPower/CounterOnly', name, metadata: { held_out_mae: 2, held_out_se: 0 } },
      { folder: 'acpi/AbsPower/IRQOnly', name },
      { folder: 'acpi/DynPower/BPFOnly', name },
    ]
    const groups = ['BPFOnly', 'CounterOnly', 'IRQOnly']
    const { show, drawn } = await section(models, [
      ...groups.map((group) => of(`acpi/AbsPower/${group}`)),
      of('acpi/DynPower/BPFOnly'),
    ])
    assert.deepEqual(titles(show()), [
      'acpi · AbsPower: CounterOnly, LinearRegressionTrainer',
      'acpi · DynPower: BPFOnly, LinearRegressionTrainer',
    ])
    assert.deepEqual(
      drawn.map(({ title, subtitle }) => [title, subtitle?.split(/[;(]/)[0]?.trim()]),
      ['acpi/AbsPower/CounterOnly', 'acpi/DynPower/BPFOnly'].flatMap((path) => [
        ['Measured and estimated power', `mine: ${path}/${name}`],
        ['Residuals by load, on rows that were held out', `mine: ${path}/${name}`],
      ]),
    )
  })

  it('are of the chosen model alone', async () => {
    const models: readonly FixtureModel[] = [
      { folder: 'acpi/AbsPower/BPFOnly', name: 'SGDRegressorTrainer_0', mae: 1 },
      { folder: 'acpi/AbsPower/BPFOnly', name, mae: 2 },
    ]
    const { show } = await section(models, [of('acpi/AbsPower/BPFOnly')])
    assert.deepEqual(titles(show()), ['acpi · AbsPower: BPFOnly, SGDRegressorTrainer'])
  })

  it('need rows of the same source, output type and group', async () => {
    const models: readonly FixtureModel[] = [{ folder: 'acpi/AbsPower/BPFOnly', name }]
    const others = ['rapl-sysfs/AbsPower/BPFOnly', 'acpi/DynPower/BPFOnly', 'acpi/AbsPower/CounterOnly']
    assert.equal(
      (
        await section(
          models,
          others.map((path) => of(path)),
        )
      ).show(),
      undefined,
    )
    assert.equal((await section([], [of('acpi/AbsPower/BPFOnly')])).show(), undefined)
  })

  it('say so where rows are too few, or the archive is damaged', async () => {
    const models: readonly FixtureModel[] = [{ folder: 'acpi/AbsPower/BPFOnly', name }]
    const few = await section(models, [of('acpi/AbsPower/BPFOnly', 9)])
    assert.match(few.show() ?? '', /<h3>.*<\/h3><p>Too few rows/)
    assert.deepEqual(few.drawn, [])
    const enough = await section(models, [of('acpi/AbsPower/BPFOnly', 10)])
    assert.doesNotMatch(enough.show() ?? '', /Too few/)
    assert.equal(enough.drawn.length, 2)
    const damaged = await section(models, [of('acpi/AbsPower/BPFOnly')])
    writeFileSync(join(damaged.path, `acpi/AbsPower/BPFOnly/${name}.zip`), 'no zip')
    assert.match(damaged.show() ?? '', /<h3>.*<\/h3><p>It cannot be shown: /)
    assert.deepEqual(damaged.drawn, [])
  })

  it('are of six kinds at most, in the order of their names', async () => {
    const kinds = ['acpi', 'rapl-sysfs', 'rapl-msr', 'intel_rapl'].flatMap((source) => [
      `${source}/AbsPower/BPFOnly`,
      `${source}/DynPower/BPFOnly`,
    ])
    const models = kinds.map((folder) => ({ folder, name }))
    const { show } = await section(
      models,
      kinds.map((kind) => of(kind)),
    )
    const shown = titles(show()).map((title) => title?.split(':')[0])
    assert.equal(shown.length, 6)
    assert.deepEqual(shown, [...shown].sort())
    assert.equal(shown[0], 'acpi · AbsPower')
  })
})
