import { appendFileSync } from 'node:fs'
import type { LoadHook } from 'node:module'

let path: string | undefined

/** @param file where each URL is written, from `register` */
export function initialize(file: string): void {
  path = file
}

export const load: LoadHook = (url, context, nextLoad) => {
  if (path !== undefined) appendFileSync(path, `${url}\n`)
  return nextLoad(url, context)
}
