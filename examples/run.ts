import { pathToFileURL } from 'node:url'

/**
 * Runs an example when it is the file that Node was started with, and not when it is imported. A failure ends with a
 * message and exit code 1.
 *
 * @param url `import.meta.url` of the example
 */
export async function whenRun(url: string, example: (args: readonly string[]) => void | Promise<void>): Promise<void> {
  const [, file, ...args] = process.argv
  if (file === undefined || pathToFileURL(file).href !== url) return
  try {
    await example(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? [error.message, causeOf(error)].join('') : String(error)}\n`)
    process.exitCode = 1
  }
}

/** Node's `fetch` says why in the cause. */
function causeOf({ cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
}
