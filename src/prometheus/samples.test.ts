import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readResponse } from './read.js'

/** Behind so many samples more a sample is read the fast way, alone the slow one. */
const padding = Array.from({ length: 20 }, (_, i) => `[${i},"0"]`).join(',')

async function first(sample: string, behind: string): Promise<readonly [number, number]> {
  const text = `{"a":[{"metric":{},"values":[${sample}${behind}]}]}`
  const { series } = await readResponse([Buffer.from(text)])
  const { timestamps, values } = series.get('a')![0]!
  assert.equal(values.length, behind === '' ? 1 : 21, text)
  return [timestamps[0]!, values[0]!]
}

describe('a sample', () => {
  it('is the nearest double of what is written, read the fast way or the slow one', async () => {
    const times = [
      ...['0', '5', '1700000000', '1700000000.5', '1700000000.123', '0.1', '0.000001', '999999999999999'],
      ...['1234567890.12345', '12345678901.12345', '1234567890123456', '1e3', '-1', '1.5e-3'],
    ]
    const texts = [
      ...[
        '0',
        '7',
        '00012',
        '0.1',
        '5.',
        '.5',
        '123456789012345',
        '1234567890123456',
        '9007199254740993',
        '-3',
        '1e22',
      ],
      ...[
        '12345678901234.5',
        '123456789012345.6',
        '0.12345678901234',
        '0.123456789012345',
        '+2',
        '1.7976931348623157e308',
      ],
    ]
    for (const behind of ['', `,${padding}`, `, ${padding}`]) {
      for (const time of times) assert.deepEqual(await first(`[${time},"1"]`, behind), [Number(time), 1], time)
      for (const text of texts) assert.deepEqual(await first(`[1,"${text}"]`, behind), [1, Number(text)], text)
      assert.deepEqual(await first('[1,"NaN"]', behind), [1, Number.NaN])
      assert.deepEqual(await first('[1,"+Inf"]', behind), [1, Number.POSITIVE_INFINITY])
    }
  })

  it('may have white space anywhere, and a value without quotes', async () => {
    for (const behind of ['', `,${padding}`, ` ,\n${padding}`]) {
      for (const sample of [
        '[1, "2"]',
        ' [1,"2"]',
        '[ 1,"2"]',
        '[1 ,"2"]',
        '[1,  "2"]',
        '[1,"2" ]',
        '[1,2]',
        '\t[1,\n2 ]',
      ]) {
        assert.deepEqual(await first(sample, behind), [1, 2], sample)
      }
    }
  })

  it('that is none is named by what is wrong with it, and where', async () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['7', /expected a sample \[time, "value"\], found '7' in "a" at byte 29$/],
      ['[]', /expected a number, found '\]' in "a" at byte 30$/],
      ['["1","2"]', /expected a number, found '"' in "a" at byte 30$/],
      ['[01,"2"]', /"01" is not a number in "a" at byte 30$/],
      ['[1.,"2"]', /"1\." is not a number in "a" at byte 30$/],
      ['[.5,"2"]', /"\.5" is not a number in "a" at byte 30$/],
      ['[1 "2"]', /expected ',' within a sample, found '"' in "a" at byte 32$/],
      ['[1]', /expected ',' within a sample, found '\]' in "a" at byte 31$/],
      ['[1,"2",3]', /expected ']' behind a sample, found ',' in "a" at byte 35$/],
      ['[1,"2.3.4"]', /"2\.3\.4" is not a number in "a" at byte 32$/],
      ['[1,""]', /"" is not a number in "a" at byte 32$/],
      ['[1,"."]', /"\." is not a number in "a" at byte 32$/],
      ['[1,x]', /expected a number, found 'x' in "a" at byte 32$/],
      ['[1,x2"]', /expected a number, found 'x' in "a" at byte 32$/],
      ['[1,"2"x', /expected ']' behind a sample, found 'x' in "a" at byte 35$/],
      ['[1,"2"] [3,"4"]', /expected ',' or ']' after a sample, found '\[' in "a" at byte 37$/],
      ['[1,"2"],,[3,"4"]', /expected a sample .*, found ',' in "a" at byte 37$/],
    ]
    for (const [sample, message] of wrong) {
      for (const behind of ['', `,${padding}`]) {
        await assert.rejects(first(sample, behind), { code: 'INVALID_DATA', message }, `${sample}${behind}`)
      }
    }
    await assert.rejects(first('[1,"2x]', `,${padding}`), {
      code: 'INVALID_DATA',
      message: /"2x\],\[0," is not a number/,
    })
    await assert.rejects(first('[1,"2"],', ''), { message: /expected a sample .*, found '\]'/ })
  })

  it('is told as it stands where text that is no number is kept', async () => {
    for (const behind of ['', `,${padding}`]) {
      const text = `{"a":[{"metric":{},"values":[[1,"watt"]${behind}]}]}`
      const { series, badSamples } = await readResponse([Buffer.from(text)], { tolerant: true })
      assert.ok(Number.isNaN(series.get('a')![0]!.values[0]))
      assert.deepEqual(badSamples, [{ metric: 'a', text: 'watt', offset: 32 }])
    }
  })
})

describe('samples', () => {
  it('are as many as there are, whatever room there was for them', async () => {
    for (const count of [1, 1023, 1024, 1025, 2048, 2049, 5000]) {
      for (const write of [(i: number) => `[${i},"${i}"]`, (i: number) => `[${i} , ${i} ]`]) {
        const text = `{"a":[{"metric":{},"values":[${Array.from({ length: count }, (_, i) => write(i)).join(',')}]}]}`
        const { series, samples } = await readResponse([Buffer.from(text)])
        const { timestamps, values } = series.get('a')![0]!
        assert.deepEqual([samples, values.length, timestamps.length], [count, count, count])
        assert.ok(values.every((value, i) => value === i) && timestamps.every((time, i) => time === i))
      }
    }
  })

  it('are read from chunks that end anywhere', async () => {
    const text = `{"a":[{"metric":{},"values":[${padding} , [1.5,"-2.25"],${padding}]}]}`
    const whole = await readResponse([Buffer.from(text)])
    for (let cut = 1; cut < text.length; cut++) {
      const parts = [Buffer.from(text.slice(0, cut)), Buffer.from(text.slice(cut))]
      assert.deepEqual((await readResponse(parts)).series, whole.series)
    }
  })
})

describe('samples that nobody wants', () => {
  const after = async (values: string) => {
    const text = `{"no":[{"metric":{},"values":${values}},{"metric":{},"values":${values}}],"yes":[{"metric":{},"values":[[1,"2"]]}]}`
    const { series, metrics } = await readResponse([Buffer.from(text)], { wants: (metric) => metric === 'yes' })
    return [metrics.get('no'), series.get('yes')?.[0]?.values[0]]
  }
  const many = (write: (i: number) => string, separator = ',') =>
    Array.from({ length: 60 }, (_, i) => write(i)).join(separator)

  it('are passed over, of any length and with anything in their texts', async () => {
    for (const values of [
      '[]',
      `[${many((i) => `[${i},"${i}"]`)}]`,
      `[${many((i) => `[${1700000000 + i},"${10 ** (i % 16)}"]`)}]`,
      `[${many((i) => `[${i},"${i}"]`, ', ')}]`,
      `[${many((i) => `[${i}, "${i}"]`, ' , ')}]`,
      `[${many((i) => `[${i},"${'9'.repeat(1 + (i % 45))}"]`)}]`,
      `[${many((i) => `[${i},"]${i}"]`)}]`,
      `[${many((i) => `[${i},"\\"]"]`)}]`,
    ]) {
      assert.deepEqual(await after(values), [2, 2], values.slice(0, 60))
    }
  })
})
