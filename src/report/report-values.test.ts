import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  listedFigures,
  reportDataset,
  reportEntry,
  reportPipeline,
  tableCells,
} from '../../test/support/report-scene.js'
import { nodeTypes } from '../../test/support/pipeline-fixture.js'
import type { ModelArchive } from '../archive/read-model-archive.js'
import { featuresOf } from '../core/feature-group.js'
import type { Pipeline } from '../registry/pipeline.js'
import { heldOutPower } from './data/held-out-power.js'
import { modelCards } from './data/model-card.js'
import { cardHtml } from './parts/card.js'
import { watts } from './parts/table.js'
import { chosenSection } from './sections/chosen.js'
import { curvesSection } from './sections/curves.js'
import { dataSection, type ReportData } from './sections/data.js'
import { qualitySection } from './sections/quality.js'

const pipelineOf = (members: Readonly<Record<number, number>> = {}) =>
  ({
    ...{ name: 'mine', entries: [], specOf: () => undefined },
    nodeTypes: Object.entries(members).map(([id, count]) => ({ id: Number(id), spec: {}, members: count })),
  }) as unknown as Pipeline
const chosen = (path: string, nodeType: number, rank = 1) => ({
  ...{ model: reportEntry('A', nodeType, {}, path), rank, why: `why ${nodeType}` },
})
const column = (markup: string, at: number) =>
  tableCells(markup)
    .slice(1)
    .map((row) => row[at])

describe('the chosen models', () => {
  it('stand by source, output type and group, those of the most machines first in each', () => {
    const [basic, counter] = ['acpi/AbsPower/Basic', 'acpi/AbsPower/CounterOnly'] as const
    const explained = [chosen(counter, 2), chosen(basic, 1), chosen(counter, 3), chosen(basic, 0), chosen(basic, 7, 2)]
    const { markup } = chosenSection(pipelineOf({ 0: 5, 2: 1, 3: 4 }), explained).body
    assert.deepEqual(tableCells(markup).slice(1), [
      ['acpi', 'AbsPower', 'Basic', '0', 'A', 'why 0'],
      ['acpi', 'AbsPower', 'Basic', '1', 'A', 'why 1'],
      ['acpi', 'AbsPower', 'CounterOnly', '3', 'A', 'why 3'],
      ['acpi', 'AbsPower', 'CounterOnly', '2', 'A', 'why 2'],
    ])
  })

  it('are of the most machines where they are cut, of types without any last', () => {
    const explained = Array.from({ length: 62 }, (_, i) => chosen('acpi/AbsPower/Basic', i))
    const types = column(chosenSection(pipelineOf({ 60: 2, 61: 3 }), explained).body.markup, 3)
    assert.deepEqual([types.length, types[0], types[1]], [60, '61', '60'])
  })
})

describe('quality', () => {
  const figuresOf = (...entries: readonly ReturnType<typeof reportEntry>[]) => {
    const { figures, drawn } = listedFigures()
    const explained = entries.map((model, i) => ({ model, rank: entries.length - i, why: '' }))
    const { markup } = qualitySection(pipelineOf(), explained, figures).body
    return { markup, titles: drawn.map(({ title }) => title) }
  }

  it('is drawn by held-out errors where one slot of several has some', () => {
    const heldOut = { mae: 1, held_out_mae: 2, held_out_se: 0 }
    assert.deepEqual(figuresOf(reportEntry('A', 0, { mae: 1 }), reportEntry('A', 1, heldOut)).titles, [
      'Errors by trainer',
    ])
  })

  it('has the models of a slot by rank, with what was held out and what the metadata says', () => {
    const folds = { time_fold_1: 1, time_fold_2: 3, workload_fold_1: 4 }
    const { markup } = figuresOf(
      reportEntry('Worse', 0, { mae: 3 }),
      reportEntry('Better', 0, { mae: 1, mape: 5, held_out_mae: 2, held_out_se: 0.5, ...folds }),
    )
    assert.deepEqual(
      tableCells(markup)
        .slice(1)
        .map((row) => row.slice(2, 8)),
      [
        ['1', 'Better', '2.00 ± 0.50', '1.00 to 4.00', '1.00', '5.00'],
        ['2', 'Worse', '–', '–', '3.00', '–'],
      ],
    )
    assert.match(markup, /<span class="chosen"><bdi>Better/)
    assert.doesNotMatch(markup, /<span class="chosen"><bdi>Worse/)
  })
})

describe('curves', () => {
  it('are of absolute power alone, a picture a source', async () => {
    const { figures, drawn } = listedFigures()
    const models = (...folders: readonly string[]) => folders.map((folder) => ({ folder, name: 'A_0' }))
    const { pipeline } = await reportPipeline(
      models('acpi/AbsPower/BPFOnly', 'acpi/DynPower/BPFOnly', 'redfish/DynPower/BPFOnly', 'hmc/AbsPower/BPFOnly'),
    )
    const section = curvesSection(pipeline, 'mae', figures)
    assert.equal(section?.body.markup, '<figure>Power curves of mine</figure>'.repeat(2))
    assert.deepEqual(
      drawn.map(({ subtitle }) => subtitle?.split(';')[0]),
      ['acpi/AbsPower/BPFOnly', 'hmc/AbsPower/BPFOnly'],
    )
    const { pipeline: dynamic } = await reportPipeline(models('acpi/DynPower/BPFOnly'))
    assert.equal(curvesSection(dynamic, 'mae', figures), undefined)
  })
})

describe('data', () => {
  const section = (more: Partial<ReportData>) =>
    dataSection({ datasets: [], findings: [], failures: [], ...more }, listedFigures().figures).body.markup
  const datasets: ReportData['datasets'] = [
    { source: 'acpi', outputType: 'AbsPower', featureGroup: 'BPFOnly', dataset: reportDataset(['bpf_cpu_time_ms']) },
  ]

  it('has rows, time and step of each dataset, and the range of each column', () => {
    const cells = tableCells(section({ datasets }))
    assert.deepEqual(cells[1], ['acpi', 'AbsPower', 'BPFOnly', '3', '1970-01-01 00:00:00 to 00:00:20 UTC', '10'])
    assert.deepEqual(cells.slice(2), [
      ['Column', 'Lowest', 'Mean', 'Highest'],
      ['platform (W)', '10', '11', '12'],
      ['bpf_cpu_time_ms (ms/s)', '0', '1.00e+6', '2.00e+6'],
    ])
    const [first] = datasets
    const none = { ...first!, dataset: reportDataset(['x'], 0) }
    assert.deepEqual(tableCells(section({ datasets: [none] })).at(-1), ['x (1/s)', '–', '0', '–'])
  })

  it('says whether something is wrong, was not, or is not known', () => {
    assert.match(section({ findings: undefined }), /<p>What was wrong with the data is not kept/)
    assert.match(section({}), /<p>Nothing was found wrong/)
    const finding = { kind: 'reset', metric: 'm', count: 2, example: 'e', effect: 'left out' } as never
    const one = section({ findings: [finding] })
    assert.match(one, /class="warning">1 finding;/)
    assert.deepEqual(tableCells(one)[1], ['m', 'reset', '2', 'left out', 'e'])
    assert.match(section({}), /There are no rows to show/)
  })
})

describe('cards', () => {
  it('are of the chosen models of the most machines first', async () => {
    const folder = 'acpi/AbsPower/BPFOnly'
    const names = ['A_0', 'A_1', 'B_10', 'C_10']
    const { pipeline, explained } = await reportPipeline(
      names.map((name) => ({ folder, name, mae: name.startsWith('C') ? 2 : 1 })),
      nodeTypes,
    )
    const cards = modelCards(pipeline, [...explained].reverse(), 9)
    assert.deepEqual(cards.map(({ entry, rank, members }) => [entry.name, rank, members]).slice(0, 1), [['B_10', 1, 2]])
    assert.deepEqual([cards.at(-1)?.entry.name, cards.at(-1)?.rank], ['C_10', 2])
    assert.deepEqual(cards[0]?.machine?.processor, 'large')
    assert.equal(modelCards(pipeline, explained, 2).length, 2)
    // Of a type that the index does not have nobody knows the machines.
    const other = explained.map((one) => ({ ...one, model: { ...one.model, nodeType: 99 } }))
    assert.deepEqual(
      [modelCards(pipeline, other, 1)[0]?.members, modelCards(pipeline, other, 1)[0]?.machine],
      [0, undefined],
    )
  })

  it('warn of a model that is not to be used', async () => {
    const { pipeline, explained } = await reportPipeline([{ name: 'A_0' }])
    const [card] = modelCards(pipeline, explained, 1)
    assert.doesNotMatch(cardHtml(card!, 'mine').markup, /class="warning"/)
    const unfit = { ...card!, heldOut: { ...card!.heldOut, unfit: 'it is wild' } }
    assert.match(cardHtml(unfit, 'mine').markup, /<p class="warning">Not to be used while another can be: it is wild\./)
  })

  it('have watts of two digits, large ones in powers of ten, and a dash for none', () => {
    assert.deepEqual([undefined, Number.NaN, Number.POSITIVE_INFINITY].map(watts), ['–', '–', '–'])
    assert.deepEqual([0, 1.005, 99_999.99, 1e5].map(watts), ['0.00', '1.00', '99999.99', '1.0e+5'])
  })
})

describe('what was held out', () => {
  const archive = { uncertainty: { components: {}, coverage: 0.9, method: 'held-out blocks', inputs: [] } }
  const held = (more: object, features: readonly string[] = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']) => {
    const what = { trainer: 'LinearRegressionTrainer', featureGroup: 'BPFOnly', nodeType: 0, seed: 1, ...more }
    const label = { pipeline: 'p', model: 'm' }
    return heldOutPower(label, what, archive as unknown as ModelArchive, reportDataset(features, 40))
  }

  it('is nothing of a trainer, a group or a node type that is not known', () => {
    assert.notEqual(held({}), undefined)
    for (const unknown of [{ trainer: 'Nobody' }, { featureGroup: 'Nothing' }, { nodeType: 1 }]) {
      assert.equal(held(unknown), undefined, JSON.stringify(unknown))
    }
  })

  it('is against the first feature where none is known to stand for load', () => {
    const { load } = held({ featureGroup: 'CgroupOnly' }, featuresOf('CgroupOnly')) ?? {}
    assert.deepEqual([load?.feature, load?.values.length], ['cgroupfs_cpu_usage_us', 40])
  })
})
