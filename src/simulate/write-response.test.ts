import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textFormat } from './exposition.js'
import { scenarioNamed, scenarioNames } from './scenario.js'
import { metricChunks, sampleChunks, sampleTimes, truthChunks } from './write-response.js'

describe('what is written', () => {
  it('has a sample at each step, both ends included', () => {
    assert.deepEqual(sampleTimes({ duration: 7, step: 3, start: 100 }), [
      { time: 100, seconds: 0 },
      { time: 103, seconds: 3 },
      { time: 106, seconds: 6 },
    ])
    assert.deepEqual([sampleTimes({}).length, sampleTimes({})[0]?.time], [201, 1_700_000_000])
  })

  it('has the truth as one document, also of no time', () => {
    const written = (samples: readonly object[]) => JSON.parse([...sampleChunks(['a', 'b'], samples)].join(''))
    assert.deepEqual(written([]), { components: ['a', 'b'], samples: [] })
    assert.deepEqual(written([{ time: 1 }, { time: 2 }]), {
      components: ['a', 'b'],
      samples: [{ time: 1 }, { time: 2 }],
    })
  })

  it('is the truth of a simulated node, with all but the first of its times', () => {
    const options = { scenario: scenarioNamed('idle'), duration: 6, step: 3, start: 100 }
    const { components, samples } = JSON.parse([...truthChunks(options, ['a'])].join(''))
    assert.deepEqual(components, ['a'])
    assert.deepEqual(
      samples.map(({ time, idle }: { time: number; idle: number[] }) => [time, Math.round(idle[0]!)]),
      [
        [103, 36],
        [106, 36],
      ],
    )
  })

  it('comes in chunks of 64 KiB', () => {
    const world = () => ({
      advanceTo() {},
      read: (_: string, emit: (key: string, labels: () => Record<string, string>, value: number) => void) =>
        emit('a', () => ({}), 1),
    })
    const chunks = [...metricChunks(['m'], sampleTimes({ duration: 10_000, step: 1 }), world)]
    assert.ok(chunks.length > 2, String(chunks.length))
    for (const chunk of chunks.slice(0, -1)) assert.ok(chunk.length >= 65_536 && chunk.length < 65_600)
    assert.equal(JSON.parse(chunks.join('')).m[0].values.length, 10_001)
  })

  it('has the samples of each series from when it is there', () => {
    let now = 0
    const world = () => ({
      advanceTo(seconds: number) {
        now = seconds
      },
      read(metric: string, emit: (key: string, labels: () => Record<string, string>, value: number) => void) {
        emit('a', () => ({ of: 'a' }), now)
        if (metric === 'second' && now > 0) emit('b', () => ({ of: 'b' }), 10 * now)
      },
    })
    const text = [...metricChunks(['first', 'second'], sampleTimes({ duration: 3, step: 3, start: 0 }), world)].join('')
    assert.deepEqual(JSON.parse(text), {
      first: [
        {
          metric: { __name__: 'first', of: 'a' },
          values: [
            [0, '0'],
            [3, '3'],
          ],
        },
      ],
      second: [
        {
          metric: { __name__: 'second', of: 'a' },
          values: [
            [0, '0'],
            [3, '3'],
          ],
        },
        { metric: { __name__: 'second', of: 'b' }, values: [[3, '30']] },
      ],
    })
  })

  it('escapes labels in the text format, without those of Prometheus', () => {
    const metric = {
      ...{ name: 'm', type: 'gauge', help: 'h' },
      read: (value: number, emit: (key: string, labels: () => Record<string, string>, value: number) => void) =>
        emit('', () => ({ job: 'j', instance: 'i', a: 'x"y\\z\nw', b: '' }), value),
    }
    assert.equal(textFormat([metric], 5), '# HELP m h\n# TYPE m gauge\nm{a="x\\"y\\\\z\\nw",b=""} 5\n')
  })
})

describe('scenarios', () => {
  it('run the system beside their work, of which all have names of their own', () => {
    for (const name of scenarioNames) {
      const { workloads, name: own } = scenarioNamed(name)
      assert.equal(own, name)
      assert.equal(
        workloads.filter(({ namespace }) => namespace === 'kube-system').length,
        name === 'background-heavy' ? 7 : 5,
      )
      assert.ok(workloads.every(({ background, namespace }) => background === (namespace === 'kube-system')))
      assert.equal(new Set(workloads.map((one) => one.name)).size, workloads.length)
    }
    const jobs = scenarioNamed('churn').workloads.slice(5)
    assert.deepEqual(
      jobs.map(({ start, runs, pauses, profile }) => [start, runs, pauses, profile]),
      [
        [0, 60, 80, 'cpu'],
        [20, 75, 70, 'memory'],
        [40, 90, 60, 'cpu'],
        [60, 105, 50, 'memory'],
        [80, 120, 40, 'cpu'],
        [100, 135, 30, 'memory'],
      ],
    )
    assert.throws(() => scenarioNamed('none'), { code: 'INVALID_REQUEST', field: 'scenario' })
  })
})
