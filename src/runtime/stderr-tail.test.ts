import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { stderrTail } from './stderr-tail.js'

/** A process that writes what a test says. */
function scene() {
  const stderr = new PassThrough()
  const tail = stderrTail({ stderr } as unknown as ChildProcess)
  const write = async (text: string) => {
    stderr.write(text)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { tail, write }
}

describe('stderrTail', () => {
  it('is what was written so far, without white space around it', async () => {
    const { tail, write } = scene()
    assert.equal(tail(), '')
    await write(' first\n')
    assert.equal(tail(), 'first')
    await write('second \n')
    assert.equal(tail(), 'first\nsecond')
  })

  it('is the end of it, two thousand characters', async () => {
    const { tail, write } = scene()
    await write('a'.repeat(1999))
    await write('bc')
    assert.equal(tail(), `${'a'.repeat(1998)}bc`)
    await write('d'.repeat(5000))
    assert.equal(tail(), 'd'.repeat(2000))
  })

  it('is empty of a process whose stderr goes elsewhere', () => {
    assert.equal(stderrTail({ stderr: null } as ChildProcess)(), '')
  })
})
