import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunningProgram } from './program.js'

/** Seconds that are longer than anything a test waits for. */
const patience = 60

/**
 * Waits for a condition. Where it depends on a program, that must not end meanwhile, and its log is shown when the condition
 * never holds.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  program?: RunningProgram,
): Promise<void> {
  const deadline = Date.now() + patience * 1000
  let ended: unknown
  void program?.ended.then((code) => {
    ended = code
  })
  const log = () => program?.stderr().slice(-3000) ?? ''
  while (!(await holds())) {
    assert.equal(ended, undefined, `the program ended with ${ended} before ${what}\n${log()}`)
    assert.ok(Date.now() < deadline, `not within ${patience} s: ${what}\n${log()}`)
    await wait(20)
  }
}
