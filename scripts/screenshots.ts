// Draws the pictures of the page: `npx tsx scripts/screenshots.ts`. A server with pipelines made by us, its clock and its
// meter set, is shown to Debian's chromium; the pictures go to docs/img. Then the strip of what happens after the two commands.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { CurveJson } from '../src/api/curve-answers.js'
import { startBrowser } from '../test/support/browser.js'
import { startPageScene, trainedPipeline } from '../test/support/page-scene.js'
import { startBuilt } from '../test/support/program.js'
import { temporaryFolder } from '../test/support/temporary-folder.js'
import { buildPage } from './build-page.mjs'
import { startStrip, type StripLine } from './start-strip.js'

const folder = 'docs/img'
const themes = ['light', 'dark'] as const

/** What is shown of each picture: its name, the view, and how large. */
const pictures = [
  { name: 'page-machine', view: 'machine', width: 960, height: 780 },
  {
    name: 'page-choice',
    view: 'machine?processor=simulated_xeon_32&cores=32&chips=2&memory=128',
    width: 960,
    height: 620,
    from: '#choice-title',
  },
  { name: 'page-estimate', view: 'estimate', width: 960, height: 700 },
  { name: 'page-online', view: 'online', width: 960, height: 780 },
] as const

const page = temporaryFolder()
await buildPage(page)
// The port stands in a command that is shown: always the same one.
const scene = await startPageScene({ page, pipelines: [trainedPipeline], token: 'a-token', port: 18_100 })
const browser = await startBrowser()
mkdirSync(folder, { recursive: true })
let total = 0
for (const picture of pictures) {
  for (const theme of themes) total += await draw(browser, picture, theme)
}
await browser.close()
await scene.close()
rmSync(page, { recursive: true, force: true })
console.log(`${total} bytes`)
writeFileSync(
  join(folder, 'start.svg'),
  startStrip('npm ci, npm start, and the watts of this machine', await startLines()),
)

/** What the two commands print, in a terminal, and what the server then answers. The programs must be built. */
async function startLines(): Promise<readonly StripLine[]> {
  const models = temporaryFolder()
  const program = startBuilt('kepler-model', [
    ...['serve', '--offline', '--host', '127.0.0.1', '--port', '0', '--http', '0'],
    ...['--socket', join(models, 'estimator.sock'), '--model-path', models],
  ])
  const [, server = ''] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
  const [, version = ''] = await program.waitFor(/"version":"([^"]+)"/)
  const question = 'processor=xeon+gold+6338&chips=2'
  const answer = await fetch(`${server}/curve?${question}`)
  const { wall } = (await answer.json()) as CurveJson
  program.signal('SIGTERM')
  await program.ended
  const arrays = [wall.low, wall.watts, wall.high].map((values) => JSON.stringify(values))
  return [
    { typed: true, at: 0.2, text: 'npm ci && npm start' },
    { typed: false, at: 1.6, text: `kepler-model-server ${version}` },
    { typed: false, at: 1.8, text: 'Serving:' },
    { typed: false, at: 1.8, text: '  universal: a model of any machine, for rapl-sysfs and acpi' },
    { typed: false, at: 2.2, text: 'Model server  http://localhost:8100  (open it in a browser)' },
    { typed: false, at: 2.4, text: 'Estimator     /tmp/estimator.sock, /tmp/estimator.socket, http://127.0.0.1:8101' },
    { typed: false, at: 2.4, text: ' ' },
    { typed: true, at: 4, text: `curl -s 'localhost:8100/curve?${question}' | jq -c '.wall | .low, .watts, .high'` },
    ...arrays.map((text, i) => ({ typed: false, at: 5 + i / 4, text })),
  ]
}

async function draw(
  from: Browser,
  picture: (typeof pictures)[number],
  theme: (typeof themes)[number],
): Promise<number> {
  const { name, view, width, height } = picture
  const shown = await from.newPage({ viewport: { width, height }, colorScheme: theme, deviceScaleFactor: 1 })
  await shown.goto(`${scene.url}#/${view}`)
  await settle(shown)
  if ('from' in picture) await shown.evaluate(`document.querySelector('${picture.from}').scrollIntoView()`)
  const path = join(folder, `${name}-${theme}.png`)
  writeFileSync(path, await shown.screenshot())
  await shown.close()
  const { size } = statSync(path)
  console.log(`${path}: ${size} bytes`)
  return size
}

/** Waits until nothing is waited for and charts are drawn. */
async function settle(shown: Page): Promise<void> {
  await shown.waitForSelector('h1')
  await shown.waitForSelector('.waiting, .stale', { state: 'detached' })
  if ((await shown.locator('.plot').count()) > 0) await shown.waitForSelector('canvas')
}
