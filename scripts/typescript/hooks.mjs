// How Node finds and loads our TypeScript: `./x.js` in a file of ours means `x.ts` or `x.tsx` beside it.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transpiled } from './transpiled.mjs'

const ours = /^file:(?!.*\/node_modules\/).*\.tsx?$/

export function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && ours.test(context.parentURL ?? '')) {
    for (const ending of ['.ts', '.tsx']) {
      const url = new URL(specifier.replace(/\.js$/, ending), context.parentURL)
      if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true }
    }
  }
  return next(specifier, context)
}

export function load(url, context, next) {
  if (!ours.test(url)) return next(url, context)
  return { format: 'module', source: transpiled(fileURLToPath(url)), shortCircuit: true }
}
