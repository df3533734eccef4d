// `node --import ./scripts/typescript/register.mjs x.ts` runs our TypeScript; see docs/decisions/0129-test-loader.md.
import * as module from 'node:module'

process.setSourceMapsEnabled(true)
// Node 20 has hooks in a thread of their own alone.
if (module.registerHooks) module.registerHooks(await import('./hooks.mjs'))
else module.register('./hooks.mjs', import.meta.url)
