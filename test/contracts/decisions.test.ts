import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const folder = 'docs/decisions'

/** `# 7. Title`, date and status, then exactly these three headings in this order. */
const format =
  /^# (\d+)\. [^\n]+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (?:proposed|accepted|superseded)[^\n]*\n\n## Context\n\n(?:(?!\n## )[\s\S])+\n## Decision\n\n(?:(?!\n## )[\s\S])+\n## Consequences\n\n(?:(?!\n## )[\s\S])+\n$/

describe('decision records', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} has number, date, status, context, decision and consequences`, () => {
      const text = readFileSync(`${folder}/${file}`, 'utf8')
      const number = format.exec(text)?.[1]
      assert.equal(number?.padStart(4, '0'), file.slice(0, 4))
    })
  }

  it('have a number each', () => {
    const numbers = readdirSync(folder).map((file) => file.slice(0, 4))
    assert.deepEqual(numbers, [...new Set(numbers)])
  })
})
