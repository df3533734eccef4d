import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fastify from 'fastify'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import type { PipelineStatus } from '../selection/model-selector.js'
import { addIndexPage, describePipeline, exampleRequest } from './index-page.js'
import { offlineTrainerText, trainExample } from './offline-trainer-text.js'

const pipeline: PipelineStatus = {
  ...{ name: 'std', origin: '/models/std', sources: ['acpi', 'rapl-sysfs'], loadedAt: 0 },
  ...{ models: 2, damaged: 0, nodeTypes: 1 },
}

function serve(pipelines: readonly PipelineStatus[] = [pipeline]) {
  const app = fastify()
  const selector = fakeModelSelector({ status: () => ({ pipelines, models: 0, errors: [], unreadable: undefined }) })
  addIndexPage(app, selector, '1.2.3', undefined, { curve: true, online: false })
  return (headers: Readonly<Record<string, string>>) => app.inject({ url: '/', headers })
}

describe('the index', () => {
  it('has a line for each pipeline, the routes, and a request to copy', async () => {
    const { body, headers } = await serve([pipeline, { ...pipeline, name: 'mine' }])({ host: 'models:8100' })
    const lines = body.split('\n')
    assert.equal(lines[0], 'Kepler power model server 1.2.3')
    assert.ok(lines.includes(describePipeline(pipeline)))
    assert.ok(lines.some((line) => line.startsWith('mine: ')))
    for (const route of [
      'POST /model',
      'GET  /best-models',
      'GET  /curve',
      'GET  /metrics',
      'GET  /healthz, /readyz',
    ]) {
      assert.ok(lines.some((line) => line.startsWith(`${route} `) && line.length > 30 && line[27] === ' '))
    }
    assert.equal(body.includes('/status'), false)
    assert.ok(lines.includes(exampleRequest('http://models:8100')))
    assert.deepEqual([headers['content-type'], headers.vary], ['text/plain; charset=utf-8', 'accept'])
  })

  it('says where to look when there is no pipeline', async () => {
    assert.match((await serve([])({})).body, /^No pipeline is loaded yet; GET \/readyz says why\.$/m)
  })

  it('takes no host that is none from the request', async () => {
    const exampled = async (host: string) => /http:\/\/(\S+)\/model/.exec((await serve()({ host })).body)?.[1]
    for (const host of ['models', 'models:8100', '[::1]:8100', '10.0.0.1', 'x'.repeat(255)]) {
      assert.equal(await exampled(host), host)
    }
    for (const host of ['<b>', "x'y", 'a b', 'x"', 'x'.repeat(256)]) {
      assert.equal(await exampled(host), 'localhost:8100', host)
    }
  })

  it('is a page with the same text for a browser, which cannot be written into', async () => {
    const { body, headers } = await serve([{ ...pipeline, name: `<b>&"'` }])({ accept: 'text/html', host: 'h' })
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.match(body, /^<!doctype html>/)
    assert.ok(body.includes('<pre>Kepler power model server 1.2.3\n'))
    assert.ok(body.includes('&#60;b&#62;&#38;&#34;&#39;: 2 models'))
    assert.ok(body.includes('<a href="/docs">'))
    assert.equal(body.includes('<b>'), false)
  })
})

describe('a pipeline in one line', () => {
  it('counts what it has; node types only where it has some', () => {
    assert.equal(describePipeline(pipeline), 'std: 2 models of 1 node type for acpi, rapl-sysfs (from /models/std)')
    assert.equal(
      describePipeline({ ...pipeline, models: 1, nodeTypes: 0, sources: ['acpi'] }),
      'std: 1 model for acpi (from /models/std)',
    )
    assert.match(describePipeline({ ...pipeline, nodeTypes: 2 }), / of 2 node types for /)
  })
})

describe('requests to copy', () => {
  it('ask as Kepler does: for weights of AbsPower', () => {
    const [, body = ''] = /-d '(.*)'$/.exec(exampleRequest('http://h')) ?? []
    assert.deepEqual(JSON.parse(body), {
      metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      output_type: 'AbsPower',
      weight: true,
    })
  })

  it('train with a saved response', () => {
    assert.match(trainExample('http://h:1'), /cat prom_response\.json/)
    assert.match(trainExample('http://h:1'), /http:\/\/h:1\/train/)
  })

  it('of the offline trainer name its host, unless that is none', () => {
    const lines = offlineTrainerText('1.2.3', 'trainer:8102').split('\n')
    assert.equal(lines[0], 'Kepler power model offline trainer 1.2.3')
    assert.ok(lines.includes(trainExample('http://trainer:8102')))
    for (const route of ['POST   /train', 'GET    /jobs/:id/events', 'DELETE /jobs/:id']) {
      assert.ok(lines.some((line) => line.startsWith(`${route} `) && line[27] === ' ' && line[28] !== ' '))
    }
    for (const host of [undefined, "x'; rm", 'a b', '<b>', 'x'.repeat(256), '']) {
      assert.ok(offlineTrainerText('1', host).includes(trainExample('http://localhost:8102')))
    }
  })
})
