import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { progressLine } from './progress.js'

function terminal(columns: number) {
  const written: string[] = []
  return { written, isTTY: true, columns, write: (text: string) => written.push(text) }
}

describe('progressLine', () => {
  it('draws a bar, its percentage and the text, and removes the line', () => {
    const output = terminal(80)
    const progress = progressLine(output)
    progress.show(0.25, '3 of 12 models')
    progress.clear()
    const text = output.written.join('')
    assert.match(stripVTControlCharacters(text), /█{6}░{18} {2}25% 3 of 12 models/)
    // The line is cleared and the cursor shown again.
    assert.ok(text.includes('\u001b[2K'))
    assert.ok(text.lastIndexOf('\u001b[?25h') > text.lastIndexOf('\u001b[?25l'))
  })

  it('is never wider than the terminal', () => {
    const output = terminal(40)
    const progress = progressLine(output)
    progress.show(0.5, 'x'.repeat(100))
    progress.clear()
    const widths = output.written.map((text) => stringWidth(stripVTControlCharacters(text)))
    assert.equal(Math.max(...widths), 40)
  })

  it('shows the text alone where the end is not known', () => {
    const output = terminal(80)
    const progress = progressLine(output)
    progress.show(undefined, '12.0 MB')
    progress.clear()
    assert.match(stripVTControlCharacters(output.written.join('')), /^(12\.0 MB)+$/)
  })

  it('writes nothing to a pipe', () => {
    const written: string[] = []
    const progress = progressLine({ write: (text) => written.push(text) })
    progress.show(0.5, 'text')
    progress.clear()
    assert.deepEqual(written, [])
  })
})
