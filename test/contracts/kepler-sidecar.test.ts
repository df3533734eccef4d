import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/config.js'
import { ourContainersIn, workloadsIn } from '../support/kubernetes/cluster.js'
import { at } from '../support/kubernetes/field.js'
import type { Manifest } from '../support/kubernetes/manifest.js'
import { render } from '../support/kubernetes/render.js'
import { settingsGiven } from '../support/kubernetes/settings-policy.js'
import { deployFolder, keplerFolder, keplerVersions } from '../support/kubernetes/variants.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const manifestsOf = (version: string, name: string) => render(join(keplerFolder, version, name)).manifests

function keplerPod(manifests: readonly Manifest[]) {
  const pod = workloadsIn(manifests).find(({ name }) => name.endsWith('DaemonSet kepler-exporter'))?.pod
  const container = pod?.containers.find(({ name }) => name === 'kepler-exporter')
  assert.ok(pod && container)
  return { pod, container }
}

const byPath = (a: { mountPath: string }, b: { mountPath: string }) => (a.mountPath < b.mountPath ? -1 : 1)

describe("our sidecar over Kepler's own manifests", () => {
  for (const version of keplerVersions) {
    for (const name of ['plain', 'sidecar']) {
      it(`${version}, ${name}: leaves Kepler all it had, and gives it the socket`, () => {
        const before = keplerPod(manifestsOf(version, name))
        const { pod, container } = keplerPod(manifestsOf(version, `ours-over-${name}`))
        const { args, volumeMounts = [], ...rest } = container
        const { args: argsBefore, volumeMounts: mountsBefore = [], ...restBefore } = before.container
        assert.deepEqual(rest, restBefore)
        const socket = { name: 'tmp', mountPath: '/tmp' }
        const others = mountsBefore.filter(({ mountPath }) => mountPath !== '/tmp')
        assert.deepEqual([...volumeMounts].sort(byPath), [...others, socket].sort(byPath))
        assert.deepEqual(
          [pod.hostPID, pod.dnsPolicy, pod.serviceAccountName],
          [true, 'ClusterFirstWithHostNet', 'kepler-sa'],
        )
      })

      it(`${version}, ${name}: one estimator, ours, without arguments of another`, () => {
        const manifests = manifestsOf(version, `ours-over-${name}`)
        const { pod } = keplerPod(manifests)
        assert.deepEqual(pod.containers.map((container) => container.name).sort(), ['estimator', 'kepler-exporter'])
        const [estimator] = ourContainersIn(manifests).filter(({ program }) => program === 'estimator')
        assert.deepEqual([estimator?.container.command, estimator?.container.args], [['estimator'], []])
        assert.deepEqual(pod.volumes?.map((volume) => volume.name).sort(), [
          'cfm',
          'lib-modules',
          'mnt',
          'proc',
          'redfish',
          'tmp',
          'tracing',
          'var-run',
        ])
      })
    }

    it(`${version}: the MODEL_CONFIG of Kepler's map counts for the estimator`, () => {
      const manifests = manifestsOf(version, 'ours-over-sidecar')
      const [estimator] = ourContainersIn(manifests).filter(({ program }) => program === 'estimator')
      assert.ok(estimator)
      const { map, environment } = settingsGiven(estimator, manifests)
      const folder = temporaryFolder()
      for (const [key, value] of Object.entries(map)) writeFileSync(join(folder, key), value)
      const config = loadConfig({ environment: { ...environment, CONFIG_PATH: folder } })
      assert.equal(config.NODE_TOTAL_INIT_URL, 'http://models.example.com/total.zip')
      assert.equal(config.NODE_COMPONENTS_INIT_URL, 'http://models.example.com/components.zip')
      assert.equal(config.MODEL_SERVER_URL, 'http://kepler-model-server:8100')
    })
  }
})

describe('our Kepler', () => {
  const ours = render(join(deployFolder, 'base/kepler-estimator')).manifests
  const theirs = manifestsOf('0.9.0', 'plain')

  it('has the rights, volumes and mounts of Kepler 0.9', () => {
    const [own, kepler] = [keplerPod(ours), keplerPod(theirs)]
    const facts = ({ pod, container }: typeof own) => ({
      hostPID: pod.hostPID,
      dnsPolicy: pod.dnsPolicy,
      privileged: container.securityContext,
      env: container.env,
      mounts: [...(container.volumeMounts ?? [])].sort(byPath),
      hostPaths: pod.volumes?.flatMap(({ hostPath }) => (hostPath ? [`${hostPath.path} ${hostPath.type}`] : [])).sort(),
    })
    const expected = facts(kepler)
    const mounts = [...expected.mounts, { name: 'tmp', mountPath: '/tmp' }].sort(byPath)
    assert.deepEqual(facts(own), { ...expected, mounts })
  })

  it('may read what Kepler 0.9 may', () => {
    const rule = (manifests: readonly Manifest[], field: string) => at(manifests, 'ClusterRole', `rules.0.${field}`)
    assert.deepEqual(rule(ours, 'resources'), rule(theirs, 'resources'))
    assert.deepEqual([rule(ours, 'verbs')].flat().sort(), [rule(theirs, 'verbs')].flat().sort())
  })
})

describe('the command that starts Kepler beside the estimator', { skip: process.platform === 'win32' }, () => {
  const [script = ''] = keplerPod(render(join(deployFolder, 'base/kepler-estimator')).manifests).container.args ?? []

  /** Runs it with Kepler's files below a folder, and a Kepler that prints its arguments. */
  async function flagsOf(files: Readonly<Record<string, string>>): Promise<string> {
    const root = temporaryFolder()
    const kepler = join(root, 'usr/bin/kepler')
    for (const [path, content] of Object.entries({ ...files, 'usr/bin/kepler': '#!/bin/sh\necho "$@"\n' })) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    chmodSync(kepler, 0o755)
    mkdirSync(join(root, 'tmp'))
    const server = createServer().listen(join(root, 'tmp/estimator.sock'))
    await new Promise((resolve) => server.once('listening', resolve))
    const moved = script.replaceAll(/(?<=[\s<])\/(?=tmp|etc|usr)/g, `${root}/`)
    const run = spawnSync('/bin/sh', ['-c', moved], { encoding: 'utf8', timeout: 60_000 })
    server.close()
    assert.deepEqual([run.status, run.stderr], [0, ''])
    return run.stdout.trim().replace(root, '')
  }

  it('gives it the flags of its own manifests', async () => {
    const files = { 'etc/kepler/kepler.config/KEPLER_LOG_LEVEL': '5', 'etc/redfish/redfish.csv': '' }
    assert.equal(await flagsOf(files), '-v=5 -redfish-cred-file-path=/etc/redfish/redfish.csv')
  })

  it('and without those of what is not there', async () => {
    assert.equal(await flagsOf({}), '-v=1')
  })
})
