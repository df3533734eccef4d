import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { options } from '../../src/config/options.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>
  readonly read_only?: boolean
  readonly healthcheck?: { readonly test?: readonly string[]; readonly interval?: string }
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const compose: Compose = parse(read('compose.yaml'), { merge: true })
const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image === 'kepler-model-server')
const portOf = (mapping: string) => Number(mapping.split(':').at(-1))

describe('the compose file', () => {
  it('runs the programs, each on its own port', () => {
    const ports = {
      'model-server': options.MODEL_SERVER_PORT.default,
      estimator: 8101,
      'offline-trainer': options.OFFLINE_TRAINER_PORT.default,
      'online-trainer': options.ONLINE_TRAINER_PORT.default,
      'power-meter': options.METER_HTTP_PORT.default,
    }
    for (const [name, port] of Object.entries(ports)) {
      const service = compose.services[name]
      assert.equal(service?.command?.[0], name)
      assert.deepEqual(service?.ports?.map(portOf), [port], name)
    }
  })

  it('asks each program for its health on its own port', () => {
    // The image asks the model server, whose container needs no other question.
    assert.match(read('Dockerfile'), /HEALTHCHECK[\s\S]*MODEL_SERVER_PORT\|\|8100\)\+'\/healthz/)
    for (const name of ['estimator', 'online-trainer', 'offline-trainer', 'power-meter']) {
      const { ports = [], healthcheck } = compose.services[name]!
      const asked = /127\.0\.0\.1:(\d+)\/healthz/.exec(healthcheck?.test?.join(' ') ?? '')?.[1]
      assert.deepEqual([Number(asked)], ports.map(portOf), name)
      assert.match(healthcheck?.interval ?? '', /^\d+s$/)
    }
  })

  it('knows no setting that the programs do not know, and gives them no root to write to', () => {
    for (const [name, { environment = {}, read_only }] of ours) {
      for (const key of Object.keys(environment)) assert.ok(key in options, `${name}: ${key}`)
      assert.equal(read_only, true, name)
    }
  })

  it('mounts what there is, where the programs look for it', () => {
    const folders = [...read('Dockerfile').matchAll(/"(\/mnt\/\w+)"/g)].map(([, path]) => path)
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = '', target = ''] = volume.split(':')
        if (source.startsWith('.')) assert.ok(existsSync(join(root, source)), `${name}: ${source}`)
        // The host's own, which the power meter reads.
        else if (source === '/proc' || source === '/sys') assert.match(volume, /^\/(\w+):\/host\/\1:ro$/)
        else assert.ok(source in compose.volumes, `${name}: ${source}`)
        if (target.startsWith('/mnt/')) assert.ok(folders.includes(target), `the image has no ${target}`)
      }
    }
  })

  it('waits for services that there are, and pins every image', () => {
    for (const [name, { depends_on = [], image }] of services) {
      const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)
      for (const other of needed) assert.ok(other in compose.services, `${name}: ${other}`)
      if (image !== 'kepler-model-server') assert.match(image, /:v?\d+\.\d+\.\d+$/, name)
    }
  })

  it('lets Prometheus scrape all of them, under the names that alerts know', () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus.yml')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
    }
    for (const { job_name, static_configs } of jobs) {
      for (const target of static_configs.flatMap(({ targets }) => targets)) {
        const [host = '', port] = target.split(':')
        assert.ok(
          compose.services[host]?.ports?.some((mapping) => portOf(mapping) === Number(port)),
          target,
        )
        assert.equal(job_name, host === 'kepler' ? 'kepler' : `kepler-${host}`)
      }
    }
    const watched = [...read('deploy/alerts.yml').matchAll(/job="([\w-]+)"/g)].map(([, job]) => job)
    for (const job of watched)
      assert.ok(
        jobs.some(({ job_name }) => job_name === job),
        job,
      )
  })
})
