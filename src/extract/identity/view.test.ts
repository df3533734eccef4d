import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import { measureTheSame, overlap, shareThings, type View, viewKey, viewsOf } from './view.js'

/** Labels that begin with an s say how a series came. */
const isScrapeLabel = (label: string) => label.startsWith('s')

function series(labels: Labels, values: readonly number[], times = values.map((_, i) => 10 * i)): Series {
  return { metric: 'm', labels, timestamps: Float64Array.from(times), values: Float64Array.from(values) }
}

function view(...all: readonly Series[]): View {
  const [only, ...more] = viewsOf(all, isScrapeLabel)
  assert.ok(only)
  assert.equal(more.length, 0)
  return only
}

describe('the key of a view', () => {
  it('is made of the labels of a scrape, in whatever order they stand', () => {
    const any = () => true
    const key = viewKey({ a: '1', b: '2', c: '3' }, any)
    assert.notEqual(key, '')
    for (const labels of [
      { c: '3', b: '2', a: '1' },
      { b: '2', a: '1', c: '3' },
      { a: '1', b: '2', c: '3', d: '' },
    ]) {
      assert.equal(viewKey(labels, any), key)
    }
    assert.notEqual(viewKey({ a: '1', b: '2', c: '4' }, any), key)
    assert.equal(viewKey({ s: '1', zone: 'x' }, isScrapeLabel), viewKey({ s: '1', zone: 'y' }, isScrapeLabel))
  })
})

describe('views', () => {
  it('are of series that came the same way, those of most samples first', () => {
    const all = [
      series({ s: 'few', zone: 'a' }, [1, 2], [5, 9]),
      series({ s: 'many', zone: 'a', se: '' }, [1, 2], [20, 30]),
      series({ s: 'many', zone: 'b' }, [1, 2, 3], [10, 20, 25]),
      series({ s: 'even', zone: 'a' }, [1, 2], [5, 9]),
      series({ s: 'none', zone: 'a' }, []),
    ]
    const views = viewsOf(all, isScrapeLabel)
    assert.deepEqual(
      views.map(({ labels, samples, first, last }) => [labels, samples, first, last]),
      [
        [{ s: 'many' }, 5, 10, 30],
        // As many: by their labels.
        [{ s: 'even' }, 2, 5, 9],
        [{ s: 'few' }, 2, 5, 9],
        [{ s: 'none' }, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ],
    )
    const reversed = viewsOf([...all].reverse(), isScrapeLabel)
    assert.deepEqual(
      reversed.map(({ key }) => key),
      views.map(({ key }) => key),
    )
    const [many] = views
    assert.deepEqual([...many!.series().values()], [all[1], all[2]])
    assert.equal(many!.series(), many!.series())
  })

  it('overlap where they have any time in common', () => {
    const at = (...times: number[]) => view(series({ s: 'x' }, times, times))
    const [early, touching, late] = [at(0, 10), at(10, 20), at(11, 20)]
    assert.deepEqual([overlap(early, touching), overlap(touching, early)], [true, true])
    assert.deepEqual([overlap(early, late), overlap(late, early)], [false, false])
    assert.ok(overlap(at(0, 30), touching) && overlap(touching, at(0, 30)))
  })

  it('share what both measured, by metric and the labels of the exporter', () => {
    const one = view(series({ s: '1', zone: 'a', mode: 'x' }, [1]), series({ s: '1', zone: 'b' }, [1]))
    assert.ok(shareThings(one, view(series({ mode: 'x', zone: 'a', s: '2', __name__: 'm' }, [1]))))
    assert.ok(shareThings(one, view(series({ s: '2', zone: 'b' }, [1]))))
    assert.ok(!shareThings(one, view(series({ s: '2', zone: 'a' }, [1]))))
    assert.ok(!shareThings(one, view({ ...series({ s: '2', zone: 'b' }, [1]), metric: 'other' })))
  })
})

describe('two views', () => {
  const same = (a: Series | readonly Series[], b: Series | readonly Series[], ofGrowth?: boolean) => {
    const [one, other] = [view(...[a].flat()), view(...[b].flat())]
    const verdict = measureTheSame(one, other, ofGrowth)
    assert.equal(measureTheSame(other, one, ofGrowth), verdict)
    return verdict
  }
  const rising = series({}, [0, 10, 20, 30])
  const off = (...by: number[]) =>
    series(
      {},
      [0, 10, 20, 30].map((value, i) => value + by[i]!),
    )

  it('are of the same where counters differ by at most two steps, at the begin and at the end', () => {
    assert.ok(same(rising, off(0, 0, 0, 0)))
    assert.ok(same(rising, off(20, 20, 20, 20)))
    assert.ok(!same(rising, off(21, 21, 21, 21)))
    assert.ok(same(rising, off(0, 0, 0, 20)))
    assert.ok(!same(rising, off(0, 0, 0, 21)))
    assert.ok(same(rising, off(-20, 0, 0, 0)))
    assert.ok(!same(rising, off(-21, 0, 0, 0)))
    const falling = series({}, [30, 20, 10, 0])
    assert.ok(same(falling, series({}, [50, 40, 30, 20])))
  })

  it('know the usual step by the samples that moved', () => {
    const seldom = series({}, [0, 10, 10, 10])
    assert.ok(same(seldom, series({}, [20, 30, 30, 30])))
    // One large step among many is not what is usual.
    const steps = Array.from({ length: 40 }, (_, i) => i + (i > 20 ? 1000 : 0))
    const apart = (by: number) =>
      series(
        {},
        steps.map((value) => value + by),
      )
    assert.ok(same(series({}, steps), apart(2)))
    assert.ok(!same(series({}, steps), apart(3)))
  })

  it('are compared over the time that both have', () => {
    const early = series({}, [-500, 10, 20, 30], [0, 10, 20, 30])
    const late = series({}, [10, 20, 30, 900], [10, 20, 30, 40])
    assert.ok(same(early, late))
    assert.ok(!same(series({}, [0, 10], [0, 10]), series({}, [10, 20], [10, 20])))
    assert.ok(!same(rising, series({}, [])))
  })

  it('tell nothing where nothing moves', () => {
    const still = series({}, [5, 5, 5, 5])
    assert.ok(!same(still, still))
    // One that moves by more than two steps in all differs from one that stands still.
    assert.ok(!same(rising, series({}, [0, 0, 0, 0])))
  })

  it('are of the same where more series agree than differ', () => {
    const three = (...by: number[]) =>
      by.map((more, i) =>
        series(
          { zone: String(i) },
          [0, 10, 20, 30].map((value) => value + more),
        ),
      )
    assert.ok(same(three(0, 0, 0), three(0, 0, 99)))
    assert.ok(!same(three(0, 0, 0), three(0, 99, 99)))
    assert.ok(!same(three(0, 0), three(0, 99)))
    // Those that only one of them has say nothing.
    assert.ok(same(three(0, 0), three(0)))
  })

  it('of two exporters grow alike, to a twentieth, from wherever they began', () => {
    const hundred = series({}, [0, 50, 100])
    const grown = (by: number) => series({}, [7000, 7010, 7000 + by])
    assert.ok(!same(hundred, grown(100)))
    assert.ok(same(hundred, grown(95), true))
    assert.ok(!same(hundred, grown(94), true))
    assert.ok(same(hundred, grown(105), true))
    assert.ok(!same(hundred, grown(106), true))
    assert.ok(!same(hundred, grown(-100), true))
    assert.ok(same(series({}, [0, -50, -100]), grown(-95), true))
    assert.ok(!same(series({}, [0, -50, -100]), grown(-94), true))
  })
})
