import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  listedFigures,
  reportDataset,
  reportEntry,
  reportPipeline,
  tableCells,
} from '../../test/support/report-scene.js'
import type { NodeTypeIndex } from '../machine/node-type-index.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { Pipeline } from '../registry/pipeline.js'
import { chosenSection } from './sections/chosen.js'
import { curvesSection } from './sections/curves.js'
import { dataSection } from './sections/data.js'
import { machinesSection } from './sections/machines.js'
import { qualitySection } from './sections/quality.js'

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const pipelineOf = (entries: readonly ModelEntry[], nodeTypes: NodeTypeIndex = []) =>
  ({ name: 'mine', entries, nodeTypes, specOf: () => undefined }) as unknown as Pipeline
const firsts = (markup: string, column: number) => tableCells(markup).map((row) => row[column])

describe('tables of a report that are cut', () => {
  it('have fifty node types, with dashes for what is not known', () => {
    const types = (count: number) => times(count, (id) => ({ id, spec: {}, members: 1 }))
    const of = (count: number) => machinesSection(pipelineOf([], types(count))).body.markup
    assert.equal(tableCells(of(50)).length, 51)
    assert.doesNotMatch(of(50), /are shown/)
    assert.equal(tableCells(of(51)).length, 51)
    assert.match(of(51), /50 of 51 node types are shown/)
    assert.deepEqual(tableCells(of(1))[1], ['0', '–', '–', '–', '–', '–', '1', '0'])
  })

  it('have the machines of most members first, then by number, and count models of each', () => {
    const spec = { processor: 'x', cores: 4, chips: 2, memory: 8, frequency: 3000 }
    const types = [
      { id: 2, spec, members: 1 },
      { id: 1, spec, members: 1 },
      { id: 5, spec, members: 2 },
    ]
    const entries = [reportEntry('A', 1), reportEntry('B', 1), reportEntry('A', 5)]
    assert.deepEqual(tableCells(machinesSection(pipelineOf(entries, types)).body.markup).slice(1), [
      ['5', 'x', '4', '2', '8', '3000', '2', '1'],
      ['1', 'x', '4', '2', '8', '3000', '1', '2'],
      ['2', 'x', '4', '2', '8', '3000', '1', '0'],
    ])
  })

  it('have sixty choices, of the most machines, and no models that were not chosen', () => {
    const explained = (count: number) => [
      { model: reportEntry('Never', 0), rank: 2, why: 'w' },
      ...times(count, (i) => ({ model: reportEntry('A', i), rank: 1, why: `why ${i}` })),
    ]
    const nodeTypes = [{ id: 60, spec: {}, members: 3 }]
    const of = (count: number) => chosenSection(pipelineOf([], nodeTypes), explained(count)).body.markup
    assert.equal(tableCells(of(60)).length, 61)
    assert.doesNotMatch(of(60), /are shown|Never/)
    const cut = of(61)
    assert.equal(tableCells(cut).length, 61)
    assert.match(cut, /60 of 61 choices are shown/)
    assert.ok(firsts(cut, 3).includes('60'))
    assert.ok(!firsts(cut, 3).includes('59'))
  })

  it('have two hundred models of a kind, those of the first ranks', () => {
    const explained = (count: number) =>
      times(count, (i) => ({ model: reportEntry('A', i), rank: i === 0 ? 2 : 1, why: '' }))
    const of = (count: number) => qualitySection(pipelineOf([]), explained(count), listedFigures().figures).body.markup
    assert.equal(tableCells(of(200)).length, 201)
    assert.doesNotMatch(of(200), /are shown/)
    assert.match(of(201), /200 of 201 models are shown/)
    assert.ok(!firsts(of(201), 1).includes('0'))
    // By number, not by text, of the node type.
    assert.deepEqual(firsts(of(200), 1).slice(1, 4), ['0', '1', '2'])
  })

  it('have sixty findings and thirty failures', () => {
    const finding = { kind: 'gap', metric: 'm', count: 2, example: 'e', effect: 'left out' } as const
    const of = (findings: number, failures: number) =>
      dataSection(
        {
          datasets: [],
          findings: times(findings, () => finding),
          failures: times(failures, (i) => ({ what: `what ${i}`, why: 'why' })),
        },
        listedFigures().figures,
      ).body.markup
    assert.equal(tableCells(of(61, 0)).length, 61)
    assert.match(of(61, 0), /61 findings;/)
    assert.doesNotMatch(of(2, 30), /And \d+ more/)
    assert.match(of(2, 30), /what 29/)
    assert.match(of(2, 32), /what 29(?!.*what 30).*And 2 more/)
    assert.match(of(2, 1), /What cannot be used/)
  })
})

describe('pictures of a report', () => {
  const chartOf = (entries: readonly ModelEntry[]) => {
    const { figures, drawn } = listedFigures()
    const explained = entries.map((model) => ({ model, rank: 1, why: '' }))
    qualitySection(pipelineOf(entries), explained, figures)
    return drawn.map(({ title }) => title)
  }
  const heldOut = { mae: 1, held_out_mae: 2, held_out_se: 0 }

  it('are of held-out errors where a model has some, of eight slots at most', () => {
    assert.deepEqual(chartOf(times(8, (i) => reportEntry('A', i, heldOut))), ['Errors by trainer'])
    assert.deepEqual(chartOf(times(9, (i) => reportEntry('A', i, heldOut))), ['Errors in the metadata of a pipeline'])
    assert.deepEqual(chartOf([reportEntry('A', 0, { mae: 1 }), reportEntry('B', 0, heldOut)]), ['Errors by trainer'])
    assert.deepEqual(chartOf([reportEntry('A', 0, { mae: 1 })]), ['Errors in the metadata of a pipeline'])
  })

  it('are one of each source and output type, in their order', () => {
    const { figures, drawn } = listedFigures()
    const entries = ['DynPower', 'AbsPower'].flatMap((output) => [
      reportEntry('A', 0, { mae: 1 }, `acpi/${output}/BPFOnly`),
      reportEntry('A', 0, { mae: 1 }, `acpi/${output}/CounterOnly`),
    ])
    const { markup } = qualitySection(
      pipelineOf(entries),
      entries.map((model) => ({ model, rank: 1, why: '' })),
      figures,
    ).body
    assert.deepEqual(
      [...markup.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title?.replace(/<[^>]+>/g, '')),
      ['acpi · AbsPower', 'acpi · DynPower'],
    )
    assert.equal(drawn.length, 2)
    assert.deepEqual(firsts(markup, 0), ['Group', 'BPFOnly', 'CounterOnly', 'Group', 'BPFOnly', 'CounterOnly'])
  })

  it('are of the curves of four sources, and of eight node types of each', async () => {
    const { figures, drawn } = listedFigures()
    const curves = async (sources: readonly string[], nodeTypes: number) => {
      const { pipeline } = await reportPipeline(
        sources.flatMap((source) =>
          times(nodeTypes, (type) => ({ folder: `${source}/AbsPower/BPFOnly`, name: `A_${type}` })),
        ),
      )
      const before = drawn.length
      curvesSection(pipeline, 'mae', figures)
      return drawn.slice(before)
    }
    assert.equal((await curves(['acpi', 'a', 'b', 'c'], 1)).length, 4)
    assert.equal((await curves(['acpi', 'a', 'b', 'c', 'd'], 1)).length, 4)
    const lines = (await curves(['acpi'], 9))[0]?.panels[0]?.layers.filter(({ kind }) => kind === 'line')
    assert.equal(lines?.length, 8)
  })

  it('are of the rows with most features of each source, and of whole nodes only', () => {
    const { figures, drawn } = listedFigures()
    const of = (source: string, outputType: 'AbsPower' | 'DynPower', features: readonly string[]) => ({
      ...{ source, outputType, featureGroup: features.join('+'), dataset: reportDataset(features) },
    })
    const datasets = [
      of('acpi', 'AbsPower', ['a', 'b']),
      of('acpi', 'AbsPower', ['c', 'd']),
      of('acpi', 'DynPower', ['a', 'b', 'c']),
      of('rapl-sysfs', 'AbsPower', ['e']),
    ]
    const { markup } = dataSection({ datasets, findings: [], failures: [] }, figures).body
    assert.equal(drawn.length, 2)
    const columns = firsts(markup, 0)
    assert.deepEqual(columns.slice(-7), [
      'Column',
      'platform (W)',
      'a (1/s)',
      'b (1/s)',
      'Column',
      'platform (W)',
      'e (1/s)',
    ])
    assert.doesNotMatch(markup, /There are no rows to show/)
  })
})
