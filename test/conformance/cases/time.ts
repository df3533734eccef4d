import assert from 'node:assert/strict'
import { type CaseCheck, expectColumns, usualNode } from './case.js'

/** When: scrapes and steps, and samples that cannot be. */
export const timeCases: Readonly<Record<string, CaseCheck>> = {
  async 'scrape30-step3'(opened) {
    for (const seconds of ['15', '30', '60']) {
      await opened.generate(seconds, `s${seconds}.json`)
      await expectColumns(opened, ['-i', `s${seconds}`], usualNode)
    }
  },

  async scrape5(opened) {
    for (const seconds of ['2', '4', '5', '7', '10']) {
      await opened.generate(seconds, `s${seconds}.json`)
      await expectColumns(opened, ['-i', `s${seconds}`], usualNode)
    }
  },

  async spike(opened) {
    const { findings, rows } = await expectColumns(opened, [], usualNode)
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['impossible value'],
    )
    assert.equal(rows, 198)
  },
}
