import type { Output } from './io.js'
import { progressLine } from './progress.js'

/** Progress over models. */
export interface CountProgress {
  readonly onProgress: (done: number, total: number, name: string) => void
  readonly clear: () => void
}

export function trainProgress(output: Output): CountProgress {
  return countProgress(output, 'trained')
}

/** A progress bar on a terminal; otherwise a line for every tenth of the models, `3 of 30 models <done>`. */
export function countProgress(output: Output, what: string): CountProgress {
  const line = progressLine(output)
  let reported = 0
  return {
    onProgress(done, total, name) {
      if (output.isTTY) return line.show(done / total, `${done} of ${total} models, ${name}`)
      const tenth = Math.floor((10 * done) / total)
      if (tenth <= reported) return
      reported = tenth
      output.write(`${done} of ${total} models ${what}\n`)
    },
    clear: () => line.clear(),
  }
}
