/** When run from sources (tests, benchmarks), threads need tsx, which they do not inherit from the main thread. */
const fromSource = import.meta.url.endsWith('.ts')

/** The file of a worker thread next to the module at `base`: compiled, bundled, or source. `name` has no extension. */
export function threadFile(base: string, name: string): URL {
  return new URL(`${name}.${fromSource ? 'ts' : 'js'}`, base)
}

/** The `execArgv` of a worker thread. */
export function threadArguments(): string[] {
  if (!fromSource) return []
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,import { register } from ${tsx}; register()`]
}
