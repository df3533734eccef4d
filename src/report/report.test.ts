import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FixtureModel } from '../../test/support/pipeline-fixture.js'
import { listedFigures, reportDataset, reportPipeline, tableCells } from '../../test/support/report-scene.js'
import type { Chart } from '../plot/chart.js'
import { heldOutPower } from './data/held-out-power.js'
import { type ModelCard, modelCards } from './data/model-card.js'
import { cardHtml } from './parts/card.js'
import { factsHtml, leftOut, tableHtml, watts } from './parts/table.js'
import { chosenSection } from './sections/chosen.js'
import { curvesSection } from './sections/curves.js'
import { dataSection } from './sections/data.js'
import { machinesSection } from './sections/machines.js'
import { qualitySection } from './sections/quality.js'

const { figures } = listedFigures()
const bpf = ['bpf_cpu_time_ms']

describe('parts of a report', () => {
  it('are tables of rows, and none without', () => {
    const columns = [{ title: 'A' }, { title: 'B', kind: 'number' }, { title: 'C', kind: 'sentence' }] as const
    assert.equal(tableHtml('t', columns, []).markup, '')
    const { markup } = tableHtml('T & t', columns, [['x', 1, undefined]])
    assert.match(markup, /<caption>T &amp; t<\/caption>/)
    assert.match(markup, /<td>x<\/td><td class="n">1<\/td><td class="why"><\/td>/)
    assert.deepEqual(tableCells(markup), [
      ['A', 'B', 'C'],
      ['x', '1', ''],
    ])
  })

  it('say what is left out, and numbers as people read them', () => {
    assert.equal(leftOut(5, 5, 'models', 'how').markup, '')
    assert.match(leftOut(6, 5, 'models', 'how').markup, />5 of 6 models are shown: how\.</)
    assert.deepEqual(
      [watts(1.234), watts(99_999), watts(1e5), watts(Number.NaN), watts(undefined)],
      ['1.23', '99999.00', '1.0e+5', '–', '–'],
    )
    assert.match(factsHtml([['models', 3]]).markup, /<li><b>3<\/b>models<\/li>/)
  })
})

describe('sections of a report', () => {
  const models: readonly FixtureModel[] = [
    { name: 'SGDRegressorTrainer_0', mae: 3 },
    { name: 'LinearRegressionTrainer_0', mae: 1 },
    { name: 'SGDRegressorTrainer_10', mae: 5, folder: 'acpi/AbsPower/BPFOnly' },
    { name: 'SGDRegressorTrainer_1', mae: 5, folder: 'acpi/DynPower/BPFOnly' },
  ]

  it('have the machines of most members first', async () => {
    const { pipeline } = await reportPipeline(models)
    const { body } = machinesSection(pipeline)
    assert.deepEqual(
      tableCells(body.markup)
        .slice(1)
        .map(([id, processor, cores, , , , members, count]) => [id, processor, cores, members, count]),
      [
        ['10', 'large', '96', '2', '1'],
        ['0', 'small', '8', '1', '2'],
        ['1', 'medium', '16', '1', '1'],
      ],
    )
    const { pipeline: unknown } = await reportPipeline(models, {})
    assert.match(machinesSection(unknown).body.markup, /does not say which machines/)
  })

  it('have the chosen models with the reason', async () => {
    const { pipeline, explained } = await reportPipeline(models)
    assert.deepEqual(tableCells(chosenSection(pipeline, explained).body.markup).slice(1), [
      ['acpi', 'AbsPower', 'BPFOnly', '10', 'SGD', 'chosen: it is the only one'],
      ['acpi', 'DynPower', 'BPFOnly', '1', 'SGD', 'chosen: it is the only one'],
      ['rapl-sysfs', 'AbsPower', 'BPFOnly', '0', 'Linear', 'chosen: least mae of its metadata'],
    ])
  })

  it('have the quality of each kind, in the order of choice', async () => {
    const heldOut = { held_out_mae: 4, held_out_se: 0.5, time_fold_1: 3, time_fold_2: 5, complexity: 1 }
    const { pipeline, explained } = await reportPipeline([
      { name: 'SGDRegressorTrainer_0', mae: 3, metadata: heldOut },
      { name: 'LinearRegressionTrainer_0', mae: 1 },
      { name: 'SGDRegressorTrainer_0', mae: 5, folder: 'acpi/AbsPower/BPFOnly' },
    ])
    const { markup } = qualitySection(pipeline, explained, figures).body
    const rows = tableCells(markup).filter(([group]) => group === 'BPFOnly')
    assert.deepEqual(
      rows.map((row) => row.slice(1, 8)),
      [
        ['0', '1', 'SGD', '–', '–', '5.00', '10.00'],
        ['0', '1', 'SGD', '4.00 ± 0.50', '3.00 to 5.00', '3.00', '6.00'],
        ['0', '2', 'Linear', '–', '–', '1.00', '2.00'],
      ],
    )
    assert.equal(markup.split('class="chosen"').length - 1, 2)
    assert.match(markup, /Errors in the metadata[\s\S]*Errors by trainer/)
  })

  it('have curves of each source that has models of a whole node', async () => {
    const { pipeline } = await reportPipeline(models)
    const drawn: Chart[] = []
    const section = curvesSection(pipeline, 'mae', (chart) => {
      drawn.push(chart)
      return figures(chart)
    })
    assert.equal(section?.body.markup.split('<figure>').length, 3)
    assert.deepEqual(
      drawn.map(({ panels }) => panels[0]?.layers.map(({ name: curve }) => curve)),
      [
        ['90 % interval', '0: small, 8 cores'],
        ['90 % interval', '10: large, 96 cores'],
      ],
    )
    const { pipeline: none } = await reportPipeline(models.slice(3))
    assert.equal(curvesSection(none, 'mae', figures), undefined)
  })

  it('have the data, the widest of each source drawn, and what is wrong with it', () => {
    const of = (featureGroup: string, features: readonly string[]) => ({
      ...{ source: 'acpi', outputType: 'AbsPower' as const, featureGroup, dataset: reportDataset(features) },
    })
    const finding = { kind: 'gap', metric: 'm', count: 2, example: 'e', effect: 'left out' } as const
    const { markup } = dataSection(
      {
        datasets: [of('Small', ['a']), of('Large', ['a', 'b'])],
        findings: [finding],
        failures: Array(31).fill({ what: 'x', why: 'y' }),
      },
      figures,
    ).body
    const rows = tableCells(markup)
    assert.ok(rows.some((row) => row.join('|') === 'm|gap|2|left out|e'))
    assert.ok(rows.some((row) => row.join('|') === 'acpi|AbsPower|Small|3|1970-01-01 00:00:00 to 00:00:20 UTC|10'))
    assert.ok(rows.some((row) => row.join('|') === 'platform (W)|10|11|12'))
    assert.ok(rows.some((row) => row.join('|') === 'b (1/s)|0|1.00e+6|2.00e+6'))
    assert.equal(markup.split('<figure>').length - 1, 1)
    assert.match(markup, /1 finding;[\s\S]*And 1 more/)
    const none = dataSection({ datasets: [], findings: [], failures: [] }, figures).body.markup
    assert.match(none, /Nothing was found wrong[\s\S]*There are no rows to show/)
    assert.doesNotMatch(none, /cannot be used/)
    assert.match(dataSection({ datasets: [], findings: undefined, failures: [] }, figures).body.markup, /not kept/)
  })

  it('have what was held out of a trainer and a group that are known, of enough rows', async () => {
    const { pipeline } = await reportPipeline(models)
    const archive = { uncertainty: { components: {}, coverage: 0.9, method: 'published error', inputs: [] } } as never
    const label = { pipeline: pipeline.name, model: 'm' }
    const what = { trainer: 'LinearRegressionTrainer', featureGroup: 'BPFOnly', nodeType: 0, seed: 1 }
    const enough = reportDataset(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], 100)
    const held = heldOutPower(label, what, archive, enough)
    assert.equal(held?.times.length, 100)
    assert.deepEqual([held?.method, held?.load.feature], ['held-out blocks', 'bpf_cpu_time_ms'])
    // Watts are a line of usage, which is learnt from the other blocks.
    assert.ok(held!.components[0]!.mae < 0.01, `${held?.components[0]?.mae}`)
    assert.equal(held?.components[0]?.lower, undefined)
    assert.equal(heldOutPower(label, { ...what, trainer: 'Unheard' }, archive, enough), undefined)
    assert.equal(heldOutPower(label, { ...what, featureGroup: 'Unheard' }, archive, enough), undefined)
    assert.equal(heldOutPower(label, { ...what, nodeType: 7 }, archive, enough), undefined)
    assert.equal(heldOutPower(label, what, archive, reportDataset(bpf, 3)), undefined)
  })
})

describe('a model card', () => {
  const cardsOf = async (models: readonly FixtureModel[], most = 9) => {
    const { pipeline, explained } = await reportPipeline(models)
    return modelCards(pipeline, explained, most)
  }

  it('is of the chosen models of most machines first, and of so many', async () => {
    const models = ['A_0', 'A_10', 'B_10'].map((name, i) => ({ name, mae: 1 + i }))
    assert.deepEqual(
      (await cardsOf(models)).map(({ entry, rank, members }) => [entry.name, rank, members]),
      [
        ['A_10', 1, 2],
        ['A_0', 1, 1],
        ['B_10', 2, 2],
      ],
    )
    assert.equal((await cardsOf(models, 2)).length, 2)
  })

  it('says what it was trained on and how far it is off', async () => {
    const metadata = {
      rows: 500,
      data_from: 0,
      data_until: 60,
      held_out_mae: 4,
      held_out_se: 0.5,
      workload_fold_1: 3,
      workload_fold_2: 5,
    }
    const [card] = await cardsOf([{ name: 'A_0', mae: 2, metadata }])
    const { markup } = cardHtml(card!, 'mine')
    assert.deepEqual([card?.rows, card?.dataFrom, card?.dataUntil], [500, 0, 60])
    assert.match(markup, /<h3>Chosen: <bdi>rapl-sysfs\/AbsPower\/BPFOnly<\/bdi>/)
    assert.match(markup, /package, dram: power of a whole node/)
    assert.match(markup, /small<\/bdi>, 8 cores, 1 sockets, 16 GB, 2000 MHz \(node type 0, 1 measured\)/)
    assert.match(markup, /500 rows, 1970-01-01 00:00:00 to 1970-01-01 00:01:00 UTC/)
    assert.match(
      markup,
      /held out 4\.00 ± 0\.50 W; 3\.00 to 5\.00 W on 2 workloads left out; mae 2\.00 W, mape 4\.00 %/,
    )
    assert.match(markup, /trainer_name&quot;:&quot;A&quot;,&quot;pipeline_name&quot;:&quot;mine/)
    assert.match(markup, /Kepler cannot evaluate it itself/)
    assert.doesNotMatch(markup, /was not measured|Cannot be read|class="warning"/)
  })

  it('says what nobody says', async () => {
    const [card] = await cardsOf([{ name: 'A_7' }])
    const { markup } = cardHtml(card!, 'mine')
    assert.match(markup, /nobody says which \(node type 7\)/)
    assert.match(markup, /the archive does not say/)
    assert.match(markup, /nothing was held out that we know of/)
    assert.match(markup, /not known for which machines it is right[\s\S]*new workloads was not measured/)
    const other = cardHtml({ ...card!, rank: 2, archive: undefined, unreadable: 'damaged' } satisfies ModelCard, 'a b')
    assert.match(other.markup, /<p>Rank 2 of its kind\./)
    assert.match(other.markup, /<dt>Cannot be read<\/dt><dd><bdi>damaged/)
    // No command with a name that a shell would take apart.
    assert.doesNotMatch(other.markup, /<pre>/)
    const unfit = cardHtml({ ...card!, heldOut: { ...card!.heldOut, unfit: 'it is wild' } }, 'mine')
    assert.match(unfit.markup, /class="warning">Not to be used while another can be: it is wild/)
  })
})
