import { fileURLToPath } from 'node:url'

/** Arguments of Node with which a process of its own runs our sources, as the tests themselves do. */
export const typescript: readonly string[] = [
  '--import',
  fileURLToPath(new URL('../../scripts/typescript/register.mjs', import.meta.url)),
]
