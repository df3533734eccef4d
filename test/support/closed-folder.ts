import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'

/**
 * Until the test ends, nobody may write to `folder` nor make anything in it: also not root, whom no permission stops. It has
 * the entries that are given, or is not there.
 */
export function closeFolder(t: TestContext, folder: string, entries?: readonly string[]): void {
  const { accessSync, existsSync, mkdirSync, readdirSync } = fs
  const isIn = (path: unknown) => String(path) === folder || String(path).startsWith(`${folder}/`)
  const failure = (code: string, path: unknown) => Object.assign(new Error(`${code}: '${path}'`), { code })
  t.mock.method(fs, 'accessSync', (...args: Parameters<typeof accessSync>) => {
    if (isIn(args[0])) throw failure('EACCES', args[0])
    accessSync(...args)
  })
  t.mock.method(fs, 'mkdirSync', (...args: Parameters<typeof mkdirSync>) => {
    if (isIn(args[0])) throw failure('EACCES', args[0])
    return mkdirSync(...args)
  })
  t.mock.method(fs, 'existsSync', (path: string) =>
    isIn(path) ? path === folder && entries !== undefined : existsSync(path),
  )
  t.mock.method(fs, 'readdirSync', (...args: Parameters<typeof readdirSync>) => {
    if (!isIn(args[0])) return readdirSync(...args)
    if (entries === undefined) throw failure('ENOENT', args[0])
    return entries
  })
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
}
