import type { Output } from './io.js'
import { progressLine } from './progress.js'

/** A bar on a terminal; in a log a line for every tenth of the way. */
export function trainProgress(output: Output): {
  onProgress(done: number, total: number, name: string): void
  clear(): void
} {
  const line = progressLine(output)
  let told = 0
  return {
    onProgress(done, total, name) {
      if (output.isTTY) return line.show(done / total, `${done} of ${total} models, ${name}`)
      const tenth = Math.floor((10 * done) / total)
      if (tenth <= told) return
      told = tenth
      output.write(`${done} of ${total} models trained\n`)
    },
    clear: () => line.clear(),
  }
}
