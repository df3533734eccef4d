import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Random, seededRandom } from '../../src/numeric/random.js'
import type { RunningProgram } from './program.js'

/** Another one in each run, so that many runs try many moments; a test says which it was. */
export function randomMoments(test: { diagnostic(message: string): void }): Random {
  const seed = Number(process.env.KILL_SEED ?? Date.now())
  test.diagnostic(`KILL_SEED=${seed}`)
  return seededRandom(seed)
}

/** Kills a program, and waits until the processes that it had started are gone too. */
export async function killed(program: RunningProgram): Promise<void> {
  const children = childrenOf(program.pid)
  program.signal('SIGKILL')
  await program.ended
  while (children.some((pid) => isRunning(pid))) await wait(20)
}

/** On Linux; elsewhere nothing is known of them. */
function childrenOf(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Of one that has ended there may still be an entry for whoever asks how.
  return !existsSync(`/proc/${pid}/stat`) || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
