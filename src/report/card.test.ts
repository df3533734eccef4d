import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { reportEntry, reportPipeline } from '../../test/support/report-scene.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { type ArchiveFacts, type ModelCard, modelCards } from './data/model-card.js'
import { cardHtml } from './parts/card.js'

const archive: ArchiveFacts = {
  ...{ components: ['package', 'dram'], inputs: [], coverage: 0.9, method: 'held-out blocks', halfWidths: [] },
}
const card = (more: Partial<ModelCard> = {}): ModelCard => ({
  ...{ path: 'p', entry: reportEntry('A', 0), rank: 1, why: 'it is so', machine: undefined, members: 0 },
  heldOut: { error: undefined, standardError: 0, folds: [[], []], complexity: 1, unfit: undefined },
  ...{ mae: undefined, mape: undefined, rows: undefined, dataFrom: undefined, dataUntil: undefined },
  ...{ archive, unreadable: undefined },
  ...more,
})
/** What a card says under a title. */
function told(one: ModelCard, title: string): string | undefined {
  const found = new RegExp(`<dt>${title}</dt><dd>(.*?)</dd>`, 's').exec(cardHtml(one, 'mine').markup)?.[1]
  return found?.replace(/<[^>]+>/g, '')
}

describe('a model card tells', () => {
  it('what is estimated, and from which source', () => {
    assert.equal(
      told(card(), 'Estimates'),
      'package, dram: power of a whole node, idle included (AbsPower), as acpi measures it, in watts',
    )
    const dynamic = { entry: reportEntry('A', 0, {}, 'acpi/DynPower/BPFOnly'), archive: undefined }
    assert.match(told(card(dynamic), 'Estimates') ?? '', /^power above idle and background.*\(DynPower\)/)
  })

  it('twelve inputs, and how many more there are', () => {
    const of = (count: number) =>
      told(
        card({ entry: { ...reportEntry('A', 0), features: Array.from({ length: count }, (_, i) => `f${i}`) } }),
        'From',
      )
    assert.equal(of(2), 'f0 (1/s), f1 (1/s)')
    assert.match(of(12) ?? '', /f11 \(1\/s\)$/)
    assert.match(of(14) ?? '', /f11 \(1\/s\), and 2 more$/)
  })

  it('the machine as far as it is known', () => {
    const of = (machine: MachineSpec | undefined, members = 0) => told(card({ machine, members }), 'Machine')
    assert.equal(of(undefined), 'nobody says which (node type 0)')
    assert.equal(of({ processor: 'x' }, 2), 'x (node type 0, 2 measured)')
    assert.equal(of({ cores: 4, memory: 8 }), 'nobody says which, 4 cores, 8 GB (node type 0)')
    assert.match(told(card(), 'Limits') ?? '', /not known for which machines/)
    assert.match(told(card({ machine: { processor: 'x' } }), 'Limits') ?? '', /right for machines of its kind/)
  })

  it('of which rows and times it learnt', () => {
    assert.equal(told(card(), 'Data'), 'the archive does not say')
    assert.equal(told(card({ rows: 7 }), 'Data'), '7 rows')
    assert.equal(told(card({ dataFrom: 0 }), 'Data'), '1970-01-01 00:00:00 to ? UTC')
    assert.equal(
      told(card({ rows: 7, dataFrom: 0, dataUntil: 60 }), 'Data'),
      '7 rows, 1970-01-01 00:00:00 to 1970-01-01 00:01:00 UTC',
    )
  })

  it('the errors by block of time and by workload', () => {
    const heldOut = { ...card().heldOut, error: 2, standardError: 0.25, folds: [[3, 1, 2], [5]] }
    assert.equal(
      told(card({ heldOut, mae: 1, mape: 4 }), 'Errors'),
      'held out 2.00 ± 0.25 W; 1.00 to 3.00 W on 3 blocks of time left out; 5.00 to 5.00 W on 1 workloads left out; mae 1.00 W, mape 4.00 % in the metadata, on a shuffled tenth of the rows',
    )
    assert.equal(told(card(), 'Errors'), 'mae – W, mape – % in the metadata; nothing was held out that we know of')
  })

  it('how sure it is', () => {
    const of = (more: Partial<ArchiveFacts>) => told(card({ archive: { ...archive, ...more } }), 'How sure')
    assert.equal(of({}), 'it does not say')
    const halfWidths = [
      { component: 'package', watts: 2 },
      { component: 'dram', watts: 0.5 },
    ]
    assert.match(of({ halfWidths }) ?? '', /^90 % of measurements lie within package ± 2\.00 W, dram ± 0\.50 W in the/)
    assert.match(
      of({ method: 'quantile forest' }) ?? '',
      /^an interval for each input that 90 % of measurements lie in/,
    )
    assert.equal(told(card({ archive: undefined }), 'How sure'), undefined)
  })

  it('the range of twelve inputs, large numbers in powers of ten', () => {
    const of = (inputs: ArchiveFacts['inputs']) => told(card({ archive: { ...archive, inputs } }), 'Range')
    assert.equal(of([]), undefined)
    assert.equal(
      of([
        { feature: 'a', lower: 0.123456, upper: 999_999, limit: 1 },
        { feature: 'b', lower: -1e6, upper: 1e6, limit: 1 },
      ]),
      'a 0.1235 to 1000000; b -1.00e+6 to 1.00e+6',
    )
    const many = Array.from({ length: 13 }, (_, i) => ({ feature: `f${i}`, lower: 0, upper: 1, limit: 1 }))
    assert.match(of(many) ?? '', /f11 0 to 1$/)
  })

  it('that Kepler can evaluate a model with weights', () => {
    assert.match(told(card(), 'Limits') ?? '', /was not measured\. Kepler cannot evaluate it itself/)
    const known = { ...card().heldOut, error: 1 }
    const limits = told(card({ entry: { ...reportEntry('A', 0), weights: 'file' }, heldOut: known }), 'Limits') ?? ''
    assert.doesNotMatch(limits, /Kepler|not measured|undefined| {2}/)
  })

  it('its rank, the reason, and the commands to use it', () => {
    const first = cardHtml(card(), 'mine').markup
    assert.match(first, /<h3>Chosen: /)
    assert.match(first, /<p>It is so\.<\/p>/)
    assert.match(first, /&quot;node_type&quot;:0.*&quot;pipeline_name&quot;:&quot;mine&quot;/)
    const second = cardHtml(card({ rank: 2 }), 'mine').markup
    assert.match(second, /<h3><bdi>acpi/)
    assert.match(second, /<p>Rank 2 of its kind\. It is so\.<\/p>/)
    for (const processor of ['x y', "x'", '$x', '`x`']) {
      assert.doesNotMatch(cardHtml(card({ machine: { processor } }), 'mine').markup, /<pre>/, processor)
    }
    assert.match(cardHtml(card({ machine: { processor: 'x_1.2:3@4-5' } }), 'mine').markup, /<pre>/)
  })
})

describe('the numbers of a card', () => {
  it('are those of the archive, with half the width of the interval in the middle of its levels', async () => {
    const { pipeline, explained } = await reportPipeline([{ name: 'A_0', mae: 2 }])
    const [one] = modelCards(pipeline, explained, 1)
    assert.deepEqual(one?.archive?.components, ['package', 'dram'])
    assert.deepEqual([one?.path, one?.mae, one?.mape], ['rapl-sysfs/AbsPower/BPFOnly/A_0', 2, 4])
    // 90 % of normally distributed errors of that mean are within 1.6449 sqrt(pi / 2) times it.
    for (const { watts } of one!.archive!.halfWidths) {
      assert.ok(Math.abs(watts - 2 * 1.6449 * Math.sqrt(Math.PI / 2)) < 0.01, String(watts))
    }
    assert.equal(one?.archive?.halfWidths.length, 2)
  })

  it('are missing, with the reason, of an archive that is damaged', async () => {
    const { path, pipeline, explained } = await reportPipeline([{ name: 'A_0' }])
    writeFileSync(join(path, 'rapl-sysfs/AbsPower/BPFOnly/A_0.zip'), 'no zip')
    const [damaged] = modelCards(pipeline, explained, 1)
    assert.equal(damaged?.archive, undefined)
    assert.ok((damaged?.unreadable ?? '').length > 0)
    assert.notEqual(told(damaged!, 'Cannot be read'), undefined)
  })
})
