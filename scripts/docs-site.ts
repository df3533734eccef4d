/**
 * Builds the documentation as a site: `npm run docs:site`, into `dist-site/`. A link or an anchor that leads nowhere fails it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vitepress'
import { deadAnchors } from './docs-site/anchors.js'
import { stagePages } from './docs-site/stage.js'

const out = resolve(process.argv[2] ?? 'dist-site')
mkdirSync('.cache', { recursive: true })
const folder = mkdtempSync(resolve('.cache/docs-site-'))
try {
  stagePages(join(folder, 'pages'))
  mkdirSync(join(folder, '.vitepress'))
  const config = [
    `import { siteConfig } from '${resolve('scripts/docs-site/config.ts')}'`,
    `export default siteConfig('${join(folder, 'pages')}', '${out}')`,
  ]
  writeFileSync(join(folder, '.vitepress/config.ts'), `${config.join('\n')}\n`)
  await build(folder)
  const dead = deadAnchors(out)
  for (const line of dead) console.error(line)
  if (dead.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
