import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import {
  contradicting,
  isCalled,
  type IdentityOptions,
  machinesOf,
  restOf,
  scrapeLabelsOf,
  seriesOfViews,
} from './machines.js'
import { onceEach, ownSeries } from './own-series.js'
import { type View, viewsOf } from './view.js'

const options: IdentityOptions = { measured: new Set(['zone']) }

/** A counter that grows by `step` every second, from `from` to `to`. */
function series(labels: Labels, { step = 10, from = 0, to = 100, start = 0 } = {}): Series {
  const timestamps = Float64Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return { metric: 'm', labels, timestamps, values: timestamps.map((time) => start + step * time) }
}

const machines = (all: readonly Series[], more: Partial<IdentityOptions> = {}) =>
  machinesOf(all, { ...options, ...more })
const names = (all: readonly Series[], more?: Partial<IdentityOptions>) => machines(all, more).map(({ name }) => name)

describe('labels of a scrape', () => {
  it('are all but the name, the kind, and what the exporter measured', () => {
    const isScrapeLabel = scrapeLabelsOf(options)
    const labels = ['__name__', '__type__', 'zone', 'instance', 'job', '__tenant_id__']
    assert.deepEqual(labels.filter(isScrapeLabel), ['instance', 'job', '__tenant_id__'])
  })
})

describe('machines', () => {
  it('are told apart by labels, those of most samples first, then by name', () => {
    const all = [
      series({ instance: 'b' }, { to: 50 }),
      series({ instance: 'a' }, { to: 50 }),
      series({ instance: 'c' }, { to: 51 }),
    ]
    assert.deepEqual(names(all), ['c', 'a', 'b'])
    assert.deepEqual(names([...all].reverse()), ['c', 'a', 'b'])
    assert.deepEqual(
      machines(all).map(({ samples, taken, replicas }) => [samples, taken.length, replicas.length]),
      [
        [52, 1, 0],
        [51, 1, 0],
        [51, 1, 0],
      ],
    )
    assert.deepEqual(names([]), [])
  })

  it('are one where a label is missing, or stands in another one', () => {
    const one = series({ instance: 'a', node: 'n' })
    for (const labels of [
      { instance: 'a', s: '1' },
      { node: 'n', s: '1' },
      { exported_instance: 'a' },
      { instance: 'a', host: 'n' },
      { instance: '', node: 'n' },
    ]) {
      const [machine, ...others] = machines([one, series(labels, { to: 90 })])
      assert.deepEqual([others.length, machine!.replicas.length, machine!.samples], [0, 1, 101], JSON.stringify(labels))
    }
    const two = [series({ exported_instance: 'a', instance: 'p' }), series({ exported_instance: 'b', instance: 'p' })]
    assert.equal(machines(two).length, 2)
    // Scraped directly too: the address stands in another label, and the federating server's is of none of them.
    assert.equal(
      machines([...two, series({ instance: 'a' }, { to: 90 }), series({ instance: 'b' }, { to: 90 })]).length,
      2,
    )
    // Whichever of the two has more samples.
    const [direct, passed] = [{ instance: 'a' }, { exported_instance: 'a', instance: 'p' }]
    for (const [more, less] of [
      [direct, passed],
      [passed, direct],
    ] as const) {
      assert.equal(machines([series(more), series(less, { to: 90 })]).length, 1)
    }
    // Nothing that both have contradicts, and nothing is the same either.
    for (const [a, b] of [
      [{ exported_instance: 'a' }, { instance: 'b' }],
      [{ node: 'n' }, { host: 'm' }],
    ] as const) {
      assert.equal(machines([series(a), series(b)]).length, 2)
    }
    // Agents that each call their machine the same are not one of them.
    const agents = ['p', 'q'].map((instance) => series({ exported_instance: 'localhost', instance }))
    assert.equal(machines(agents).length, 2)
  })

  it('are two where the same address counts something else at the same time', () => {
    const [one, other] = [series({ instance: 'a', s: '1' }), series({ instance: 'a', s: '2' }, { start: 500 })]
    assert.equal(machines([one, other]).length, 2)
    // At another time it was started again.
    const later = series({ instance: 'a', s: '2' }, { from: 101, to: 200, start: 500 })
    assert.deepEqual(
      machines([one, later]).map(({ samples, taken }) => [samples, taken.length]),
      [[201, 2]],
    )
  })

  it('of one node are one at another address, where they grow alike', () => {
    const one = series({ instance: 'a', node: 'n' })
    const beside = (step: number, labels = {}) =>
      machines([one, series({ instance: 'b', node: 'n', ...labels }, { step, start: 7000, to: 90 })]).length
    assert.equal(beside(10), 1)
    assert.equal(beside(9), 2)
    // Another label that differs tells two machines apart.
    assert.equal(beside(10, { node: 'm' }), 2)
    assert.equal(
      machines([
        { ...one, labels: { ...one.labels, cluster: 'x' } },
        series({ instance: 'b', node: 'n', cluster: 'y' }),
      ]).length,
      2,
    )
  })

  it('have the labels of all their views', () => {
    const [machine] = machines(
      [
        series({ instance: 'a', node: 'n', rack: 'r', x: 'y' }),
        series({ instance: 'b', node: 'n', rack: 'r' }, { to: 90 }),
      ],
      { machineLabels: ['rack'] },
    )
    assert.deepEqual(
      [...machine!.identity].map(([label, values]) => [label, ...values]),
      [
        ['instance', 'a', 'b'],
        ['node', 'n'],
        ['rack', 'r'],
      ],
    )
    assert.ok(['a', 'b', 'n', 'r'].every((name) => isCalled(machine!, name)))
    assert.ok(!isCalled(machine!, 'y'))
    assert.ok(isCalled({ name: 'x', identity: new Map() }, 'x'))
  })

  it('are called by the labels that are given for it, else by their address', () => {
    const nameLabels = ['vm', 'id']
    const called = (labels: Labels) => names([series({ instance: 'a', ...labels })], { nameLabels })[0]
    assert.equal(called({ vm: 'v', id: 'i' }), 'v')
    assert.equal(called({ vm: '', id: 'i' }), 'i')
    assert.equal(called({}), 'a')
  })

  it('of one name are told apart by the label that says most', () => {
    const two = (a: Labels, b: Labels) =>
      names([series({ instance: 'a', ...a }), series({ instance: 'a', ...b }, { start: 500, to: 90 })])
    assert.deepEqual(two({ cluster: 'x', node: 'n' }, { cluster: 'y', node: 'm' }), ['a (cluster=x)', 'a (cluster=y)'])
    assert.deepEqual(two({ alpha: '1', node: 'n' }, { alpha: '2', node: 'm' }), ['a (node=n)', 'a (node=m)'])
    assert.deepEqual(two({ alpha: '1', beta: '3' }, { alpha: '2', beta: '4' }), ['a (alpha=1)', 'a (alpha=2)'])
    assert.deepEqual(two({ beta: '3', alpha: '1' }, { beta: '4', alpha: '2' }), ['a (alpha=1)', 'a (alpha=2)'])
    assert.deepEqual(two({ job: '1', zeta: '3' }, { job: '2', zeta: '4' }), ['a (zeta=3)', 'a (zeta=4)'])
    assert.deepEqual(two({ job: '1', alpha: '3' }, { job: '2', alpha: '3' }), ['a (job=1)', 'a (job=2)'])
    // What both have says nothing; where only one has a label, the other has nothing to tell.
    assert.deepEqual(two({ alpha: '1', zeta: '3' }, { alpha: '1', zeta: '4' }), ['a (zeta=3)', 'a (zeta=4)'])
    assert.deepEqual(two({ alpha: '1' }, {}), ['a (alpha=1)', 'a'])
  })
})

describe('what contradicts a machine', () => {
  const of = (identity: Readonly<Record<string, readonly string[]>>) =>
    contradicting({ identity: new Map(Object.entries(identity).map(([label, values]) => [label, new Set(values)])) })

  it('is a label with another value, or no address or node in common', () => {
    const contradicts = of({ instance: ['a', 'b'], node: ['n'], cluster: ['c'] })
    const yes: Labels[] = [{ instance: 'x' }, { cluster: 'x' }, { exported_instance: 'x' }, { host: 'm' }]
    for (const labels of yes) assert.ok(contradicts(labels), JSON.stringify(labels))
    const no: Labels[] = [
      ...[{}, { zone: 'x' }, { instance: 'b' }, { instance: '' }, { host: '' }, { exported_instance: 'a' }],
      ...[{ host: 'n' }, { exported_instance: 'x', instance: 'a' }, { tenant: 't' }],
    ]
    for (const labels of no) assert.ok(!contradicts(labels), JSON.stringify(labels))
  })

  it('is nothing of a kind that the machine does not tell', () => {
    const contradicts = of({ instance: ['a'] })
    assert.ok(!contradicts({ host: 'm', node: 'n' }))
  })
})

describe('what a view adds', () => {
  const [base] = viewsOf([series({}, { to: 100 })], () => false)
  const view = (first: number, last: number, thing = base!.series) => ({ ...base!, first, last, series: thing })
  const rest = (taken: readonly (readonly [number, number])[], thing?: View['series']) => {
    const found = restOf(
      view(0, 100),
      taken.map(([first, last]) => view(first, last, thing)),
    )
    return found && [found.first, found.last, found.after, found.before]
  }

  it('is what came after or before others, if it is more than three tenths of it', () => {
    assert.deepEqual(rest([[0, 69]]), [69, 100, 69, undefined])
    assert.equal(rest([[0, 70]]), undefined)
    assert.deepEqual(rest([[31, 100]]), [0, 31, undefined, 31])
    assert.equal(rest([[30, 100]]), undefined)
    // Of others together the first and the last time.
    assert.deepEqual(
      rest([
        [0, 60],
        [20, 40],
      ]),
      [60, 100, 60, undefined],
    )
    assert.deepEqual(
      rest([
        [60, 100],
        [80, 90],
      ]),
      [0, 60, undefined, 60],
    )
    assert.deepEqual(rest([[40, 60]]), [60, 100, 60, undefined])
  })

  it('is all of it where others measured at another time, or something else', () => {
    assert.deepEqual(rest([]), [0, 100, undefined, undefined])
    assert.deepEqual(rest([[101, 200]]), [0, 100, undefined, undefined])
    const other = viewsOf([{ ...series({}), metric: 'other' }], () => false)[0]!.series
    assert.deepEqual(rest([[0, 100]], other), [0, 100, undefined, undefined])
  })

  it('leaves those of two that measured the same once', () => {
    const isScrapeLabel = (label: string) => label === 's'
    const views = viewsOf(
      [series({ s: 'a' }), series({ s: 'b' }, { to: 90 }), series({ s: 'c', zone: 'z' }, { to: 80 })],
      isScrapeLabel,
    )
    assert.deepEqual(
      onceEach(views).map(({ labels }) => labels.s),
      ['a', 'c'],
    )
  })
})

describe('series of views', () => {
  const isScrapeLabel = (label: string) => label === 's'
  const all = [series({ s: 'a' }, { to: 4 }), series({ s: 'a', zone: 'z' }, { to: 1 }), series({ s: 'b' }, { to: 4 })]
  const [a] = viewsOf(all, isScrapeLabel)
  const times = (more: { after?: number; before?: number }) =>
    seriesOfViews(all, [{ ...a!, ...more }], isScrapeLabel).map(({ timestamps, values }) => [
      [...timestamps],
      [...values],
    ])

  it('are those of the views alone, as they are', () => {
    assert.deepEqual(seriesOfViews(all, [a!], isScrapeLabel), [all[0], all[1]])
  })

  it('have only what lies after or before a time; one without any is left out', () => {
    assert.deepEqual(times({ after: 1 }), [
      [
        [2, 3, 4],
        [20, 30, 40],
      ],
    ])
    assert.deepEqual(times({ before: 1 }), [
      [[0], [0]],
      [[0], [0]],
    ])
    assert.deepEqual(times({ after: 0, before: 2 }), [
      [[1], [10]],
      [[1], [10]],
    ])
  })
})

describe('series that an exporter measured of a machine', () => {
  const [machine] = machines([series({ instance: 'a', node: 'n' })])
  const own = (...all: Series[]) => ownSeries(all, machine!, options).map(({ labels }) => labels)

  it('are those that came the same way, also where others would do', () => {
    const same = { instance: 'a', node: 'n', zone: 'z' }
    assert.deepEqual(own(series({ instance: 'a', node: 'n', job: 'x' }), series(same)), [same])
  })

  it('are else any that nothing contradicts, once', () => {
    const [other, more] = [
      { instance: 'a', job: 'x' },
      { instance: 'a', job: 'y' },
    ]
    assert.deepEqual(own(series({ instance: 'b' }), series(more, { to: 90 }), series(other)), [other])
    assert.deepEqual(own(series({ instance: 'b' })), [])
  })
})
