import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runServer } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { packageVersion } from '../package-version.js'
import { keplerModelProgram } from '../program.js'

const terminal = { columns: 120 }
const anyPort = ['--host', '127.0.0.1', '--port', '0']
const withoutPort = (text: string) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')

describe('kepler-model model-server', () => {
  const root = temporaryFolder()
  const models = join(root, 'models')
  const spec = join(root, 'spec.json')
  const files = pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }])
  writeFiles(root, { 'spec.json': '{"processor": "Intel Xeon E5-2660 v3", "cores": 40, "chips": 2, "memory": 64}' })
  writeFiles(join(models, 'small-0.1'), files)
  const environment = { UNIVERSAL: 'false', MACHINE_SPEC_PATH: spec }
  const published = createServer(({ url }, answer) => {
    if (url === '/far-0.2.zip') answer.end(zipOf(files))
    else answer.writeHead(404).end()
  })
  let site = ''
  before(async () => {
    await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve))
    const address = published.address()
    site = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  after(() => published.close())
  const args = ['model-server', ...anyPort, '--model-path', models]
  const folder = join(models, 'small-0.1')

  it('says in one line of JSON where it is and what it serves', async () => {
    const { code, stdout } = await runServer(
      keplerModelProgram,
      [...args, '--offline'],
      /"url":"([^"]+)"/,
      async ([, url]) => assert.equal((await fetch(`${url}/readyz`)).status, 200),
      { environment },
    )
    assert.equal(code, 0)
    const { url, pipelines, ...facts } = JSON.parse(stdout)
    assert.deepEqual(facts, { program: 'model-server', version: packageVersion(), downloading: [] })
    assert.equal(pipelines[0], 'small-0.1')
    await assert.rejects(fetch(url), 'it has stopped')
  })

  it('says on a terminal what it serves, and how to ask it', async () => {
    const started = runServer(keplerModelProgram, [...args, '--offline'], /weight/, () => {}, {
      environment,
      ...terminal,
    })
    const text = withoutPort((await started).stdout)
    assert.ok(text.startsWith(`kepler-model-server ${packageVersion()}\n\nServing:\n`), text)
    assert.ok(text.includes(`\n  small-0.1: 1 model of 3 node types for rapl-sysfs (from ${folder})\n`))
    assert.match(text, /\n {2}demo-0\.1\.0: .*\n {4}DEMONSTRATION: .*\n\nModel server {2}http:\/\/HOST /)
    assert.match(text, /\nAsk it for the weights.*\n {2}curl -s http:\/\/HOST\/model -d .*\n$/)
    assert.doesNotMatch(text, /Downloading|\/curve/)
  })

  it('tells on a terminal when downloads are there, and which failed', async () => {
    const urls = [`${site}/far-0.2.zip`, `${site}/gone-0.2.zip`]
    const { stdout } = await runServer(
      keplerModelProgram,
      [...args, '--pipeline-url', urls.join(',')],
      /retried; meanwhile:\n[\s\S]*far-0\.2/,
      () => {},
      { environment: { ...environment, OFFLINE: 'false' }, ...terminal },
    )
    assert.ok(stdout.includes(`\nDownloading in the background, served as soon as they are here:\n  ${urls[0]}\n`))
    assert.match(
      stdout,
      /\n\nNot downloaded: \S+gone-0\.2\.zip\n {2}.*404.*\nThe download is retried; meanwhile:\nServ/,
    )
    assert.doesNotMatch(stdout, /Not downloaded: \S+far/)
    assert.match(stdout, /small-0\.1: 1 model[\s\S]*small-0\.1: 1 model/)
  })

  it('announces no downloads to a pipe but in its line', async () => {
    const urls = [`${site}/far-0.2.zip`]
    const { stdout } = await runServer(
      keplerModelProgram,
      [...args, '--pipeline-url', urls.join(',')],
      /"url"/,
      async () => {},
      { environment: { ...environment, OFFLINE: 'false' } },
    )
    assert.deepEqual(JSON.parse(stdout).downloading, urls)
  })
})
