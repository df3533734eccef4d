import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { madeResponse } from '../../test/fixtures/response.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { errorCode } from '../core/errors.js'
import { expectSelected } from './expect-selected.js'
import { mergeParts } from './merge.js'
import { mergeNotices, noticeCollector, noticeLines } from './notices.js'
import { parseSampleText } from './number.js'
import { openPartialFile } from './partial-file.js'
import type { PrometheusResponse } from './response.js'
import { matching, parseMatchers } from './selector.js'
import { parseTime, splitRange } from './time-range.js'
import { sampleText, seriesChunks } from './write-response.js'

const series = (labels: Readonly<Record<string, string>>, ...samples: readonly (readonly [number, number])[]) => ({
  metric: 'm',
  labels,
  timestamps: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
})

describe('the text of a sample', () => {
  it('is a number as Go writes it', () => {
    const cases: readonly (readonly [string, number | undefined])[] = [
      ['1', 1],
      ['-1.5e-3', -0.0015],
      ['+2.', 2],
      ['.5', 0.5],
      ['1E9', 1e9],
      ['+Inf', Number.POSITIVE_INFINITY],
      ['Inf', Number.POSITIVE_INFINITY],
      ['-Inf', Number.NEGATIVE_INFINITY],
      ['NaN', Number.NaN],
      ...['', '.', '1 ', ' 1', '0x1', 'inf', '1e', '--1', 'e5', '1_0'].map((text) => [text, undefined] as const),
    ]
    for (const [text, value] of cases) assert.deepEqual(parseSampleText(text), value, text)
    for (const value of [1, 0.1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.deepEqual(parseSampleText(sampleText(value)), value)
    }
  })

  it('is written in chunks that read back', () => {
    const many = series({ a: '"' }, ...Array.from({ length: 9000 }, (_, i) => [i, i / 10] as const))
    const chunks = [...seriesChunks([many, series({}, [1, Number.POSITIVE_INFINITY]), series({ b: 'c' })])]
    assert.ok(chunks.length > 1 && chunks.length < 9, String(chunks.length))
    const read: { metric: object; values: (number | string)[][] }[] = JSON.parse(chunks.join(''))
    assert.deepEqual(
      read.map(({ metric, values }) => [metric, values.length]),
      [
        [{ a: '"' }, 9000],
        [{}, 1],
        [{ b: 'c' }, 0],
      ],
    )
    assert.deepEqual(
      [read[0]?.values[8999], read[1]?.values[0]],
      [
        [8999, '899.9'],
        [1, '+Inf'],
      ],
    )
    assert.equal([...seriesChunks([])].join(''), '[]')
  })
})

describe('parts of a range', () => {
  it('are joined by labels, in whatever order those stand', () => {
    const one = [series({ a: '1', b: '2' }, [1, 10])]
    assert.equal(mergeParts([one]), one)
    const merged = mergeParts([
      [series({ a: '1', b: '2' }, [1, 10], [2, 20]), series({ a: '1', b: '3' }, [1, 5])],
      [series({ b: '2', a: '1' }, [3, 30])],
    ])
    assert.deepEqual(
      merged.map(({ timestamps, values }) => [[...timestamps], [...values]]),
      [
        [
          [1, 2, 3],
          [10, 20, 30],
        ],
        [[1], [5]],
      ],
    )
    assert.deepEqual(mergeParts([]), [])
  })

  it('have so many samples at most, ten thousand in all', () => {
    const parts = (end: number, points?: number) => splitRange({ start: 0, end, step: 1 }, points)
    assert.deepEqual(parts(9, 10), [{ start: 0, end: 9, step: 1 }])
    assert.deepEqual(parts(10, 10), [
      { start: 0, end: 9, step: 1 },
      { start: 10, end: 10, step: 1 },
    ])
    assert.deepEqual([parts(9999).length, parts(10_000).length], [1, 2])
    assert.equal(parts(9999, 1).length, 10_000)
    assert.throws(() => parts(10_000, 1), { code: 'LIMIT_EXCEEDED', field: 'step' })
    assert.throws(() => splitRange({ start: 5, end: 4, step: 1 }), { field: 'end-time' })
    assert.throws(() => splitRange({ start: 5, end: 9, step: -1 }), { field: 'step' })
  })

  it('are of times as Go prints them', () => {
    const expected = Date.UTC(2026, 10, 28, 1, 10) / 1000
    for (const text of [
      '2026-11-28 03:10:00 +0200 CEST m=+61.2',
      '2026-11-28 03:10:00 +0200 +02',
      '2026-11-28T01:10:00.000Z',
      `${expected}.0`,
    ]) {
      assert.equal(parseTime(text, 'x'), expected, text)
    }
    assert.equal(parseTime('2026-11-28T01:10:00.5Z', 'x'), expected + 0.5)
    assert.throws(() => parseTime('1234567890123', 'x'), { field: 'x' })
  })
})

describe('what a server says', () => {
  it('is kept once, a hundred texts of a kind and a thousand characters of each', () => {
    const { notices, add } = noticeCollector()
    add('warnings', 'a')
    add('warnings', 'a')
    add('infos', 'a')
    assert.deepEqual(notices, { warnings: ['a'], infos: ['a'] })
    for (let i = 0; i < 150; i++) add('warnings', String(i))
    assert.equal(notices.warnings.length, 100)
    add('infos', 'x'.repeat(1000))
    add('infos', 'x'.repeat(1001))
    assert.deepEqual(
      notices.infos.slice(1).map(({ length }) => length),
      [1000, 1001],
    )
    assert.ok(notices.infos[2]?.endsWith('…'))
    const merged = mergeNotices([
      { warnings: ['a'], infos: [] },
      { warnings: ['b', 'a'], infos: ['c'] },
    ])
    assert.deepEqual(merged, { warnings: ['a', 'b'], infos: ['c'] })
    assert.deepEqual(noticeLines(merged).length, 3)
    assert.match(noticeLines(merged)[2]!, /remarked: "c"/)
  })
})

describe('selectors at their bounds', () => {
  it('have a hundred matchers', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `l${i}="x"`).join(',')
    assert.equal(parseMatchers(many(100)).length, 100)
    assert.throws(() => parseMatchers(many(101)), { code: 'INVALID_REQUEST', field: 'select' })
  })

  it('read quoted names, escapes and flags', () => {
    assert.deepEqual(parseMatchers(`"a.b"="x\\ty\\r\\n\\\\"`), [{ label: 'a.b', operator: '=', value: 'x\ty\r\n\\' }])
    const fits = (text: string, value: string) => matching(parseMatchers(text))({ a: value })
    assert.equal(fits('a=~"x.y"', 'x\ny'), true)
    assert.equal(fits('a=~"(?is)X.y"', 'x\ny'), true)
    assert.equal(fits('a!~"x|y"', 'y'), false)
    assert.equal(fits('a!~"x|y"', 'xy'), true)
    assert.equal(fits('a!="x"', 'x'), false)
    assert.deepEqual(parseMatchers('a="b",'), parseMatchers('a="b"'))
    assert.throws(() => parseMatchers('a=~"["', 'other'), { field: 'other' })
  })

  it('must leave something of what there was', () => {
    const response = (samples: number, deselected?: number) =>
      ({ samples, ...(deselected === undefined ? {} : { deselected }) }) as PrometheusResponse
    for (const good of [response(1, 5), response(0, 0), response(0)]) assert.equal(expectSelected(good, 'x'), good)
    assert.throws(() => expectSelected(response(0, 1)), { message: /^--select .*none of 1 series$/ })
    assert.throws(() => expectSelected(response(0, 5), 'file'), {
      field: 'select',
      message: /^file: .*none of 5 series/,
    })
  })
})

describe('a response that grows', () => {
  const accepts = (plan: string) => plan === 'plan'
  const opened = (path: string, plan = 'plan') => openPartialFile(path, plan, accepts)

  it('is one document in the end, with what was said', async () => {
    const folder = temporaryFolder()
    const [path, target] = [join(folder, 'part'), join(folder, 'whole')]
    const file = await opened(path)
    assert.deepEqual([file.plan, [...file.done]], ['plan', []])
    await file.add('a"b', ['[', '1]'])
    await file.note({ warnings: ['w'], infos: ['i'] })
    await file.note({ warnings: ['w'], infos: [] })
    await file.add('c', ['[2]'])
    await file.finish(target)
    assert.deepEqual(JSON.parse(readFileSync(target, 'utf8')), { 'a"b': [1], c: [2], warnings: ['w'], infos: ['i'] })
    assert.equal(existsSync(path), false)
    // Whoever closes it does not hold the file open.
    const closed = await opened(join(folder, 'closed'))
    await closed.close()
    await assert.rejects(closed.add('d', ['[3]']))
    const none = await opened(path)
    await none.finish(target)
    assert.deepEqual(JSON.parse(readFileSync(target, 'utf8')), {})
  })

  it('goes on behind the last finished line, or begins anew for another plan', async () => {
    const path = join(temporaryFolder(), 'part')
    writeFileSync(path, 'plan\n"a":[1]\n#{"kind":"infos","text":"i"}\n#{"kind":"odd"}\n"b":[2')
    const file = await opened(path)
    assert.deepEqual([...file.done], ['a'])
    await file.add('b', ['[3]'])
    await file.finish(`${path}.json`)
    assert.deepEqual(JSON.parse(readFileSync(`${path}.json`, 'utf8')), { a: [1], b: [3], infos: ['i'] })
    for (const before of ['other\n"a":[1]\n', 'plan', '']) {
      writeFileSync(path, before)
      const anew = await opened(path)
      assert.deepEqual([anew.plan, [...anew.done]], ['plan', []])
      await anew.close()
      assert.equal(readFileSync(path, 'utf8'), 'plan\n')
    }
    await assert.rejects(
      opened('/nowhere/part'),
      ({ code, message, cause }: Error & { code?: string }) =>
        code === 'UNAVAILABLE' &&
        message.startsWith('/nowhere/part cannot be written') &&
        errorCode(cause) === 'ENOENT',
    )
  })

  it('may have lines that are longer than what is read at once, and empty ones', async () => {
    const path = join(temporaryFolder(), 'part')
    const long = JSON.stringify('x'.repeat(1_500_000))
    writeFileSync(path, `plan\n"a":[${long}]\n\n"q\\"\\\\":[${long}]\n"torn":[${long}`)
    const file = await opened(path)
    assert.deepEqual([...file.done], ['a', '', 'q"\\'])
    await file.add('b', ['[', long, ']'])
    await file.finish(`${path}.json`)
    const written: Record<string, readonly string[]> = JSON.parse(readFileSync(`${path}.json`, 'utf8'))
    assert.deepEqual(
      Object.entries(written).map(([name, [text = '']]) => [name, text.length]),
      ['a', 'q"\\', 'b'].map((name) => [name, 1_500_000]),
    )
  })
})

describe('series that are selected', () => {
  const metrics = { m_total: ['a', 'b', 'c'].map((zone) => ({ labels: { zone }, values: [1, 2] })) }

  it('are kept, and those that were not are counted', () => {
    const {
      series,
      metrics: known,
      samples,
      deselected,
    } = madeResponse(metrics, { select: ({ zone }) => zone === 'b' })
    assert.deepEqual(
      series.get('m_total')?.map(({ labels }) => labels.zone),
      ['b'],
    )
    assert.deepEqual([known.get('m_total'), samples, deselected], [1, 2, 2])
    assert.equal('deselected' in madeResponse(metrics), false)
  })

  it('are bounded by their samples', () => {
    assert.equal(madeResponse(metrics, { maxSamples: 6 }).samples, 6)
    assert.throws(() => madeResponse(metrics, { maxSamples: 5 }), {
      code: 'LIMIT_EXCEEDED',
      message: /more than 5 samples, reached in "m_total"/,
    })
  })

  it('are given to a listener instead, in one buffer', () => {
    const told: unknown[] = []
    const { series, samples } = madeResponse(metrics, {
      onSeries: (metric, labels, { timestamps, values, count }) =>
        told.push([metric, labels.zone, [...timestamps.subarray(0, count)], [...values.subarray(0, count)]]),
    })
    assert.deepEqual(
      told,
      ['a', 'b', 'c'].map((zone) => ['m_total', zone, [1000, 1003], [1, 2]]),
    )
    assert.deepEqual([series.get('m_total'), samples], [[], 6])
  })
})
