import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { labelKeeper } from './labels.js'
import { sampleBuffer } from './samples.js'
import { responseCollector } from './response.js'
import { responseScanner } from './scanner.js'

interface Options {
  readonly wants?: (metric: string) => boolean
  readonly labels?: ReadonlySet<string>
}

/** What a scanner finds, in its order. */
function recording({ wants = () => true, labels: kept }: Options = {}) {
  const events: unknown[] = []
  const scanner = responseScanner(
    {
      metric: (name) => events.push(['metric', name]),
      wants,
      series: (metric, labels, { timestamps, values, count }) =>
        events.push([
          'series',
          metric,
          { ...labels },
          [...timestamps.subarray(0, count)],
          [...values.subarray(0, count)],
        ]),
      passed: (metric) => events.push(['passed', metric]),
      notice: (kind, text) => events.push([kind, text]),
    },
    labelKeeper(kept),
    sampleBuffer(),
  )
  return { scanner, events }
}

function scanned(text: string, options?: Options, cut = Number.POSITIVE_INFINITY): readonly unknown[] {
  const { scanner, events } = recording(options)
  const bytes = Buffer.from(text)
  scanner.write(bytes.subarray(0, cut))
  scanner.write(bytes.subarray(cut))
  scanner.end()
  return events
}
const refused = (text: string, message: RegExp | string, code = 'INVALID_DATA') => {
  for (const cut of [Number.POSITIVE_INFINITY, 1, text.length >> 1, text.length - 1]) {
    assert.throws(() => scanned(text, {}, cut), { code, message }, `${text} cut at ${cut}`)
  }
}

describe('a saved response', () => {
  it('has series in lists of metrics, and other things beside them', () => {
    const text =
      ' {"x":1,"a":[{"metric":{"l":"1"},"values":[[1,"2"]],"more":{"y":[1]}},{"values":[],"metric":{}}],"y":"]","b":[ ],' +
      '"z":{"q":[{}]},"c":[{"metric":{}}]} '
    const expected = [
      ['metric', 'a'],
      ['series', 'a', { l: '1' }, [1], [2]],
      ['series', 'a', {}, [], []],
      ['metric', 'b'],
      ['metric', 'c'],
      // Without samples: none, whatever the series before had.
      ['series', 'c', {}, [], []],
    ]
    for (let cut = 0; cut <= text.length; cut++) assert.deepEqual(scanned(text, {}, cut), expected, `cut at ${cut}`)
    assert.deepEqual(scanned('{}'), [])
    assert.deepEqual(scanned('{"data":[],"result":[],"values":[]}').length, 3)
  })

  it('has samples of the series alone, also where the one before had more', () => {
    const list = '[{"metric":{},"values":[[1,"2"],[3,"4"]]},{"metric":{}},{"metric":{},"values":[[5,"6"]]}]'
    assert.deepEqual(scanned(`{"a":${list}}`).slice(1), [
      ['series', 'a', {}, [1, 3], [2, 4]],
      ['series', 'a', {}, [], []],
      ['series', 'a', {}, [5], [6]],
    ])
  })

  it('has series that nobody wants, of which only the metric is told', () => {
    const wants = (metric: string) => metric === 'b'
    const text =
      '{"a":[{"metric":{},"values":[[1,"x"]]},{"metric":{}},{"values":[[1,"2"]],"metric":{}}],"b":[{"metric":{},"values":[[1,"2"]]}]}'
    const expected = [
      ['metric', 'a'],
      ...Array.from({ length: 3 }, () => ['passed', 'a']),
      ['metric', 'b'],
      ['series', 'b', {}, [1], [2]],
    ]
    for (let cut = 0; cut <= text.length; cut++) assert.deepEqual(scanned(text, { wants }, cut), expected)
  })

  it('keeps the labels that are asked for, and the name', () => {
    const text = '{"a":[{"metric":{"__name__":"a","k":"1","l":"2","__proto__":"3"},"values":[]}]}'
    assert.deepEqual(scanned(text, { labels: new Set(['l']) })[1], ['series', 'a', { __name__: 'a', l: '2' }, [], []])
    assert.deepEqual(scanned(text, { labels: new Set() })[1], ['series', 'a', { __name__: 'a' }, [], []])
  })
})

describe('an answer of the API', () => {
  const answer = (result: string, more = '') =>
    `{"status":"success",${more}"data":{"resultType":"matrix","result":${result}}}`

  it('has series of the metrics that they name', () => {
    const text = answer(
      '[{"metric":{"__name__":"a"},"values":[[1,"2"]]},{"values":[[3,"4"]],"metric":{"__name__":"b","x":"y"}}]',
      '"warnings":["w"],"infos":["i","j"],"isPartial":true,',
    )
    const expected = [
      ['warnings', 'w'],
      ['infos', 'i'],
      ['infos', 'j'],
      ['warnings', 'isPartial is true'],
      ['series', 'a', { __name__: 'a' }, [1], [2]],
      ['series', 'b', { __name__: 'b', x: 'y' }, [3], [4]],
    ]
    for (let cut = 0; cut <= text.length; cut++) assert.deepEqual(scanned(text, {}, cut), expected, `cut at ${cut}`)
    assert.deepEqual(scanned(answer('[]', '"isPartial":false,"infos":null,"warnings":[],')), [])
    assert.deepEqual(scanned('{"data":{"stats":{"a":[1]},"resultType":7,"result":[]},"status":8}'), [])
  })

  it('has series whose name stands behind their samples, wanted or not', () => {
    const wants = (metric: string) => metric === 'b'
    const named = (name: string) => `{"values":[[1,"2"]],"metric":{"__name__":"${name}"}}`
    const before = (name: string) => `{"metric":{"__name__":"${name}"},"values":[[1,"2"]]}`
    assert.deepEqual(
      scanned(answer(`[${named('a')},${named('b')},${before('a')},${named('b')},${before('b')}]`), { wants }),
      [
        ['passed', 'a'],
        ['series', 'b', { __name__: 'b' }, [1], [2]],
        ['passed', 'a'],
        ['series', 'b', { __name__: 'b' }, [1], [2]],
        ['series', 'b', { __name__: 'b' }, [1], [2]],
      ],
    )
  })

  it('may be an error, with what the server said', () => {
    refused('{"status":"error","error":"too \\"slow\\""}', /^Prometheus answered an error: "too /)
    refused('{"error":"slow","status":"error","data":{"result":[]}}', 'Prometheus answered an error: "slow"')
    assert.deepEqual(scanned('{"status":"success","error":"none"}'), [])
    refused('{"data":{"resultType":"vector","result":[]}}', /^Prometheus response: resultType "vector" has no history/)
    refused('{"data":{"result":{}}}', /expected a list of series, found '\{' at byte 18$/)
    refused('{"data":{"result":[{"metric":{}}]}}', /a series without the label __name__ at byte 31$/)
  })

  it('may be of an expression, whose series have no name', () => {
    const { scanner, finish } = responseCollector({ unnamed: '1 - a' })
    const series = (labels: object) => ({ metric: labels, values: [[1, '2']] })
    scanner.write(Buffer.from(JSON.stringify({ data: { result: [series({}), series({ __name__: 'b' })] } })))
    assert.deepEqual([...finish().series.keys()], ['1 - a', 'b'])
  })
})

describe('what is no response', () => {
  it('is named by what was expected, and where', () => {
    refused('7', /^Prometheus response: expected an object, found '7' at byte 0$/)
    refused('{"a" 7}', /expected ':' after "a", found '7' at byte 5$/)
    refused('{"a":1 "b":2}', /expected ',' or '\}', found '"' at byte 7$/)
    refused('{"a":1,}', /expected a string, found '\}' at byte 7$/)
    refused('{,}', /expected a string, found ',' at byte 1$/)
    refused('{"a":[7]}', /expected a series \{"metric": \.\.\., "values": \.\.\.\}, found '7' in "a" at byte 6$/)
    refused('{"a":[{"metric":{}}{}]}', /expected ',' or ']' after a series, found '\{' in "a" at byte 19$/)
    refused('{"a":[{"metric":{}},]}', /expected a series .*, found '\]' in "a" at byte 20$/)
    refused('{"a":[{"metric":{},"values":7}]}', /expected a list of samples, found '7' in "a" at byte 28$/)
    refused('{"a":[{"metric":{} 7}]}', /expected ',' or '\}', found '7' in "a" at byte 19$/)
    refused('{"a":[{"metric":{"x":"y"},"values":[7]}]}', /found '7' in "a" \{x="y"\} at byte 36$/)
    refused('{"a":[{}]}', /a series without "metric" in "a" at byte 7$/)
    refused('{"a":[{"metric":{"x":"y"}},{}]}', /a series without "metric" in "a" at byte 28$/)
    // Behind the list its metric is told no more.
    refused('{"a":[] 7}', /expected ',' or '\}', found '7' at byte 8$/)
    refused('{}{', /expected nothing more behind the response, found '\{' at byte 2$/)
  })

  it('has a key twice', () => {
    refused('{"a":1,"a":2}', /"a" appears twice at byte 7$/)
    refused('{"data":{"result":[],"result":[]}}', /"result" appears twice at byte 21$/)
    refused('{"a":[{"metric":{},"metric":{}}]}', /"metric" appears twice in "a" at byte 19$/)
    // Each series has keys of its own, and so has each level.
    assert.equal(
      scanned('{"values":1,"a":[{"x":1,"metric":{},"values":[]},{"x":2,"metric":{},"values":[]}]}').length,
      3,
    )
  })

  it('has labels that are none', () => {
    const labels = (text: string, message: RegExp) => refused(`{"a":[{"metric":${text}}]}`, message)
    labels('7', /expected labels \{\.\.\.\}, found '7' in "a" at byte 16$/)
    labels('{"x" "y"}', /expected ':' after label "x", found '"' in "a" at byte 21$/)
    labels('{"x":"y" "z":"1"}', /expected ',' or '\}' within labels, found '"' in "a" at byte 25$/)
    labels('{"x":"y",}', /expected a string, found '\}'/)
    labels('{"x":"y","x":"z"}', /label "x" appears twice in "a" at byte 25$/)
  })

  it('ends too early', () => {
    const whole = '{"a":[{"metric":{"x":"y"},"values":[[1,"2"]]}],"status":"success"}'
    for (let end = 0; end < whole.length; end++) {
      assert.throws(() => scanned(whole.slice(0, end)), {
        ...{ code: 'INVALID_DATA', reason: 'truncated' },
        message: new RegExp(`^Prometheus response: the response is cut off.* at byte ${end}$`),
      })
    }
  })
})

describe('a scanner', () => {
  it('counts the bytes that it took, and keeps nothing of a chunk', () => {
    const { scanner, events } = recording()
    const text = Buffer.from('{"a":[{"metric":{"x":"first"},"values":[[1,"2"],[3,"4"]]}]}')
    for (const [from, to] of [
      [0, 25],
      [25, 25],
      [25, 45],
      [45, text.length],
    ] as const) {
      const chunk = Buffer.from(text.subarray(from, to))
      scanner.write(chunk)
      chunk.fill(0x78)
      assert.equal(scanner.bytes, to)
    }
    scanner.end()
    assert.deepEqual(events[1], ['series', 'a', { x: 'first' }, [1, 3], [2, 4]])
  })

  it('takes label sets of 256 KiB where they come in parts', () => {
    const size = 256 * 1024
    const [head, tail] = ['{"a":[{"metric":', '}]}']
    const labels = (bytes: number) => {
      const each = 50_000
      const parts = Array.from({ length: 5 }, (_, i) => `"l${i}":"${'x'.repeat(each)}"`)
      const rest = bytes - `{${parts.join(',')},"r":""}`.length
      return `{${parts.join(',')},"r":"${'x'.repeat(rest)}"}`
    }
    const at = (bytes: number) => scanned(`${head}${labels(bytes)}${tail}`, {}, head.length + bytes - 1)
    assert.equal(at(size + 1).length, 2)
    assert.throws(() => at(size + 2), {
      code: 'INVALID_DATA',
      message: /a label set is longer than 262144 bytes in "a" at byte 16$/,
    })
    // All at once it is as long as it is.
    assert.equal(scanned(`${head}${labels(size + 2)}${tail}`).length, 2)
  })

  it('passes over values that nest 64 deep', () => {
    const nested = (depth: number) => `{"x":${'{"y":'.repeat(depth)}1${'}'.repeat(depth)}}`
    assert.deepEqual(scanned(nested(64)), [])
    refused(nested(65), /^Prometheus response: nested deeper than 64 at byte \d+$/, 'LIMIT_EXCEEDED')
    refused('{"x":{"y":1]}', /^Prometheus response: unexpected '\]' at byte 11$/)
  })

  it('names a series by the labels that it has, shortened', () => {
    const many = Array.from({ length: 20 }, (_, i) => `"l${i}":"${'v'.repeat(60)}"`).join(',')
    const message = (labels: string) => {
      try {
        scanned(`{"a":[{"metric":{${labels}},"values":[7]}]}`)
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
      return ''
    }
    assert.match(message('"__name__":"a"'), / in "a" at byte \d+$/)
    const told = /\{(.*)\} at byte/.exec(message(many))?.[1] ?? ''
    assert.equal(told.length, 300)
    assert.match(told, /^l0="v{30,40}/)
    assert.ok(!told.includes('v'.repeat(42)))
  })
})
