import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { roundScene, sceneStart, verdictsOf } from '../../../test/support/round-scene.js'
import { readModelArchive } from '../../archive/read-model-archive.js'
import { bufferSource } from '../../archive/zip/byte-source.js'
import { openZip } from '../../archive/zip/zip.js'
import { seededRandom } from '../../numeric/random.js'
import { vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import type { Assessment } from './assess.js'

const published = ({ slots }: Assessment) => slots.filter(({ publish }) => publish).length
/** The AbsPower model of a node, which everything else hangs on. */
function node({ slots }: Assessment, source = 'rapl-sysfs', group = 'Basic') {
  const found = slots.find(
    ({ slot }) => slot.source === source && slot.outputType === 'AbsPower' && slot.group === group,
  )
  assert.ok(found, `no slot for ${source} ${group}`)
  return found
}

/** Counters that have nothing to do with what the machine does. */
function garbage(text: string): string {
  const random = seededRandom(1)
  const response: Record<string, { values: [number, string][] }[]> = JSON.parse(text)
  for (const [metric, series] of Object.entries(response)) {
    if (!metric.startsWith('kepler_container_')) continue
    for (const one of series) {
      let sum = 0
      one.values = one.values.map(([time]) => {
        sum += Math.floor(random.next() * 1e10)
        return [time, String(sum)]
      })
    }
  }
  return JSON.stringify(response)
}

function zipped(path: string, entry: string): unknown {
  const zip = openZip(bufferSource(readFileSync(path)))
  return JSON.parse(Buffer.from(zip.read(entry)).toString('utf8'))
}

const otherCurve = { packageDynamic: 150, platformBase: 30 }

describe('assess', () => {
  it('starts from nothing with models of both sources and outputs for every group', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 240 })
    const first = await round()
    assert.deepEqual(first.failures, [])
    assert.deepEqual(verdictsOf(first), ['first'])
    assert.equal(first.slots.length, 2 * 2 * 5)
    assert.equal(first.candidate, true)
    assert.equal(node(first).fresh, undefined)
    const again = await round()
    assert.equal(again.servedVersion, 1)
    assert.deepEqual(verdictsOf(again), ['no_better'])
    assert.ok(node(again).fresh!.percent < 5)
  })

  it('leaves measurements out, evenly, when there are more than it may learn from', async () => {
    const { segment, round, livePath } = roundScene()
    await segment({ from: 0, seconds: 600 })
    const few = await round({ maxRows: 50 })
    assert.equal(node(few).verdict, 'first')
    const archive = openZip(bufferSource(readFileSync(livePath))).read(
      'acpi/AbsPower/Basic/LinearRegressionTrainer_0.zip',
    )
    const { rows, data_from, data_until } = readModelArchive(archive).metadata
    assert.equal(rows, 50)
    // From the first to nearly the last of ten minutes.
    assert.ok(Number(data_until) - Number(data_from) > 500)
  })

  it('learns from Kepler 0.10, also beside machines with an older one', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 240, instance: 'new', vocabulary: vocabularyNamed('kepler-0.10') })
    await segment({ from: 0, seconds: 240, instance: 'old' })
    const assessment = await round()
    assert.deepEqual(assessment.failures, [])
    assert.deepEqual(
      assessment.machines.map(({ instance, vocabulary }) => [instance, vocabulary]),
      [
        ['new:28282', 'kepler-0.10'],
        ['old', 'kepler-0.7'],
      ],
    )
    assert.equal(node(assessment, 'rapl-sysfs', 'CPUTimeOnly').verdict, 'first')
    assert.equal(node(assessment, 'acpi', 'CPUTimeOnly').verdict, 'first')
    assert.equal(assessment.slots.length, 2 * 2 * (5 + 1))
  })

  it('waits while there is too little to learn from', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 60 })
    const assessment = await round()
    assert.deepEqual(verdictsOf(assessment), ['too_few_rows'])
    assert.match(node(assessment).why, /20 measurements \(one every 3 s\), at least 30/)
    assert.equal(assessment.candidate, false)
  })

  it('waits for some load on a machine that idles', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 300, scenario: scenarioNamed('idle') })
    const assessment = await round()
    assert.deepEqual(verdictsOf(assessment), ['too_quiet'])
  })

  it('sees that the machine has changed, and learns it anew from what came since', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 300 })
    await round()
    await segment({ from: 300, seconds: 30, curve: otherCurve })
    const seen = await round()
    assert.equal(seen.candidate, false)
    assert.ok(node(seen).fresh!.ratio! > 3, `off by ${node(seen).fresh!.ratio} times what it was`)
    assert.ok(Math.abs(node(seen).driftingSince! - (sceneStart + 300)) < 10)
    await segment({ from: 330, seconds: 60, curve: otherCurve })
    const learnt = await round()
    assert.equal(node(learnt).verdict, 'better', node(learnt).why)
    await segment({ from: 390, seconds: 60, curve: otherCurve })
    const after = await round()
    assert.equal(node(after).driftingSince, undefined)
    assert.ok(node(after).fresh!.percent < 5, `${node(after).fresh!.percent} %`)
  })

  it('does not let garbage replace a good model, neither while it lasts nor when it is over', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 300 })
    await round()
    await segment({ from: 300, seconds: 150, edit: garbage })
    assert.equal(published(await round()), 0)
    for (const from of [450, 480, 510, 540, 570]) {
      await segment({ from, seconds: 30 })
      const after = await round()
      for (const source of ['rapl-sysfs', 'acpi']) {
        for (const group of ['Basic', 'CounterIRQCombined', 'BPFOnly']) {
          const { publish, why } = node(after, source, group)
          // What is published now was learnt from good rows again: as good as what it replaces.
          if (publish) assert.match(why, /^\w+_0 is [0-9]\.\d % /)
        }
      }
    }
    const end = await round()
    assert.equal(node(end).driftingSince, undefined)
  })

  it('does not forget load in an idle hour', async () => {
    const { paths, segment, round } = roundScene()
    await segment({ from: 0, seconds: 300 })
    await round()
    // By now the loaded time has left the history.
    paths.length = 0
    await segment({ from: 300, seconds: 600, scenario: scenarioNamed('idle') })
    const idle = await round()
    for (const { verdict } of idle.slots) assert.ok(['narrower', 'no_skill'].includes(verdict), verdict)
    assert.equal(idle.candidate, false)
  })

  it('learns idle power from windows of rest, and isolates by it', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 300 })
    assert.equal((await round()).learned, undefined)
    await segment({ from: 300, seconds: 120, scenario: scenarioNamed('idle') })
    const { learned } = await round()
    const idle = learned?.power['rapl-sysfs']?.package?.['0']
    // The simulated packages draw 36 W at rest, and the system's own containers a little.
    assert.ok(idle && idle.lowest > 35 && idle.highest < 44, JSON.stringify(idle))
  })

  it('never learns from a machine whose watts are estimated, or that has no energy counters', async () => {
    for (const edit of [
      (text: string) => text.replaceAll(/"source":"[a-z-]+"/g, '"source":"trained_power_model"'),
      (text: string) => text.replaceAll('_joules_total', '_joules_gone'),
    ]) {
      const { segment, round } = roundScene()
      await segment({ from: 0, seconds: 240, edit })
      const assessment = await round()
      assert.deepEqual(
        assessment.machines.map(({ state }) => state),
        ['no_meter'],
      )
      assert.deepEqual(assessment.slots, [])
    }
  })

  it('takes machines of unknown kinds for one kind, and gives those of known ones models of their own', async () => {
    const { segment, round, livePath } = roundScene()
    await segment({ from: 0, seconds: 240, instance: 'old:9102' })
    await segment({ from: 0, seconds: 240, curve: { packageIdle: 90, packageDynamic: 400 }, instance: 'new:9102' })
    const mixed = await round()
    assert.deepEqual([...new Set(mixed.slots.map(({ slot }) => slot.nodeType))], [0])
    assert.equal(mixed.candidate, false)
    assert.match(node(mixed).why, /2 machines share one node type.*ONLINE_MACHINE_SPECS/)

    const small = { processor: 'intel_xeon_e5_2686v4', cores: 8, chips: 1, memory: 64, frequency: 3000 }
    const large = { ...small, processor: 'amd_epyc_9654', cores: 192 }
    const specs = new Map([
      ['old', small],
      ['new:9102', large],
    ])
    const apart = await round({ specs })
    for (const { slot, verdict, why } of apart.slots) {
      if (slot.outputType !== 'AbsPower' || slot.group !== 'Basic') continue
      assert.equal(verdict, 'first')
      assert.ok(Number(/^\w+ is ([\d.]+) %/.exec(why)?.[1]) < 5, why)
    }
    assert.deepEqual(zipped(livePath, 'node_type_index.json'), {
      1: { attrs: large, members: ['new:9102'] },
      2: { attrs: small, members: ['old:9102'] },
    })
    // One more of a kind that is known, and one of a third kind, whose name comes first.
    await segment({ from: 0, seconds: 240, instance: 'same' })
    await segment({ from: 0, seconds: 240, curve: otherCurve, instance: 'a-third' })
    await round({ specs: new Map([...specs, ['same', small], ['a-third', { ...small, cores: 16 }]]) })
    assert.deepEqual(zipped(livePath, 'node_type_index.json'), {
      1: { attrs: large, members: ['new:9102'] },
      2: { attrs: small, members: ['old:9102', 'same'] },
      3: { attrs: { ...small, cores: 16 }, members: ['a-third'] },
    })
  })

  it('reports a damaged file of the history and goes on without it', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 240 })
    await segment({ from: 240, seconds: 60, edit: (text) => text.slice(0, 1000) })
    const assessment = await round()
    assert.equal(assessment.damaged.length, 1)
    assert.deepEqual(verdictsOf(assessment), ['first'])
  })
})
