import type { Output } from './io.js'
import { progressLine } from './progress.js'

/** A progress bar on a terminal; otherwise a line for every tenth of the models. */
export function trainProgress(output: Output): {
  onProgress(done: number, total: number, name: string): void
  clear(): void
} {
  const line = progressLine(output)
  let reported = 0
  return {
    onProgress(done, total, name) {
      if (output.isTTY) return line.show(done / total, `${done} of ${total} models, ${name}`)
      const tenth = Math.floor((10 * done) / total)
      if (tenth <= reported) return
      reported = tenth
      output.write(`${done} of ${total} models trained\n`)
    },
    clear: () => line.clear(),
  }
}
