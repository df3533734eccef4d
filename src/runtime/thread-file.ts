/** From sources (tests, benchmarks) threads need tsx as the main thread has it, and do not inherit it. */
const fromSource = import.meta.url.endsWith('.ts')

/** The file of a worker thread beside the module at `base`: compiled, bundled, or as source. `name` has no ending. */
export function threadFile(base: string, name: string): URL {
  return new URL(`${name}.${fromSource ? 'ts' : 'js'}`, base)
}

/** What a worker thread has to be started with, as `execArgv`. */
export function threadArguments(): string[] {
  if (!fromSource) return []
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,import { register } from ${tsx}; register()`]
}
